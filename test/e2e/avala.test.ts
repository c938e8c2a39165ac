import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import type { Json } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import type { StoredWebhook } from '../../sandbox';
import type { LocalServer } from '../support/localServer';
import { serve } from '../support/localServer';

jest.setTimeout(400_000);

let stage: Stage;
let target: LocalServer;
/** What the target responds with. */
let status = 200;
beforeAll(async () => {
	target = await serve((_, response: ServerResponse) => {
		response.writeHead(status).end(`The target says ${status}.`);
	});
	stage = await openStage({ sandbox: { allowHttpLoopbackTargets: true } });
});
afterAll(async () => {
	await stage?.close();
	await target?.close();
});
beforeEach(() => {
	status = 200;
	stage.avala.reset();
});

const locator = (value: string, mode = 'id') => ({ __rl: true, mode, value });

describe.each(['guide', 'older', 'newer'] as const)(
	`in n8n ${version} and the %s wire format, the Avala node`,
	(wireFormat) => {
		beforeEach(() => {
			stage.avala.wireFormat = wireFormat;
			stage.avala.reset();
		});

		/** A webhook as Avala shows it, without its secret. */
		const shown = ({ uid, targetUrl, events, isActive, createdAt, updatedAt }: StoredWebhook) => ({
			uid,
			target_url: targetUrl,
			events,
			is_active: isActive,
			created_at: createdAt,
			updated_at: updatedAt,
		});

		it('creates, finds, updates, tests and deletes a webhook', async () => {
			const targetUrl = `${target.url}/${wireFormat}`;
			const run = async (operation: string, parameters: Json) =>
				await stage.runAvala({ resource: 'webhook', operation, ...parameters });
			const stored = () => {
				const [webhook] = stage.avala.webhooks();
				if (webhook) return webhook;
				throw new Error('Avala has no webhook.');
			};

			const created = await run('create', { targetUrl, events: ['task.completed'] });
			const { uid, secret } = stored();
			expect(created).toEqual([{ ...shown(stored()), secret }]);
			expect(created).toEqual([
				expect.objectContaining({ target_url: targetUrl, events: ['task.completed'] }),
			]);
			const webhookId = locator(uid);
			expect(await run('get', { webhookId: locator(targetUrl, 'url') })).toEqual([shown(stored())]);

			stage.avala.addWebhook({ targetUrl: 'https://example.com/other', isActive: false });
			expect(await run('getAll', { returnAll: true })).toEqual(stage.avala.webhooks().map(shown));
			expect(await run('getAll', { returnAll: true, filters: { isActive: true } })).toEqual([
				expect.objectContaining({ uid }),
			]);

			const updateFields = { isActive: false, events: ['export.completed'] };
			expect(await run('update', { webhookId, updateFields })).toEqual([
				expect.objectContaining({ uid, is_active: false, events: ['export.completed'] }),
			]);

			const [test] = await run('test', { webhookId });
			expect(test).toEqual({
				success: true,
				...(wireFormat === 'newer'
					? { message: 'The target responded with 200.' }
					: { response: { status_code: 200, body: 'The target says 200.' } }),
			});
			status = 500;
			expect(await run('test', { webhookId })).toEqual([
				{
					success: false,
					[wireFormat === 'guide' ? 'error' : 'message']: 'The target responded with 500.',
				},
			]);
			// The ping of the creation, and two tests.
			const signature = wireFormat === 'newer' ? 'x-avala-webhook-signature' : 'x-avala-signature';
			const received = target.requests.filter(({ url }) => url === `/${wireFormat}`);
			expect(received.map(({ headers }) => headers[signature])).toEqual(
				Array.from({ length: 3 }, () => expect.stringMatching(/^[0-9a-f]{64}$/)),
			);

			expect(await run('delete', { webhookId })).toEqual([{ deleted: true }]);
			expect(stage.avala.webhooks()).toEqual([
				expect.objectContaining({ targetUrl: 'https://example.com/other' }),
			]);
		});

		it('reads deliveries, reports their health and recovers the events that failed for good', async () => {
			const run = async (operation: string, parameters: Json = {}) =>
				await stage.runAvala({ resource: 'delivery', operation, ...parameters });
			const webhook = stage.avala.addWebhook({ targetUrl: target.url });
			stage.avala.emit('task.completed');
			await stage.avala.idle();
			status = 500;
			const missed = stage.avala.emit('task.completed');
			await stage.avala.idle();
			for (let retries = 0; retries < 4; retries++) {
				stage.avala.retryNow();
				await stage.avala.idle();
			}
			const [failed, delivered] = stage.avala.deliveries();
			expect([failed?.status, delivered?.status]).toEqual(['failed', 'delivered']);

			const shownFailed = {
				uid: failed?.uid,
				webhook_uid: webhook.uid,
				event_type: 'task.completed',
				status: 'failed',
				response_status_code: 500,
				response_body: 'The target says 500.',
				attempt_count: 5,
				error_message: expect.stringContaining('500'),
				next_retry_at: null,
				created_at: failed?.createdAt,
			};
			expect(await run('get', { deliveryId: failed?.uid })).toEqual([shownFailed]);
			expect(await run('getAll', { returnAll: true })).toEqual([
				shownFailed,
				expect.objectContaining({
					uid: delivered?.uid,
					status: 'delivered',
					response_status_code: 200,
					attempt_count: 1,
					error_message: null,
				}),
			]);
			expect(await run('getAll', { returnAll: true, filters: { status: 'failed' } })).toEqual([
				shownFailed,
			]);
			const counts = {
				total: 2,
				succeeded: 1,
				failed: 1,
				pending: 0,
				retrying: 0,
				success_rate: 50,
			};
			expect(await run('getHealth')).toEqual([
				expect.objectContaining({
					...counts,
					by_event: [expect.objectContaining({ event_type: 'task.completed', ...counts })],
					by_webhook: [
						expect.objectContaining({
							webhook_uid: webhook.uid,
							target_url: target.url,
							...counts,
						}),
					],
					recent_failures: [expect.objectContaining({ uid: failed?.uid, attempt_count: 5 })],
				}),
			]);

			const ofDelivery = {
				type: 'task.completed',
				delivery_id: failed?.uid,
				webhook_uid: webhook.uid,
			};
			expect(await run('getMissedEvents', { returnAll: true })).toEqual([
				wireFormat === 'guide'
					? {
							...ofDelivery,
							id: failed?.uid,
							created_at: failed?.createdAt,
							resource_uid: null,
							project_uid: null,
							data: null,
							error_message: expect.stringContaining('500'),
							recoverable: false,
						}
					: {
							...ofDelivery,
							id: expect.stringMatching(
								wireFormat === 'older' ? /^evt_[0-9a-f]{32}$/ : /^[-0-9a-f]{36}$/,
							),
							created_at: wireFormat === 'older' ? missed.created_at : missed.data.updated_at,
							resource_uid: missed.data.uid,
							project_uid: stage.avala.tasks().find(({ uid }) => uid === missed.data.uid)?.project,
							data: missed.data,
							recovered: true,
						},
			]);
		});
	},
);

describe(`the Avala node in n8n ${version}`, () => {
	beforeEach(() => (stage.avala.wireFormat = 'older'));

	it('shows the fields of an operation before the first run', async () => {
		const schema = '/schemas/n8n-nodes-avala.avala/1.0.0/delivery/getHealth.json';
		expect(await (await fetch(stage.n8n.url + schema)).json()).toMatchObject({
			properties: { success_rate: expect.anything() },
		});
	});

	it('gives up a request without a response after 30 s, and does not repeat a create', async () => {
		stage.avala.fault({ method: 'POST', delayMs: 40_000 });
		const startedAt = Date.now();
		const create = {
			resource: 'webhook',
			operation: 'create',
			targetUrl: 'https://example.com/',
			events: ['*'],
		};
		await expect(stage.runAvala(create)).rejects.toThrow('No response from 127.0.0.1');
		expect(Date.now() - startedAt).toBeLessThan(35_000);
		await wait(12_000);
		expect(
			stage.avala.requests().filter(({ method }) => method === 'POST').length,
		).toBeLessThanOrEqual(1);
	});

	it('finishes 200 input items at 100 requests a minute without losing one', async () => {
		const ids = Array.from({ length: 200 }, () => ({ id: stage.avala.addWebhook({}).uid }));
		stage.avala.rateLimit = { perMinute: 100, perSecond: 20 };
		try {
			const output = await stage.runAvala(
				{ resource: 'webhook', operation: 'get', webhookId: locator('={{ $json.id }}') },
				ids,
			);
			expect(output.map(({ uid }) => uid)).toEqual(ids.map(({ id }) => id));
			expect(stage.avala.requests().filter(({ status }) => status === 429).length).toBeGreaterThan(
				0,
			);
		} finally {
			stage.avala.rateLimit = false;
		}
	});
});
