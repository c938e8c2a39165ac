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

	it('can be a status with headers for every second request, or for so many, until it is cleared', async () => {
		await open();
		const status = async () => (await call(avala, 'GET', '/webhooks/')).status;
		const clear = avala.fault({ status: 429, headers: { 'retry-after': 'soon' }, every: 2 });
		expect(await status()).toBe(200);
		const { status: refused, headers } = await call(avala, 'GET', '/webhooks/');
		expect([refused, headers.get('retry-after')]).toEqual([429, 'soon']);
		clear();
		avala.fault({ path: '/api/v1/webhooks/', status: 522, times: 1 });
		expect([await status(), await status()]).toEqual([522, 200]);
	});
});
