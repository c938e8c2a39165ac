import { setTimeout as wait } from 'node:timers/promises';

import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';

jest.setTimeout(400_000);

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ sandbox: { wireFormat: 'older' } });
});
afterAll(async () => await stage?.close());
beforeEach(() => stage.avala.reset());

const locator = (value: string, mode = 'id') => ({ __rl: true, mode, value });

describe(`the Avala node in n8n ${version}`, () => {
	it('creates, finds, updates, tests and deletes a webhook', async () => {
		const webhook = { resource: 'webhook' };
		const targetUrl = 'https://localhost:1/nobody-listens';
		const [created] = await stage.runAvala({
			...webhook,
			operation: 'create',
			targetUrl,
			events: ['task.completed'],
		});
		expect(created).toMatchObject({
			target_url: targetUrl,
			secret: stage.avala.webhooks()[0]?.secret,
		});
		const webhookId = locator(String(created?.uid));

		expect(
			await stage.runAvala({ ...webhook, operation: 'get', webhookId: locator(targetUrl, 'url') }),
		).toEqual([expect.objectContaining({ uid: created?.uid })]);
		expect(await stage.runAvala({ ...webhook, operation: 'getAll', returnAll: true })).toHaveLength(
			1,
		);
		expect(
			await stage.runAvala({
				...webhook,
				operation: 'update',
				webhookId,
				updateFields: { isActive: false },
			}),
		).toEqual([expect.objectContaining({ is_active: false })]);
		expect(await stage.runAvala({ ...webhook, operation: 'test', webhookId })).toEqual([
			expect.objectContaining({ success: false }),
		]);
		expect(await stage.runAvala({ ...webhook, operation: 'delete', webhookId })).toEqual([
			{ deleted: true },
		]);
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('reads deliveries, reports their health and recovers missed events', async () => {
		const delivery = { resource: 'delivery' };
		const missed = {
			id: 'evt_1',
			type: 'task.completed',
			created_at: '2026-03-02T10:30:00Z',
			data: { uid: 't' },
		};
		stage.avala.seedDeliveries([
			{ uid: 'd_1', status: 'failed', responseStatus: 500, attempts: 5, event: missed },
			{ uid: 'd_2' },
		]);
		expect(await stage.runAvala({ ...delivery, operation: 'get', deliveryId: 'd_1' })).toEqual([
			expect.objectContaining({ uid: 'd_1', response_status_code: 500, attempt_count: 5 }),
		]);
		expect(
			await stage.runAvala({
				...delivery,
				operation: 'getAll',
				returnAll: true,
				filters: { status: 'failed' },
			}),
		).toHaveLength(1);
		expect(await stage.runAvala({ ...delivery, operation: 'getHealth' })).toEqual([
			expect.objectContaining({ total: 2, failed: 1, success_rate: 50 }),
		]);
		expect(
			await stage.runAvala({ ...delivery, operation: 'getMissedEvents', returnAll: true }),
		).toEqual([
			expect.objectContaining({ recovered: true, delivery_id: 'd_1', type: 'task.completed' }),
		]);
	});

	it('shows the fields of an operation and of the trigger before the first run', async () => {
		const fields = async (schema: string) => {
			const response = await fetch(`${stage.n8n.url}/schemas/n8n-nodes-avala.${schema}.json`);
			return await response.json();
		};
		expect(await fields('avala/1.0.0/delivery/getHealth')).toMatchObject({
			properties: { success_rate: expect.anything() },
		});
		expect(await fields('avalaTrigger/2.0.0')).toMatchObject({
			properties: { type: expect.anything() },
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
