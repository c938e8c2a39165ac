import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';

import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
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
			webhooks: [{ targetUrl: url }],
			deliveries: [{ type: 'task.completed', status: 'delivered' }],
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
		expect(form.ok).toBe(false);
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

	it('shows exports, tasks and projects as events change them', async () => {
		await open();
		const state = async () => (await call(avala, 'GET', `${avala.url}/sandbox/state`)).json;
		expect(await state()).toMatchObject({ exports: [], projects: expect.any(Array) });
		const { uid } = avala.emit('task.completed').data;
		avala.addExport();
		expect(await state()).toMatchObject({
			exports: [{ state: 'requested' }],
			tasks: expect.arrayContaining([expect.objectContaining({ uid, status: 'completed' })]),
		});
	});

	it('keeps the URL of a webhook that was deleted', async () => {
		await open();
		const { url } = await targets.add(200);
		const { uid } = avala.addWebhook({ targetUrl: url });
		avala.emit('task.completed');
		await avala.idle();
		await call(avala, 'DELETE', `/webhooks/${uid}/`);
		expect((await call(avala, 'GET', `${avala.url}/sandbox/state`)).json).toMatchObject({
			webhooks: [],
			deliveries: [{ targetUrl: url }],
		});
	});

	it('makes deliveries fail, and retries them at once', async () => {
		await open();
		const { url } = await targets.add(200);
		avala.addWebhook({ targetUrl: url });
		await call(avala, 'POST', `${avala.url}/sandbox/deliveries`, { fail: true });
		avala.emit('task.completed');
		await avala.idle();
		await call(avala, 'POST', `${avala.url}/sandbox/deliveries`, { fail: false });
		const { json } = await call(avala, 'POST', `${avala.url}/sandbox/retries`, {});
		expect(json).toEqual({ retried: 1 });
		await avala.idle();
		expect(avala.deliveries()[0]?.status).toBe('delivered');
	});
});
