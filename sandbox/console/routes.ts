import serveStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import path from 'node:path';
import { z } from 'zod';

import { MAIN_ACCOUNT } from '../account';
import { notFound } from '../api/errors';
import { readFields } from '../api/fields';
import type { Call, Route } from '../api/pages';
import type { Collection } from '../collection';
import type { Context } from '../context';
import type { Resource } from '../resources/resourceRecords';
import { fileName } from '../storage/files';
import type { StoredWebhook } from '../webhookRecords';
import { WIRE_FORMATS } from '../wireFormat';

const SHOWN_DELIVERIES = 100;
const SHOWN_RESOURCES = 10;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

const EVENT = z.object({ type: z.string().min(1), data: z.record(z.unknown()).default({}) });
const SETTINGS = z
	.object({ wireFormat: z.enum(WIRE_FORMATS), deliveriesFail: z.boolean() })
	.partial();

/**
 * The console page and what it uses, for other programs too. These take no API key, so they respond only
 * to a loopback name in the Host header, and a command must be JSON: no other site's page can reach them
 * through a browser. The hook is on the routes, so no other spelling of a path bypasses it.
 */
export async function mountConsole(server: FastifyInstance, context: Context): Promise<void> {
	const { settings, store, deliverer, changes } = context;
	const webhookOf = ({ params }: Call): StoredWebhook => {
		const webhook = store.webhooks.get(params.uid ?? '');
		if (!webhook) throw notFound();
		return webhook;
	};
	server.addHook('onRequest', async (request, reply) => {
		if (!LOOPBACK.has(request.hostname)) {
			return await reply.status(403).send({ detail: 'The console responds on loopback only.' });
		}
		if (request.method === 'POST' && request.headers['content-type'] !== 'application/json') {
			return await reply.status(415).send({ detail: 'A command must be JSON.' });
		}
	});
	await server.register(serveStatic, {
		root: path.join(__dirname, 'page'),
		wildcard: false,
		setHeaders: (response) =>
			void response.setHeader('content-security-policy', "default-src 'self'; img-src data:"),
	});
	server.get('/sandbox/state', async () => stateOf(context));
	server.post<Route>('/sandbox/events', async (call) => {
		const { type, data } = readFields(call, EVENT);
		return context.emit(type, data, MAIN_ACCOUNT);
	});
	server.post<Route>('/sandbox/settings', async (call) => {
		const { wireFormat = settings.wireFormat, deliveriesFail } = readFields(call, SETTINGS);
		settings.wireFormat = wireFormat;
		deliverer.isFailing = deliveriesFail ?? deliverer.isFailing;
		context.changed();
		return { wireFormat, deliveriesFail: deliverer.isFailing };
	});
	server.post('/sandbox/retries', async () => {
		const waiting = await deliverer.giveUp();
		const failed = waiting.filter(({ status }) => status === 'failed').length;
		return { retried: waiting.length, failed };
	});
	server.post<Route>('/sandbox/webhooks/:uid', async (call) => {
		const { isActive } = readFields(call, z.object({ isActive: z.boolean() }));
		webhookOf(call).isActive = isActive;
		context.changed();
		return { isActive };
	});
	server.post<Route>('/sandbox/webhooks/:uid/test', async (call) =>
		deliverer.sendOnce(webhookOf(call), 'test', settings.wireFormat),
	);
	server.get('/sandbox/stream', (_request, reply) => {
		reply.hijack();
		reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
		const tell = () => reply.raw.write('data: changed\n\n');
		changes.on('change', tell);
		tell();
		reply.raw.on('close', () => changes.off('change', tell));
	});
}

/** What the console shows: never a secret. */
function stateOf({ settings, store, deliverer }: Context): Resource {
	const agents = new Map(store.agents.list.map(({ uid, name }) => [uid, name]));
	const { webhooks, deliveries, executions, exports, tasks, projects, datasets } = store;
	return {
		wireFormat: settings.wireFormat,
		wireFormats: WIRE_FORMATS,
		deliveriesFail: deliverer.isFailing,
		waiting: deliverer.waiting,
		webhooks: tableOf(webhooks.newestFirst(), webhooks, (webhook) => ({
			...webhook,
			secret: undefined,
		})),
		deliveries: tableOf(deliveries.newestFirst(SHOWN_DELIVERIES), deliveries, (delivery) => ({
			...delivery,
			type: delivery.event.type,
			event: undefined,
			responseBody: undefined,
		})),
		executions: tableOf(
			executions.newestFirst(SHOWN_RESOURCES),
			executions,
			({ created_at, registration, ...execution }) => ({
				createdAt: created_at,
				agent: agents.get(registration) ?? registration,
				type: execution.event_type,
				task: execution.event_payload.task_name,
				status: execution.status,
				action: execution.action,
				reason: execution.response_payload?.reason,
			}),
		),
		exports: tableOf(
			latest(exports),
			exports,
			({ uid, name, state, plan: { file }, updatedAt }) => ({
				...{ uid, name, state, updatedAt },
				file: fileName(uid, file),
			}),
		),
		tasks: tableOf(latest(tasks), tasks, (task) => ({ ...task })),
		projects: tableOf(projects.newestFirst(SHOWN_RESOURCES), projects, (project) => {
			const own = tasks.list.filter((task) => task.project === project.uid);
			const completedTasks = own.filter(({ status }) => status === 'completed').length;
			return { ...project, completedTasks, openTasks: own.length - completedTasks };
		}),
		datasets: tableOf(datasets.newestFirst(SHOWN_RESOURCES), datasets, (dataset) => ({
			...dataset,
		})),
	};
}

/** The rows of a table, and how many there would be. */
function tableOf<T extends { uid: string }>(
	shown: readonly T[],
	{ list }: Collection<T>,
	show: (entry: T) => Resource,
): { rows: Resource[]; total: number } {
	return { rows: shown.map(show), total: list.length };
}

/** Those that changed last, of the newest thousand. */
function latest<T extends { uid: string; updatedAt: string }>(collection: Collection<T>): T[] {
	return collection
		.newestFirst(1000)
		.sort((one, other) => other.updatedAt.localeCompare(one.updatedAt))
		.slice(0, SHOWN_RESOURCES);
}
