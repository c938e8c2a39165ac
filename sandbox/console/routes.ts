import serveStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import path from 'node:path';

import type { Fault } from '../faultList';
import type { Context } from '../context';
import type { StoredDelivery } from '../webhookRecords';
import { MAIN_ACCOUNT } from '../account';
import type { Resource } from '../resources/resourceRecords';
import { fileName } from '../storage/files';
import type { Store } from '../store';
import type { WireFormat } from '../wireFormat';
import { WIRE_FORMATS } from '../wireFormat';

const SHOWN_DELIVERIES = 100;
const SHOWN_RESOURCES = 10;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

const EVENTS = bodySchema(
	{
		type: { type: 'string', minLength: 1 },
		data: { type: 'object' },
		count: { type: 'integer', minimum: 1, maximum: 1000 },
	},
	['type'],
);
const WIRE_FORMAT = bodySchema({ wireFormat: { enum: WIRE_FORMATS } }, ['wireFormat']);
const DELIVERIES = bodySchema({ fail: { type: 'boolean' } }, ['fail']);
const FAULT = bodySchema({
	method: { type: 'string' },
	path: { type: 'string' },
	times: { type: 'integer', minimum: 1 },
	every: { type: 'integer', minimum: 1 },
	delayMs: { type: 'integer', minimum: 0 },
	status: { type: 'integer', minimum: 200, maximum: 599 },
	body: {},
	headers: { type: 'object', additionalProperties: { type: 'string' } },
	redirectTo: { type: 'string' },
	afterHandling: { type: 'boolean' },
	reset: { type: 'boolean' },
	resetAfterHandling: { type: 'boolean' },
});

/**
 * The console page and what it uses, for other programs too. These take no API key, so they respond only
 * to a loopback name in the Host header, and a command must be JSON or a DELETE: no other site's page can
 * reach them through a browser. The hook is on the routes, so no other spelling of a path bypasses it.
 */
export async function mountConsole(server: FastifyInstance, context: Context): Promise<void> {
	const { settings, deliverer, faults, changes } = context;
	server.addHook('onRequest', async (request, reply) => {
		if (LOOPBACK.has(request.hostname)) return;
		return await reply.status(403).send({ detail: 'The console responds on loopback only.' });
	});
	await server.register(serveStatic, {
		root: path.join(__dirname, 'page'),
		wildcard: false,
		setHeaders: (response) =>
			void response.setHeader('content-security-policy', "default-src 'self'; img-src data:"),
	});
	server.get('/sandbox/state', async () => stateOf(context));
	server.post<{ Body: { type: string; data?: Resource; count?: number } }>(
		'/sandbox/events',
		EVENTS,
		async ({ body: { type, data = {}, count = 1 } }) => {
			for (let further = 1; further < count; further++) context.emit(type, data, MAIN_ACCOUNT);
			return context.emit(type, data, MAIN_ACCOUNT);
		},
	);
	server.post<{ Body: { wireFormat: WireFormat } }>(
		'/sandbox/wire-format',
		WIRE_FORMAT,
		async ({ body: { wireFormat } }) => {
			settings.wireFormat = wireFormat;
			changes.emit('change');
			return { wireFormat };
		},
	);
	server.post<{ Body: { fail: boolean } }>(
		'/sandbox/deliveries',
		DELIVERIES,
		async ({ body: { fail } }) => {
			deliverer.isFailing = fail;
			changes.emit('change');
			return { fail };
		},
	);
	server.post('/sandbox/retries', async () => ({ retried: deliverer.retryNow() }));
	server.post<{ Body: Fault }>('/sandbox/faults', FAULT, async ({ body }, reply) => {
		faults.add(body);
		return await reply.status(201).send(body);
	});
	server.delete('/sandbox/faults', async (_request, reply) => {
		faults.clear();
		return await reply.status(204).send();
	});
	server.get('/sandbox/stream', (_request, reply) => {
		reply.hijack();
		reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
		const tell = () => reply.raw.write('data: changed\n\n');
		changes.on('change', tell);
		tell();
		reply.raw.on('close', () => changes.off('change', tell));
	});
}

function bodySchema(properties: Resource, required: string[] = []) {
	return {
		schema: { body: { type: 'object', properties, required, additionalProperties: false } },
	};
}

/** What the console shows: never a secret. */
function stateOf({ settings, store, deliverer }: Context): Resource {
	return {
		wireFormat: settings.wireFormat,
		wireFormats: WIRE_FORMATS,
		deliveriesFail: deliverer.isFailing,
		webhooks: store.webhooks.newestFirst().map((webhook) => ({ ...webhook, secret: undefined })),
		deliveries: store.deliveries.newestFirst(SHOWN_DELIVERIES).map(shownDelivery),
		projects: withTaskCounts(store),
		tasks: latest(store.tasks.list),
		exports: latest(store.exports.list).map((entry) => ({
			uid: entry.uid,
			name: entry.name,
			state: entry.state,
			file: fileName(entry.uid, entry.plan.file),
			updatedAt: entry.updatedAt,
		})),
	};
}

/** Those that changed last, of the newest thousand. */
function latest<T extends { updatedAt: string }>(list: readonly T[]): T[] {
	return list
		.slice(-1000)
		.sort((one, other) => other.updatedAt.localeCompare(one.updatedAt))
		.slice(0, SHOWN_RESOURCES);
}

function withTaskCounts({ projects, tasks }: Store): Resource[] {
	const counts = new Map<string, { openTasks: number; completedTasks: number }>();
	for (const { project, status } of tasks.list) {
		const count = counts.get(project) ?? { openTasks: 0, completedTasks: 0 };
		if (status === 'completed') count.completedTasks += 1;
		else count.openTasks += 1;
		counts.set(project, count);
	}
	return projects.newestFirst(SHOWN_RESOURCES).map((project) => ({
		openTasks: 0,
		completedTasks: 0,
		...counts.get(project.uid),
		...project,
	}));
}

function shownDelivery({
	uid,
	webhookUid,
	targetUrl,
	event,
	...delivery
}: StoredDelivery): Resource {
	const { status, attempts, nextRetryAt, responseStatus, errorMessage, createdAt } = delivery;
	return {
		uid,
		webhookUid,
		targetUrl,
		type: event.type,
		eventId: event.id,
		status,
		attempts,
		nextRetryAt,
		responseStatus,
		errorMessage,
		createdAt,
	};
}
