import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import type { StoredWebhook } from '../webhookRecords';
import { makeWebhook } from '../webhookRecords';
import { isSuccess } from '../sender';
import { shownTestResult, shownWebhook } from '../wire/webhooks';
import { bodyOf } from './body';
import { notFound } from './errors';
import { pageOf } from './pages';
import { readWebhook, shownSecret } from './webhookFields';

const READ = { config: { scope: 'webhooks.read' } } as const;
const WRITE = { config: { scope: 'webhooks.write' } } as const;

interface ByUid {
	Params: { uid: string };
}

/** `/webhooks/` */
export function mountWebhooks(server: FastifyInstance, context: Context): void {
	const { settings, store, deliverer } = context;
	const find = (uid: string, account: string): StoredWebhook => {
		const webhook = store.webhooks.get(uid);
		if (webhook?.account !== account) throw notFound();
		return webhook;
	};

	server.get('/webhooks/', READ, async (request) =>
		pageOf(request, settings, {
			list: store.webhooks.list,
			show: (webhook) => shownWebhook(webhook),
			matches: ({ account }) => account === request.account,
		}),
	);
	server.post('/webhooks/', WRITE, async (request, reply) => {
		const given = bodyOf(request);
		const fields = readWebhook(given, settings, true);
		const { account } = request;
		const webhook = makeWebhook({ ...fields, account }, settings.wireFormat);
		store.webhooks.put(webhook);
		if (settings.pingOnCreate) {
			const outcome = await deliverer.sendOnce(webhook, 'ping', settings.wireFormat);
			if (settings.activateOnlyIfPingOk && !isSuccess(outcome)) webhook.isActive = false;
		}
		store.save();
		const secret = shownSecret(webhook, given.secret !== undefined, settings);
		return await reply.status(201).send(shownWebhook(webhook, secret));
	});
	server.get<ByUid>('/webhooks/:uid/', READ, async ({ params: { uid }, account }) =>
		shownWebhook(find(uid, account)),
	);
	server.patch<ByUid>('/webhooks/:uid/', WRITE, async (request) => {
		const webhook = find(request.params.uid, request.account);
		const fields = readWebhook(bodyOf(request), settings, false);
		Object.assign(webhook, fields, { updatedAt: new Date().toISOString() });
		store.save();
		return shownWebhook(webhook);
	});
	server.delete<ByUid>('/webhooks/:uid/', WRITE, async ({ params: { uid }, account }, reply) => {
		store.webhooks.remove(find(uid, account).uid);
		store.save();
		return await reply.status(204).send();
	});
	server.post<ByUid>('/webhooks/:uid/test/', WRITE, async ({ params: { uid }, account }) => {
		const webhook = find(uid, account);
		const outcome = await deliverer.sendOnce(webhook, 'test', settings.wireFormat);
		const isRefused = 'status' in outcome && !isSuccess(outcome);
		return shownTestResult(
			isRefused ? { error: `The target responded with ${outcome.status}.` } : outcome,
			settings.wireFormat,
		);
	});
}
