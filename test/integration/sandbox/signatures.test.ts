import { createHmac } from 'node:crypto';

import type { Sandbox, SandboxOptions, WireFormat } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { signedHeaders } from '../../../sandbox/wire/webhooks';
import vectors from '../../fixtures/signatures.json';
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

describe('deliveries', () => {
	it.each(vectors)('have the recorded signature: $name', ({ body, secret, signature }) => {
		const at = { type: 'task.completed', deliveryUid: 'd' };
		expect(signedHeaders(body, secret, 'guide', at)['x-avala-signature']).toBe(signature);
		expect(signedHeaders(body, secret, 'newer', at)['x-avala-webhook-signature']).toBe(signature);
	});

	it.each<WireFormat>(['guide', 'older', 'newer'])(
		'come in the format "%s", signed over the raw body',
		async (wireFormat) => {
			await open({ wireFormat });
			const { url, received } = await targets.add(200);
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

	it('include the ping of a new webhook, and a test on demand', async () => {
		await open({ pingOnCreate: true, activateOnlyIfPingOk: true });
		const { url, received } = await targets.add(200, 500);
		const body = { target_url: url, events: ['task.completed'], secret: 's' };
		const { json } = await call(avala, 'POST', '/webhooks/', body);
		expect(json.is_active).toBe(true);
		expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ type: 'ping' });
		const refused = await call(avala, 'POST', `/webhooks/${String(json.uid)}/test/`);
		expect(refused).toMatchObject({
			status: 200,
			json: { success: false, error: expect.stringContaining('500') },
		});
		expect((await call(avala, 'POST', '/webhooks/', body)).json.is_active).toBe(false);
	});

	it.each<[WireFormat, unknown, unknown]>([
		[
			'guide',
			{ success: true, response: { status_code: 200, body: '{"ok":true}' } },
			{ success: false, error: expect.stringContaining('500') },
		],
		[
			'older',
			{ success: true, response: { status_code: 200, body: '{"ok":true}' } },
			{ success: false, message: expect.stringContaining('500') },
		],
		[
			'newer',
			{ success: true, message: expect.stringContaining('200') },
			{ success: false, message: expect.stringContaining('500') },
		],
	])('say how a test went, in the format "%s"', async (wireFormat, good, bad) => {
		await open({ wireFormat });
		const { url } = await targets.add(200, 500);
		const { uid } = avala.addWebhook({ targetUrl: url });
		expect((await call(avala, 'POST', `/webhooks/${uid}/test/`)).json).toEqual(good);
		expect((await call(avala, 'POST', `/webhooks/${uid}/test/`)).json).toEqual(bad);
	});
});
