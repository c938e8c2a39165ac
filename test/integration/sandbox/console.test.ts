import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';

import type { Sandbox } from '../../../sandbox';
import { call, open } from './api';

let avala: Sandbox;
beforeEach(async () => {
	avala = await open();
});
afterEach(async () => await avala.stop());

/** What a click in the browser does is tested there. */
describe('the console', () => {
	it('shows webhooks and deliveries without a secret', async () => {
		const { secret, targetUrl } = avala.addWebhook({ targetUrl: 'http://127.0.0.1:1/' });
		avala.emit('task.completed');
		await avala.idle();
		const { json } = await call(avala, 'GET', `${avala.url}/sandbox/state`);
		expect(json).toMatchObject({
			webhooks: { rows: [{ targetUrl }], total: 1 },
			deliveries: { rows: [{ targetUrl, type: 'task.completed' }], total: 1 },
		});
		expect(JSON.stringify(json)).not.toContain(secret);
	});

	it('accepts no command from another site’s page', async () => {
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
		async (path) => {
			const { port } = new URL(avala.url);
			const headers = { host: `evil.example:${port}` };
			const [response] = (await once(get({ port, path, headers }), 'response')) as [
				IncomingMessage,
			];
			response.destroy();
			expect(response.statusCode).toBe(403);
		},
	);

	it('makes deliveries fail, and skips the waiting for their retries', async () => {
		avala.addWebhook({ targetUrl: `${avala.url}/console.js` });
		const command = async (name: string, body: object) =>
			(await call(avala, 'POST', `${avala.url}/sandbox/${name}`, body)).json;
		await command('settings', { deliveriesFail: true });
		await command('events', { type: 'task.completed' });
		expect(await command('retries', {})).toEqual({ retried: 1, failed: 1 });
		expect(avala.deliveries()).toMatchObject([{ status: 'failed', responseStatus: 503 }]);
	});
});
