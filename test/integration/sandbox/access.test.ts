import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { call } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, ...options });
}

describe('the API', () => {
	it('requires the API key: 401 without one and with a wrong one', async () => {
		await open();
		expect(
			await call(avala, 'GET', '/webhooks/', undefined, { 'x-avala-api-key': 'wrong' }),
		).toMatchObject({
			status: 401,
			json: { detail: 'Invalid API key.' },
		});
	});

	it('responds with 404 for an unknown path, 405 for a method, 400 for broken JSON', async () => {
		await open();
		expect((await call(avala, 'GET', '/nothing/')).status).toBe(404);
		expect((await call(avala, 'PUT', '/webhooks/', {})).status).toBe(405);
		const response = await fetch(`${avala.baseUrl}/webhooks/`, {
			method: 'POST',
			headers: { 'x-avala-api-key': avala.apiKey, 'content-type': 'application/json' },
			body: '{',
		});
		expect(response.status).toBe(400);
	});

	it('limits requests, and says how many are left and how long to wait', async () => {
		await open({ rateLimit: { perMinute: 2, perSecond: 20 } });
		const responses = [];
		for (let count = 0; count < 3; count++) responses.push(await call(avala, 'GET', '/webhooks/'));
		expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
		expect(responses.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual([
			'1',
			'0',
			'0',
		]);
		expect(Number(responses[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
	});

	it('starts counting again when the limit is replaced', async () => {
		await open({ rateLimit: { perMinute: 1, perSecond: 20 } });
		expect((await call(avala, 'GET', '/webhooks/')).status).toBe(200);
		expect((await call(avala, 'GET', '/webhooks/')).status).toBe(429);
		avala.rateLimit = { perMinute: 1, perSecond: 20 };
		expect((await call(avala, 'GET', '/webhooks/')).status).toBe(200);
	});

	it('accepts the key as a Bearer token', async () => {
		await open();
		const status = async (token: string) =>
			(await fetch(`${avala.baseUrl}/webhooks/`, { headers: { authorization: `Bearer ${token}` } }))
				.status;
		expect([await status(avala.apiKey), await status('wrong')]).toEqual([200, 401]);
	});

	it('refuses what the key has no permission for, and names the permission', async () => {
		await open({ scopes: ['webhooks.read', 'exports.read'] });
		expect((await call(avala, 'GET', '/webhooks/')).status).toBe(200);
		expect((await call(avala, 'GET', '/auto-label-jobs/')).status).toBe(200);
		for (const [method, path, scope] of [
			['POST', '/webhooks/', 'webhooks.write'],
			['POST', '/exports/', 'exports.create'],
			['GET', '/tasks/', 'tasks.read'],
			['GET', '/users/me/projects/', 'projects.read'],
			['GET', '/datasets/', 'datasets.read'],
			['GET', '/agents/', 'agents.read'],
			['POST', '/agent-actions/', 'agents.write'],
			['GET', '/qc-available-tools/', 'qc.read'],
			['POST', '/projects/any/quality-targets/', 'qc.write'],
		] as const) {
			const { status, json } = await call(avala, method, path);
			expect({ status, json }).toEqual({
				status: 403,
				json: { detail: expect.stringContaining(scope) },
			});
		}
	});

	it('keeps webhooks, deliveries and exports of different accounts apart', async () => {
		await open({ keys: [{ key: 'other', account: 'other' }, { key: 'same' }] });
		const { uid } = avala.addWebhook({});
		avala.seedDeliveries([{ webhookUid: uid }]);
		const exported = avala.addExport().uid;
		for (const [key, count, status] of [
			['same', 1, 200],
			['other', 0, 404],
		] as const) {
			const headers = { 'x-avala-api-key': key };
			for (const list of ['/webhooks/', '/webhook-deliveries/', '/exports/']) {
				const { json } = await call(avala, 'GET', list, undefined, headers);
				expect(json.results).toHaveLength(count);
			}
			const one = async (path: string) =>
				(await call(avala, 'GET', path, undefined, headers)).status;
			expect(await one(`/webhooks/${uid}/`)).toBe(status);
			expect(await one(`/exports/${exported}/`)).toBe(status);
		}
		const own = avala.addWebhook({ account: 'other' }).uid;
		avala.emit('task.completed', {}, 'other');
		expect(avala.deliveries()[0]?.webhookUid).toBe(own);
	});
});
