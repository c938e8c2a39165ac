import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { call } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, ...options });
}

describe('a fault', () => {
	const webhook = { target_url: 'https://example.com/', events: ['task.completed'] };

	it('can cut the connection before the request is carried out, or after it', async () => {
		await open();
		avala.fault({ method: 'POST', reset: true, times: 1 });
		await expect(call(avala, 'POST', '/webhooks/', webhook)).rejects.toThrow('fetch failed');
		// Handled after the request that was cut off, so that one is over.
		expect((await call(avala, 'GET', '/webhooks/')).json.results).toEqual([]);
		avala.fault({ method: 'POST', resetAfterHandling: true, times: 1 });
		await expect(call(avala, 'POST', '/webhooks/', webhook)).rejects.toThrow('fetch failed');
		expect((await call(avala, 'GET', '/webhooks/')).json.results).toHaveLength(1);
	});

	it('can be set and cleared by another program', async () => {
		await open();
		const fault = { method: 'GET', status: 503, headers: { 'retry-after': '1' }, every: 2 };
		expect((await call(avala, 'POST', `${avala.url}/sandbox/faults`, fault)).status).toBe(201);
		expect((await call(avala, 'GET', '/webhooks/')).status).toBe(200);
		const { status, headers } = await call(avala, 'GET', '/webhooks/');
		expect([status, headers.get('retry-after')]).toEqual([503, '1']);
		expect((await call(avala, 'DELETE', `${avala.url}/sandbox/faults`)).status).toBe(204);
		for (let count = 0; count < 2; count++)
			expect((await call(avala, 'GET', '/webhooks/')).status).toBe(200);
		expect((await call(avala, 'POST', `${avala.url}/sandbox/faults`, { statsu: 503 })).status).toBe(
			400,
		);
	});
});
