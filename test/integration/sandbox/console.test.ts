import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';

import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import type { Json } from './api';
import { call } from './api';
import { Targets } from './targets';

let avala: Sandbox;
const targets = new Targets();
afterEach(async () => {
	await avala?.stop();
	targets.close();
});

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({
		allowHttpLoopbackTargets: true,
		rateLimit: false,
		pingOnCreate: false,
		...options,
	});
}

describe('the console', () => {
	it('shows webhooks and deliveries without a secret, and starts events', async () => {
		await open();
		const { url } = await targets.add(200);
		const { secret } = avala.addWebhook({ targetUrl: url });
		const delivered = avala.next('delivered');
		expect(
			(await call(avala, 'POST', `${avala.url}/sandbox/events`, { type: 'task.completed' })).status,
		).toBe(200);
		await delivered;
		const { json } = await call(avala, 'GET', `${avala.url}/sandbox/state`);
		expect(json).toMatchObject({
			webhooks: { rows: [{ targetUrl: url }], total: 1 },
			deliveries: { rows: [{ type: 'task.completed', status: 'delivered' }], total: 1 },
		});
		expect(JSON.stringify(json)).not.toContain(secret);
		for (const [path, part] of [
			['/', 'Do something in Avala'],
			['/console.js', 'Complete a task'],
			['/tables.js', 'Target URL'],
			['/console.css', 'prefers-color-scheme: dark'],
		] as const) {
			expect(await (await fetch(avala.url + path)).text()).toContain(part);
		}
	});

	it('accepts no command from another site’s page', async () => {
		await open();
		const form = await fetch(`${avala.url}/sandbox/events`, {
			method: 'POST',
			headers: { 'content-type': 'text/plain' },
			body: '{"type":"task.completed"}',
		});
		const bare = await fetch(`${avala.url}/sandbox/retries`, { method: 'POST' });
		expect([form.status, bare.status]).toEqual([415, 415]);
	});

	it.each(['/', '/sandbox/state', '/%73andbox/state', '/sandbox/stream'])(
		'shows nothing at %s under a foreign host name that resolves to this machine',
		async (url) => {
			await open();
			const { port } = new URL(avala.url);
			const headers = { host: `evil.example:${port}` };
			const [response] = (await once(get({ port, path: url, headers }), 'response')) as [
				IncomingMessage,
			];
			response.destroy();
			expect(response.statusCode).toBe(403);
		},
	);

	it('shows what events change, those that changed last first, and how many there are', async () => {
		await open();
		const { uid } = avala.emit('task.completed').data;
		avala.addExport();
		const { json } = await call(avala, 'GET', `${avala.url}/sandbox/state`);
		expect(json).toMatchObject({
			exports: { rows: [{ state: 'requested' }], total: 1 },
			projects: { total: 3 },
			datasets: { rows: expect.arrayContaining([expect.objectContaining({ itemCount: 1200 })]) },
			executions: { rows: [{ status: 'pending' }, { status: 'pending' }, { action: 'approve' }] },
		});
		const { rows, total } = json.tasks as { rows: Json[]; total: number };
		expect([rows[0]?.uid, rows.length, total]).toEqual([uid, 10, 12]);
	});

	it('activates a webhook again, and sends it a test event', async () => {
		await open();
		const { url, received } = await targets.add(200, 500);
		const { uid } = avala.addWebhook({ targetUrl: url, isActive: false });
		const path = `${avala.url}/sandbox/webhooks/${uid}`;
		expect((await call(avala, 'POST', path, { isActive: true })).status).toBe(200);
		expect(avala.webhooks()[0]?.isActive).toBe(true);
		expect((await call(avala, 'POST', `${path}/test`, {})).json.error).toBeNull();
		expect((await call(avala, 'POST', `${path}/test`, {})).json.error).toBe('HTTP 500');
		expect(received).toHaveLength(2);
		expect((await call(avala, 'POST', `${avala.url}/sandbox/webhooks/none`, {})).status).toBe(400);
	});

	it('keeps the URL of a webhook that was deleted', async () => {
		await open();
		const { url } = await targets.add(200);
		const { uid } = avala.addWebhook({ targetUrl: url });
		avala.emit('task.completed');
		await avala.idle();
		await call(avala, 'DELETE', `/webhooks/${uid}/`);
		expect((await call(avala, 'GET', `${avala.url}/sandbox/state`)).json).toMatchObject({
			webhooks: { rows: [] },
			deliveries: { rows: [{ targetUrl: url }] },
		});
	});

	it('makes deliveries fail, and skips the waiting for their retries', async () => {
		await open();
		avala.addWebhook({ targetUrl: (await targets.add(200)).url });
		const set = async (deliveriesFail: boolean) =>
			await call(avala, 'POST', `${avala.url}/sandbox/settings`, { deliveriesFail });
		const skip = async () => (await call(avala, 'POST', `${avala.url}/sandbox/retries`, {})).json;
		await set(true);
		avala.emit('task.completed');
		await avala.idle();
		await set(false);
		expect(await skip()).toEqual({ retried: 1, failed: 0 });
		await set(true);
		avala.emit('task.completed');
		expect(await skip()).toEqual({ retried: 1, failed: 1 });
		expect(avala.deliveries().map(({ status }) => status)).toEqual(['failed', 'delivered']);
	});
});
