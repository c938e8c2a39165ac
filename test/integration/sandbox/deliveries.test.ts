import { createServer as createSecureServer } from 'node:https';
import { generate } from 'selfsigned';

import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { Lanes } from '../../../sandbox/lanes';
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

describe('deliveries', () => {
	it('are retried after 1, 5, 15 and 60 minutes with the same bytes; then the webhook is deactivated', async () => {
		const clockSpeed = 60_000;
		await open({ clockSpeed });
		const { url, received } = await targets.add(500);
		avala.addWebhook({ targetUrl: url });
		const waits: number[] = [];
		avala.deliverer.on('attempt', ({ nextRetryAt, updatedAt }) => {
			if (nextRetryAt !== null)
				waits.push(((nextRetryAt - Date.parse(updatedAt)) * clockSpeed) / 60_000);
		});
		const failed = avala.next('failed');
		avala.emit('task.completed');
		expect(await failed).toMatchObject({
			status: 'failed',
			attempts: 5,
			nextRetryAt: null,
			responseStatus: 500,
		});
		expect(waits).toEqual([1, 5, 15, 60]);
		expect(new Set(received.map(({ body }) => body)).size).toBe(1);
		expect(received).toHaveLength(5);
		expect(avala.webhooks()[0]?.isActive).toBe(false);
	});

	it('reach a good target while others never respond, refuse, or redirect', async () => {
		await open();
		const silent = await targets.add(undefined);
		const moved = await targets.add(302);
		const good = await targets.add(200);
		for (const { url } of [silent, moved, good]) avala.addWebhook({ targetUrl: url });
		avala.addWebhook({ targetUrl: 'http://127.0.0.1:1/' });
		avala.emit('task.completed');
		for (let attempts = 0; attempts < 3; attempts++) await avala.next('attempt');
		const outcomes = avala.deliveries().map(({ status, attempts }) => `${status} ${attempts}`);
		expect(outcomes.sort()).toEqual(['delivered 1', 'pending 0', 'pending 1', 'pending 1']);
		expect(good.received).toHaveLength(1);
	});

	it('wait their turn at a slow target, and not for other targets', async () => {
		const lanes = new Lanes(2);
		const started: string[] = [];
		const ends: Array<() => void> = [];
		const run = async (key: string, name: string) =>
			await lanes.run(key, async () => {
				started.push(name);
				await new Promise<void>((resolve) => ends.push(resolve));
			});
		const first = run('slow', 'first');
		const running = [run('slow', 'second'), run('slow', 'third'), run('other', 'fourth')];
		expect(started).toEqual(['first', 'second', 'fourth']);
		ends[0]?.();
		await first;
		expect(started).toEqual(['first', 'second', 'fourth', 'third']);
		for (const end of ends) end();
		await Promise.all(running);
	});

	it('reach a good webhook while another on the same host hangs', async () => {
		await open();
		const host = await targets.serve((request, response) => {
			if (request.url === '/good') response.end();
		});
		avala.addWebhook({ targetUrl: `${host}hangs` });
		for (let count = 0; count < 60; count++) avala.emit('task.completed');
		const { uid } = avala.addWebhook({ targetUrl: `${host}good` });
		avala.emit('task.completed');
		expect((await avala.next('attempt')).webhookUid).toBe(uid);
	});

	it('leave a webhook active that accepts other events while one fails for good', async () => {
		await open({ clockSpeed: 60_000 });
		const picky = await targets.serve((request, response) => {
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

	it('go over https to a certificate of the given authority, and to no other one', async () => {
		const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
			extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
		});
		const server = createSecureServer({ key, cert }, (request, response) => {
			request.resume();
			response.end();
		});
		const targetUrl = (await targets.listen(server)).replace('http:', 'https:');
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

	it('keep only the start of a response that has no end', async () => {
		await open();
		const endless = await targets.serve((_request, response) => {
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

	it('fail while they are set to, are not sent then, and are retried on demand', async () => {
		await open();
		const { url, received } = await targets.add(200);
		avala.addWebhook({ targetUrl: url });
		avala.deliveriesFail = true;
		avala.emit('task.completed');
		await avala.idle();
		expect(received).toHaveLength(0);
		expect(avala.deliveries()[0]).toMatchObject({ status: 'pending', responseStatus: 503 });
		expect(avala.retryNow()).toBe(1);
		await avala.idle();
		avala.deliveriesFail = false;
		expect(avala.retryNow()).toBe(1);
		await avala.idle();
		expect(avala.deliveries()[0]).toMatchObject({ status: 'delivered', attempts: 3 });
		expect(avala.retryNow()).toBe(0);
	});

	it('are shown in the format in which they were sent, also when later ones are sent in another', async () => {
		await open();
		const { url } = await targets.add(200);
		avala.addWebhook({ targetUrl: url });
		for (const wireFormat of ['guide', 'newer'] as const) {
			avala.wireFormat = wireFormat;
			avala.emit('task.completed');
			await avala.idle();
		}
		const headers = { 'x-avala-api-key': avala.apiKey };
		const page: unknown = await (
			await fetch(`${avala.baseUrl}/webhook-deliveries/`, { headers })
		).json();
		const [newer, guide] = (page as { results: object[] }).results;
		expect(newer).toHaveProperty('payload');
		expect(guide).toMatchObject({ status: 'success', response_status_code: 200 });
		expect(guide).not.toHaveProperty('payload');
	});

	it('are tried to the end at once on demand, as if the hours in between had passed', async () => {
		await open();
		const back = await targets.add(500, 500, 200);
		avala.addWebhook({ targetUrl: back.url });
		const down = avala.addWebhook({ targetUrl: (await targets.add(503)).url }).uid;
		avala.emit('task.completed');
		await avala.giveUp();
		expect(avala.deliveries()).toMatchObject([
			{ webhookUid: down, status: 'failed', attempts: 5, responseStatus: 503 },
			{ status: 'delivered', attempts: 3 },
		]);
		expect(avala.webhooks().map(({ isActive }) => isActive)).toEqual([false, true]);
	});
});
