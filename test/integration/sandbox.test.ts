import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer, get } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';

import type { WireFormat, Sandbox, SandboxOptions } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import vectors from '../fixtures/signatures.json';
import { signedHeaders } from '../../sandbox/wire/webhooks';

type Json = Record<string, unknown>;

let avala: Sandbox;
let servers: Server[] = [];
let folders: string[] = [];
afterEach(async () => {
	await avala?.stop();
	for (const server of servers) {
		server.closeAllConnections();
		server.close();
	}
	servers = [];
	for (const folder of folders) rmSync(folder, { recursive: true });
	folders = [];
});

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({
		allowHttpLoopbackTargets: true,
		rateLimit: false,
		pingOnCreate: false,
		...options,
	});
}

async function call(
	method: string,
	url: string,
	body?: unknown,
	headers: Record<string, string> = {},
) {
	const response = await fetch(url.startsWith('http') ? url : avala.baseUrl + url, {
		method,
		headers: {
			'x-avala-api-key': avala.apiKey,
			...(body !== undefined && { 'content-type': 'application/json' }),
			...headers,
		},
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	const json = text === '' ? undefined : (JSON.parse(text) as Json);
	return { status: response.status, json: json ?? {}, headers: response.headers };
}

interface Received {
	headers: IncomingMessage['headers'];
	body: string;
}

/** A target that answers each request with the next of these; undefined never answers. */
async function target(
	...answers: Array<number | undefined>
): Promise<{ url: string; received: Received[] }> {
	const received: Received[] = [];
	const url = await serve((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			received.push({ headers: request.headers, body });
			const status = answers.length > 1 ? answers.shift() : answers[0];
			if (status !== undefined) response.writeHead(status).end('{"ok":true}');
		});
	});
	return { url, received };
}

/** A path in a new folder that is gone after the test. */
function newStateFile(): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-sandbox-'));
	folders.push(folder);
	return path.join(folder, 'state.json');
}

async function serve(listener: RequestListener): Promise<string> {
	return await listen(createServer(listener));
}

async function listen(server: Server): Promise<string> {
	servers.push(server.listen(0, '127.0.0.1'));
	await once(server, 'listening');
	const address = server.address();
	return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
}

describe('the API', () => {
	it('asks for the key: 401 without one and with another', async () => {
		await open();
		expect(
			await call('GET', '/webhooks/', undefined, { 'x-avala-api-key': 'wrong' }),
		).toMatchObject({
			status: 401,
			json: { detail: 'Invalid API key.' },
		});
	});

	it('shows the secret once, and never changes it', async () => {
		await open();
		const body = { target_url: 'https://example.com/', events: ['task.completed'] };
		const created = await call('POST', '/webhooks/', body);
		expect(created.status).toBe(201);
		expect(created.json.secret).toMatch(/^\w{20,}$/);
		const uid = String(created.json.uid);
		const patched = await call('PATCH', `/webhooks/${uid}/`, { secret: 'other', is_active: false });
		for (const { json } of [patched, await call('GET', `/webhooks/${uid}/`)])
			expect(json).not.toHaveProperty('secret');
		expect(avala.webhooks()[0]).toMatchObject({ secret: created.json.secret, isActive: false });
		expect((await call('DELETE', `/webhooks/${uid}/`)).status).toBe(204);
		expect((await call('GET', `/webhooks/${uid}/`)).status).toBe(404);
	});

	it.each<[Json, string]>([
		[{ target_url: 'http://example.com/', events: ['task.completed'] }, 'target_url'],
		[{ target_url: 'nonsense', events: ['task.completed'] }, 'target_url'],
		[{ events: ['task.completed'] }, 'target_url'],
		[{ target_url: 'https://example.com/', events: [] }, 'events'],
		[{ target_url: 'https://example.com/', events: ['no.such'] }, 'events'],
		[{ target_url: 'https://example.com/' }, 'events'],
	])('refuses %j with 400 and names the field', async (body, field) => {
		await open();
		const { status, json } = await call('POST', '/webhooks/', body);
		expect(status).toBe(400);
		expect(json).toEqual({ [field]: [expect.any(String)] });
	});

	it('answers 404 for another path, 405 for another method, 400 for what is not JSON', async () => {
		await open();
		expect((await call('GET', '/nothing/')).status).toBe(404);
		expect((await call('PUT', '/webhooks/', {})).status).toBe(405);
		const response = await fetch(`${avala.baseUrl}/webhooks/`, {
			method: 'POST',
			headers: { 'x-avala-api-key': avala.apiKey, 'content-type': 'application/json' },
			body: '{',
		});
		expect(response.status).toBe(400);
	});

	it('takes no body for an empty one whatever its type says, and refuses what is not JSON', async () => {
		await open();
		const { uid } = avala.addWebhook({});
		const json = { 'content-type': 'application/json' };
		const missing = await call('POST', '/webhooks/', undefined, json);
		expect(missing).toMatchObject({ status: 400, json: { events: [expect.any(String)] } });
		const text = await call('POST', '/webhooks/', {}, { 'content-type': 'text/plain' });
		expect(text).toMatchObject({ status: 415, json: { detail: expect.any(String) } });
		expect((await call('DELETE', `/webhooks/${uid}/`, undefined, json)).status).toBe(204);
	});

	it('answers 404 to a cursor that is none, never an empty page that looks like the end', async () => {
		await open();
		avala.addWebhook({});
		const { status, json } = await call('GET', '/webhooks/?cursor=zzz');
		expect({ status, json }).toEqual({ status: 404, json: { detail: 'Invalid cursor' } });
	});

	it('skips nothing when the rest of a list is deleted down to less than the cursor had reached', async () => {
		await open();
		const made = Array.from({ length: 6 }, () => avala.addWebhook({}).uid);
		const { json } = await call('GET', '/webhooks/?limit=2');
		for (const uid of [made[0], made[1], made[4], made[5]])
			await call('DELETE', `/webhooks/${uid}/`);
		const rest = await call('GET', String(json.next));
		expect((rest.json.results as Json[]).map(({ uid }) => uid)).toEqual([made[3], made[2]]);
	});

	it('gives pages that join without a gap, though entries come and go meanwhile', async () => {
		await open();
		const made = Array.from({ length: 10 }, () => avala.addWebhook({}).uid).reverse();
		const first = await call('GET', '/webhooks/?limit=3');
		avala.addWebhook({});
		await call('DELETE', `/webhooks/${made[5]}/`);
		const second = await call('GET', String(first.json.next));
		const third = await call('GET', String(second.json.next));
		const uids = [first, second, third].flatMap(({ json }) =>
			(json.results as Json[]).map(({ uid }) => uid),
		);
		expect(uids).toEqual(made.filter((uid) => uid !== made[5]));
		expect(third.json.next).toBeNull();
		const back = await call('GET', String(third.json.previous));
		expect(back.json.results).toEqual(second.json.results);
	});

	it('limits requests, tells how many are left, and how long to wait', async () => {
		await open({ rateLimit: { perMinute: 2, perSecond: 20 } });
		const answers = [];
		for (let count = 0; count < 3; count++) answers.push(await call('GET', '/webhooks/'));
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
		expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual([
			'1',
			'0',
			'0',
		]);
		expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
	});

	it('counts anew when it is given another limit', async () => {
		await open({ rateLimit: { perMinute: 1, perSecond: 20 } });
		expect((await call('GET', '/webhooks/')).status).toBe(200);
		expect((await call('GET', '/webhooks/')).status).toBe(429);
		avala.rateLimit = { perMinute: 1, perSecond: 20 };
		expect((await call('GET', '/webhooks/')).status).toBe(200);
	});
});

describe('deliveries', () => {
	it.each(vectors)(
		'are signed as the recorded signature of: $name',
		({ body, secret, signature }) => {
			const at = { type: 'task.completed', deliveryUid: 'd' };
			expect(signedHeaders(body, secret, 'guide', at)['x-avala-signature']).toBe(signature);
			expect(signedHeaders(body, secret, 'newer', at)['x-avala-webhook-signature']).toBe(signature);
		},
	);

	it.each<WireFormat>(['guide', 'older', 'newer'])(
		'come in the format "%s", signed over the raw body',
		async (wireFormat) => {
			await open({ wireFormat });
			const { url, received } = await target(200);
			const { secret } = avala.addWebhook({ targetUrl: url });
			const delivered = avala.next('delivered');
			const event = avala.emit('task.completed');
			await delivered;
			const [{ headers, body } = { headers: {}, body: '' }] = received;
			const signature = createHmac('sha256', secret).update(body).digest('hex');
			const { id, type, created_at, data } = event;
			const expected = {
				guide: {
					headers: { 'x-avala-signature': signature },
					body: { id, type, created_at, data },
				},
				older: {
					headers: { 'x-avala-signature': signature },
					body: { event: type, timestamp: created_at, data },
				},
				newer: {
					headers: {
						'x-avala-webhook-signature': signature,
						'x-avala-webhook-event': type,
						'x-avala-webhook-delivery': event.deliveries[0],
					},
					body: data,
				},
			}[wireFormat];
			expect(headers).toMatchObject(expected.headers);
			expect(JSON.parse(body)).toEqual(expected.body);
		},
	);

	it('are tried again after 1, 5, 15 and 60 minutes with the same bytes, then given up, and the webhook is switched off', async () => {
		const clockSpeed = 60_000;
		await open({ clockSpeed });
		const { url, received } = await target(500);
		avala.addWebhook({ targetUrl: url });
		const waits: number[] = [];
		avala.deliverer.on('attempt', ({ nextRetryAt, updatedAt }) => {
			if (nextRetryAt !== null)
				waits.push(Math.round(((nextRetryAt - Date.parse(updatedAt)) * clockSpeed) / 60_000));
		});
		const failed = avala.next('failed');
		avala.emit('task.completed');
		expect(await failed).toMatchObject({
			status: 'failed',
			attempts: 5,
			nextRetryAt: null,
			responseStatus: 500,
		});
		expect(waits.map((wait, index) => Math.abs(wait - [1, 5, 15, 60][index]!) <= 3)).toEqual([
			true,
			true,
			true,
			true,
		]);
		expect(new Set(received.map(({ body }) => body)).size).toBe(1);
		expect(received).toHaveLength(5);
		expect(avala.webhooks()[0]?.isActive).toBe(false);
	});

	it('reach a good target while another never answers, refuses, or redirects', async () => {
		await open({ deliveryTimeoutMs: 300, clockSpeed: 1 });
		const silent = await target(undefined);
		const moved = await target(302);
		const good = await target(200);
		for (const { url } of [silent, moved, good]) avala.addWebhook({ targetUrl: url });
		avala.addWebhook({ targetUrl: 'http://127.0.0.1:1/' });
		const delivered = avala.next('delivered');
		avala.emit('task.completed');
		await delivered;
		await avala.idle();
		expect(
			avala
				.deliveries()
				.map(({ status }) => status)
				.sort(),
		).toEqual(['delivered', 'pending', 'pending', 'pending']);
		expect(good.received).toHaveLength(1);
	});

	it('wait their turn at a slow target without using up their time', async () => {
		await open({ deliveryTimeoutMs: 2000 });
		const slow = await serve((_request, response) => {
			setTimeout(() => response.end(), 400);
		});
		avala.addWebhook({ targetUrl: slow });
		for (let count = 0; count < 200; count++) avala.emit('task.completed');
		await avala.idle();
		expect(new Set(avala.deliveries().map(({ status }) => status))).toEqual(new Set(['delivered']));
	});

	it('reach a good webhook while another on the same host hangs', async () => {
		await open({ deliveryTimeoutMs: 2000 });
		const host = await serve((request, response) => {
			if (request.url === '/good') response.end();
		});
		avala.addWebhook({ targetUrl: `${host}hangs` });
		for (let count = 0; count < 60; count++) avala.emit('task.completed');
		const { uid } = avala.addWebhook({ targetUrl: `${host}good` });
		avala.emit('task.completed');
		expect((await avala.next('attempt')).webhookUid).toBe(uid);
	});

	it('leave a webhook on that takes other events while one fails for good', async () => {
		await open({ clockSpeed: 60_000 });
		const picky = await serve((request, response) => {
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => response.writeHead(body.includes('indigestible') ? 500 : 200).end());
		});
		avala.addWebhook({ targetUrl: picky });
		const failed = avala.next('failed');
		avala.emit('task.completed', { uid: 'indigestible' });
		const delivered = avala.next('delivered');
		avala.emit('task.completed');
		await delivered;
		await failed;
		expect(avala.webhooks()[0]?.isActive).toBe(true);
	});

	it('go over https to a certificate of the given authority, and to no other', async () => {
		const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
			extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
		});
		const server = createSecureServer({ key, cert }, (request, response) => {
			request.resume();
			response.end();
		});
		const targetUrl = (await listen(server)).replace('http:', 'https:');
		await open({ ca: cert });
		avala.addWebhook({ targetUrl });
		const trusted = avala.next('attempt');
		avala.emit('task.completed');
		expect(await trusted).toMatchObject({ status: 'delivered', responseStatus: 200 });
		await avala.stop();

		await open();
		avala.addWebhook({ targetUrl });
		const refused = avala.next('attempt');
		avala.emit('task.completed');
		expect(await refused).toMatchObject({
			status: 'pending',
			responseStatus: null,
			errorMessage: expect.stringContaining('certificate'),
		});
	});

	it('are cut off after the start of an answer that has no end', async () => {
		await open();
		const endless = await serve((_request, response) => {
			const pour = () => {
				while (!response.destroyed && response.write('x'.repeat(8192)));
			};
			response.on('drain', pour);
			pour();
		});
		avala.addWebhook({ targetUrl: endless });
		const tried = avala.next('attempt');
		avala.emit('task.completed');
		const { status, responseBody } = await tried;
		expect(status).toBe('delivered');
		expect(responseBody.length).toBeLessThanOrEqual(16 * 1024);
	});

	it('that were promised again are still made after a restart', async () => {
		const stateFile = newStateFile();
		await open({ stateFile, clockSpeed: 60 });
		const { url, received } = await target(500, 200);
		const webhook = avala.addWebhook({ targetUrl: url });
		const tried = avala.next('attempt');
		avala.emit('task.completed');
		await tried;
		await avala.stop();
		await open({ stateFile, clockSpeed: 60 });
		expect(avala.webhooks()).toEqual([webhook]);
		expect(await avala.next('delivered')).toMatchObject({ attempts: 2 });
		expect(received[1]?.body).toBe(received[0]?.body);
	});

	it('are pinged for while a new webhook is being made, and a test is sent on demand', async () => {
		await open({ pingOnCreate: true, activateOnlyIfPingOk: true });
		const { url, received } = await target(200, 500);
		const body = { target_url: url, events: ['task.completed'], secret: 's' };
		const { json } = await call('POST', '/webhooks/', body);
		expect(json.is_active).toBe(true);
		expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ type: 'ping' });
		const refused = await call('POST', `/webhooks/${String(json.uid)}/test/`);
		expect(refused).toMatchObject({
			status: 200,
			json: { success: false, error: expect.stringContaining('500') },
		});
		expect((await call('POST', '/webhooks/', body)).json.is_active).toBe(false);
	});
});

it('says what to do about a state file that is none', async () => {
	const stateFile = newStateFile();
	for (const content of ['{', '{"webhooks": 1}', 'null']) {
		writeFileSync(stateFile, content);
		await expect(startSandbox({ stateFile })).rejects.toThrow('Delete it to start empty');
	}
});

describe('a fault', () => {
	const webhook = { target_url: 'https://example.com/', events: ['task.completed'] };

	it('that cuts the connection does nothing of what was asked for; one that cuts it afterwards does', async () => {
		await open();
		avala.fault({ method: 'POST', reset: true, times: 1 });
		await expect(call('POST', '/webhooks/', webhook)).rejects.toThrow('fetch failed');
		// Answered after the cut request, so that one has been dealt with.
		expect((await call('GET', '/webhooks/')).json.results).toEqual([]);
		avala.fault({ method: 'POST', resetAfterHandling: true, times: 1 });
		await expect(call('POST', '/webhooks/', webhook)).rejects.toThrow('fetch failed');
		expect((await call('GET', '/webhooks/')).json.results).toHaveLength(1);
	});

	it('can be switched on and off by another program', async () => {
		await open();
		const fault = { method: 'GET', status: 503, headers: { 'retry-after': '1' }, every: 2 };
		expect((await call('POST', `${avala.url}/sandbox/faults`, fault)).status).toBe(201);
		expect((await call('GET', '/webhooks/')).status).toBe(200);
		const { status, headers } = await call('GET', '/webhooks/');
		expect([status, headers.get('retry-after')]).toEqual([503, '1']);
		expect((await call('DELETE', `${avala.url}/sandbox/faults`)).status).toBe(204);
		for (let count = 0; count < 2; count++)
			expect((await call('GET', '/webhooks/')).status).toBe(200);
		expect((await call('POST', `${avala.url}/sandbox/faults`, { statsu: 503 })).status).toBe(400);
	});
});

describe('the console', () => {
	it('shows webhooks and deliveries without a secret, and lets things happen', async () => {
		await open();
		const { url } = await target(200);
		const { secret } = avala.addWebhook({ targetUrl: url });
		const delivered = avala.next('delivered');
		expect(
			(await call('POST', `${avala.url}/sandbox/events`, { type: 'task.completed' })).status,
		).toBe(200);
		await delivered;
		const { json } = await call('GET', `${avala.url}/sandbox/state`);
		expect(json).toMatchObject({
			webhooks: [{ targetUrl: url }],
			deliveries: [{ type: 'task.completed', status: 'delivered' }],
		});
		expect(JSON.stringify(json)).not.toContain(secret);
		const page = await fetch(avala.url);
		expect(await page.text()).toContain('Complete a task');
	});

	it('takes no command from another site’s page', async () => {
		await open();
		const form = await fetch(`${avala.url}/sandbox/events`, {
			method: 'POST',
			headers: { 'content-type': 'text/plain' },
			body: '{"type":"task.completed"}',
		});
		expect(form.ok).toBe(false);
	});

	it.each(['/', '/sandbox/state', '/%73andbox/state', '/sandbox/stream'])(
		'shows nothing at %s to a page whose name was bent to this machine',
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
});
