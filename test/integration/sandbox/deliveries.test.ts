import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

import { toObject } from '../../../harness/restData';
import type { Sandbox, WireFormat } from '../../../sandbox';
import { signedHeaders } from '../../../sandbox/wire/webhooks';
import vectors from '../../fixtures/signatures.json';
import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';
import { call, open } from './api';

let avala: Sandbox;
let target: LocalServer;
/** What the target has received, and what it responds with. */
let received: Array<{ headers: IncomingHttpHeaders; body: string }>;
let statusFor: (body: string) => number;
beforeEach(async () => {
	received = [];
	statusFor = () => 200;
	target = await serve((request, response) => {
		if (request.url === '/hangs') return;
		void text(request).then((body) => {
			received.push({ headers: request.headers, body });
			response.writeHead(statusFor(body)).end();
		});
	});
});
afterEach(async () => {
	await avala?.stop();
	await target.close();
});

describe('deliveries', () => {
	it.each(vectors)('have the recorded signature: $name', ({ body, secret, signature }) => {
		const at = { type: 'task.completed', deliveryUid: 'd' };
		expect(signedHeaders(body, secret, 'guide', at)['x-avala-signature']).toBe(signature);
		expect(signedHeaders(body, secret, 'newer', at)['x-avala-webhook-signature']).toBe(signature);
	});

	it.each<WireFormat>(['guide', 'older', 'newer'])(
		'come in the format "%s", signed over the raw body',
		async (wireFormat) => {
			avala = await open({ wireFormat });
			const { secret } = avala.addWebhook({ targetUrl: target.url });
			const { id, type, created_at, data, deliveries } = avala.emit('task.completed');
			await avala.idle();
			const [{ headers, body } = { headers: {}, body: '' }] = received;
			const signature = createHmac('sha256', secret).update(body).digest('hex');
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
						'x-avala-webhook-delivery': deliveries[0],
					},
					body: data,
				},
			}[wireFormat];
			expect(headers).toMatchObject(expected.headers);
			expect(JSON.parse(body)).toEqual(expected.body);
		},
	);

	it('begin with a ping while a new webhook is created', async () => {
		avala = await open({ pingOnCreate: true });
		await call(avala, 'POST', '/webhooks/', {
			target_url: target.url,
			events: ['task.completed'],
		});
		expect(received.map(({ body }) => toObject(JSON.parse(body)).type)).toEqual(['ping']);
	});

	it('are retried after 1, 5, 15 and 60 minutes with the same bytes; then the webhook is deactivated', async () => {
		const clockSpeed = 60_000;
		avala = await open({ clockSpeed });
		statusFor = () => 500;
		avala.addWebhook({ targetUrl: target.url });
		const waits: number[] = [];
		avala.deliverer.on('attempt', ({ nextRetryAt, updatedAt }) => {
			if (nextRetryAt !== null)
				waits.push(((nextRetryAt - Date.parse(updatedAt)) * clockSpeed) / 60_000);
		});
		const failed = avala.next('failed');
		avala.emit('task.completed');
		expect(await failed).toMatchObject({ attempts: 5, nextRetryAt: null, responseStatus: 500 });
		expect(waits).toEqual([1, 5, 15, 60]);
		expect(received).toHaveLength(5);
		expect(new Set(received.map(({ body }) => body)).size).toBe(1);
		expect(avala.webhooks()[0]?.isActive).toBe(false);
	});

	it('leave a webhook active that accepts other events while one fails for good', async () => {
		avala = await open();
		statusFor = (body) => (body.includes('indigestible') ? 500 : 200);
		avala.addWebhook({ targetUrl: target.url });
		avala.emit('task.completed', { uid: 'indigestible' });
		avala.emit('task.completed');
		await avala.giveUp();
		expect(avala.deliveries().map(({ status }) => status)).toEqual(['delivered', 'failed']);
		expect(avala.webhooks()[0]?.isActive).toBe(true);
	});

	it('reach a good webhook while another on the same host hangs', async () => {
		avala = await open();
		avala.addWebhook({ targetUrl: `${target.url}/hangs` });
		for (let count = 0; count < 60; count++) avala.emit('task.completed');
		const { uid } = avala.addWebhook({ targetUrl: `${target.url}/good` });
		avala.emit('task.completed');
		expect((await avala.next('attempt')).webhookUid).toBe(uid);
	});
});
