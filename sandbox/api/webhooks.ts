import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { Context } from '../context';
import type { ApiSettings } from '../settings';
import { isKnownEvent } from '../settings';
import type { StoredWebhook } from '../webhookRecords';
import { makeWebhook, newSecret } from '../webhookRecords';
import { shownDelivery, shownTestResult, shownWebhook } from '../wire/webhooks';
import { mountEndpoint } from './endpoint';
import { notFound } from './errors';
import { notAChoice } from './fields';
import type { Route } from './pages';

const MAX_TARGET_URL = 2048;
const MAX_SECRET = 255;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** `/webhooks/` and `/webhook-deliveries/` */
export function mountWebhooks(server: FastifyInstance, context: Context): void {
	const { settings, store, deliverer } = context;
	const changes = webhookFields(settings);

	mountEndpoint(server, context, {
		path: '/webhooks/',
		read: 'webhooks.read',
		write: 'webhooks.write',
		entries: () => store.webhooks,
		show: (webhook) => shownWebhook(webhook),
		fields: changes.extend({ secret: z.string().min(1).max(MAX_SECRET).default(newSecret) }),
		create: async ({ secret, ...fields }, { account }) => {
			const given = { ...recordOf(fields), secret, account };
			const webhook = store.webhooks.put(makeWebhook(given, settings.wireFormat));
			if (settings.pingOnCreate) await deliverer.sendOnce(webhook, 'ping', settings.wireFormat);
			return shownWebhook(webhook, webhook.secret);
		},
		changes,
		update: (webhook, given) =>
			void Object.assign(webhook, recordOf(given), { updatedAt: new Date().toISOString() }),
		remove: ({ uid }) => store.webhooks.remove(uid),
	});
	server.post<Route>(
		'/webhooks/:uid/test/',
		{ config: { scope: 'webhooks.write' } },
		async ({ params, account }) => {
			const webhook = store.webhooks.get(params.uid ?? '');
			if (webhook?.account !== account) throw notFound();
			const outcome = await deliverer.sendOnce(webhook, 'test', settings.wireFormat);
			return shownTestResult(outcome, settings.wireFormat);
		},
	);
	mountEndpoint(server, context, {
		path: '/webhook-deliveries/',
		read: 'webhooks.read',
		entries: () => store.deliveries,
		show: shownDelivery,
	});
}

function webhookFields(settings: ApiSettings) {
	const isAllowed = (url: string) => {
		if (!URL.canParse(url)) return false;
		const { protocol, hostname } = new URL(url);
		const isLoopback = settings.allowHttpLoopbackTargets && LOOPBACK.includes(hostname);
		return protocol === 'https:' || (protocol === 'http:' && isLoopback);
	};
	return z.object({
		target_url: z.string().max(MAX_TARGET_URL).refine(isAllowed, 'Enter a valid HTTPS URL.'),
		events: z
			.array(z.string())
			.min(1)
			.superRefine((types, { addIssue }) => {
				const unknown = types.filter((type) => !isKnownEvent(type, settings)).map(notAChoice);
				const unnamed = unknown.slice(0, 1).map(() => 'One or more event types are not supported.');
				for (const message of settings.namesUnknownEvents ? unknown : unnamed)
					addIssue({ code: 'custom', message });
			}),
		is_active: z.boolean().optional(),
	});
}

function recordOf(
	given: Partial<z.output<ReturnType<typeof webhookFields>>>,
): Partial<StoredWebhook> {
	const { target_url: targetUrl, events, is_active: isActive } = given;
	return {
		...(targetUrl !== undefined && { targetUrl }),
		...(events && { events }),
		...(isActive !== undefined && { isActive }),
	};
}
