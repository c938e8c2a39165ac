import { gzipSync } from 'node:zlib';

import { startSandbox } from '../../../sandbox';
import type { WireFormat, Sandbox } from '../../../sandbox';
import type { Setup } from '../../support/signedRequests';
import { EVENT, SECRET, send, serve, sign, signed } from '../../support/signedRequests';

describe('a signed event', () => {
	it('starts the workflow with one item, and gets a response at once', async () => {
		const { started, counter } = await serve();
		const { status, json } = await signed(EVENT);
		expect({ status, json }).toEqual({ status: 200, json: { received: true, started: true } });
		const ids = { resource_uid: 'task_1', project_uid: null };
		expect(started).toEqual([{ json: { ...EVENT, ...ids } }]);
		expect(counter.decrypted).toBe(0);
	});

	it('is accepted under the newer header’s name as well', async () => {
		const { started } = await serve();
		const body = JSON.stringify(EVENT);
		await send(body, { 'x-avala-webhook-signature': sign(body) });
		expect(started).toHaveLength(1);
	});

	it.each([
		['spaces and line breaks', JSON.stringify(EVENT, null, 4)],
		['characters beyond ASCII', JSON.stringify({ ...EVENT, data: { name: 'Grüße ✓ 标注' } })],
		['escaped characters', '{"type":"task.completed","id":"e","data":{"a":"\\u00fc\\/"}}'],
		[
			'numbers that JavaScript writes otherwise',
			'{"type":"task.completed","id":"e","data":{"a":1.0,"b":1e2}}',
		],
		['a key twice', '{"type":"task.created","type":"task.completed","id":"e","data":{}}'],
	])('is verified on the raw bytes: %s', async (_, body) => {
		const { started } = await serve();
		expect((await signed(body)).status).toBe(200);
		expect(started).toHaveLength(1);
	});

	it('is read from a body of another content type too', async () => {
		const { started } = await serve();
		await signed(EVENT, { 'content-type': 'application/octet-stream' });
		await signed(EVENT, { 'content-type': 'text/plain' });
		expect(started).toHaveLength(2);
	});

	it('is verified with the secret of the credential when the trigger made none', async () => {
		const { started, counter } = await serve({
			staticData: { webhookId: 'wh_1', secretProof: 'x' },
			credentials: { apiKey: 'key', baseUrl: '', webhookSecret: 'from-the-credential' },
		});
		const body = JSON.stringify(EVENT);
		await send(body, { 'x-avala-signature': sign(body, 'from-the-credential') });
		expect(started).toHaveLength(1);
		expect(counter.decrypted).toBe(1);
	});

	it.each(['dataset.created', 'Task completed', 'COMPLETED'])(
		'of a type that was not chosen gets a 2xx and starts nothing: %s',
		async (type) => {
			const { started } = await serve();
			const { status } = await signed({ ...EVENT, type });
			expect(status).toBe(200);
			const older = { event: type, timestamp: 1, data: {} };
			expect((await signed(older)).status).toBe(200);
			expect(started).toEqual([]);
		},
	);

	it('starts the workflow for every type of the catalogue with *, and for custom types', async () => {
		const { started } = await serve({
			events: ['*'],
			options: { customEvents: ['result.submitted'] },
		});
		for (const type of ['dataset.created', 'export.failed', 'result.submitted', 'model.trained']) {
			await signed({ ...EVENT, type });
		}
		expect(started.map(({ json }) => json.type)).toEqual([
			'dataset.created',
			'export.failed',
			'result.submitted',
		]);
	});
});

describe('a request that is not Avala’s', () => {
	const body = JSON.stringify(EVENT);
	it.each<[string, Record<string, string>]>([
		['no signature', {}],
		['a signature of another body', { 'x-avala-signature': sign(`${body} `) }],
		['a signature with another secret', { 'x-avala-signature': sign(body, 'other') }],
		['a truncated signature', { 'x-avala-signature': sign(body).slice(0, 40) }],
		['an empty signature', { 'x-avala-signature': '' }],
		['a prefix before the signature', { 'x-avala-signature': `sha256=${sign(body)}` }],
		['a signature in another header', { 'x-hub-signature-256': sign(body) }],
	])('gets a 401 in JSON and starts nothing: %s', async (_, headers) => {
		const { started } = await serve();
		const { status, json } = await send(body, headers);
		expect({ status, json }).toEqual({ status: 401, json: { error: expect.any(String) } });
		expect(started).toEqual([]);
	});

	it('is refused whatever it says, in every format', async () => {
		const { started } = await serve();
		for (const text of [
			'',
			'[]',
			'null',
			'{"type":"ping"}',
			'{"event":"task.completed","data":{}}',
		]) {
			const { status } = await send(text, {
				'content-type': 'text/plain',
				'x-avala-webhook-event': 'task.completed',
			});
			expect(status).toBe(401);
		}
		expect(started).toEqual([]);
	});
});

describe('a signed body that is no event', () => {
	it.each([
		[1_000, '[', '', ']'],
		[100_000, '[', '', ']'],
		[1_000, '{"a":', '1', '}'],
	])('gets a 400 when it is nested %i levels deep: %s', async (depth, start, end, close) => {
		const { started } = await serve();
		const data = `${start.repeat(depth)}${end}${close.repeat(depth)}`;
		const { status, json } = await signed(`{"id":"e","type":"task.completed","data":${data}}`);
		expect({ status, json }).toEqual({
			status: 400,
			json: { error: 'The body is nested too deeply.' },
		});
		expect(started).toEqual([]);
	});

	it.each([
		['', 'empty'],
		['hello', 'not JSON'],
		['{"type":', 'not JSON'],
		['[]', 'not a JSON object'],
		['null', 'not a JSON object'],
		['"task.completed"', 'not a JSON object'],
		['{"data":{}}', 'No event type was found'],
		['{"type":7,"data":{}}', 'No event type was found'],
		['{"type":7,"created_at":1,"data":{}}', 'No event type was found'],
	])('gets a 400 that says which, and starts nothing: %s', async (body, problem) => {
		const { started } = await serve();
		const { status, json } = await signed(body, { 'content-type': 'application/octet-stream' });
		expect(status).toBe(400);
		expect(json).toEqual({ error: expect.stringContaining(problem) });
		expect(started).toEqual([]);
	});

	it('gets a response when n8n has taken the body apart or it cannot be read', async () => {
		const { started } = await serve();
		const form = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n';
		expect((await signed(form, { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(
			400,
		);
		const broken = await signed('no gzip', {
			'content-type': 'application/octet-stream',
			'content-encoding': 'gzip',
		});
		expect(broken.status).toBe(400);
		expect(started).toEqual([]);
	});

	it('is read when it is compressed, with the signature over what was signed', async () => {
		const { started } = await serve();
		const body = JSON.stringify(EVENT);
		await send(gzipSync(body), { 'content-encoding': 'gzip', 'x-avala-signature': sign(body) });
		expect(started).toHaveLength(1);
	});
});

describe('while no secret is known', () => {
	const body = JSON.stringify(EVENT);
	it('responds 503 to a real event, so that Avala sends it again', async () => {
		const { started } = await serve({ staticData: {} });
		expect((await signed(body)).status).toBe(503);
		expect(started).toEqual([]);
	});

	it('accepts nothing signed with an empty secret', async () => {
		const { started } = await serve({ staticData: { webhookId: 'wh_1', webhookSecret: '' } });
		expect((await send(body, { 'x-avala-signature': sign(body, '') })).status).toBe(401);
		expect(started).toEqual([]);
	});
});

describe('test events and pings', () => {
	const test = JSON.stringify({ ...EVENT, type: 'webhook.test' });

	it('are acknowledged and start nothing in production', async () => {
		const { started } = await serve();
		expect((await signed(test)).status).toBe(200);
		expect((await signed({ ...EVENT, test: true })).status).toBe(200);
		expect((await signed('{"type":"ping","data":{}}')).status).toBe(200);
		expect(started).toEqual([]);
	});

	it('start the workflow in production when the option says so, marked as a test', async () => {
		const { started } = await serve({ options: { runOnTestEvents: true } });
		await signed(test);
		expect(started).toEqual([
			{ json: expect.objectContaining({ type: 'webhook.test', test: true }) },
		]);
	});

	it('start the workflow in the editor’s test mode', async () => {
		const { started } = await serve({ mode: 'manual' });
		await signed(test);
		await signed({ ...EVENT, type: 'dataset.created' });
		await signed(EVENT);
		expect(started.map(({ json }) => [json.type, json.test])).toEqual([
			['webhook.test', true],
			['dataset.created', true],
			['task.completed', undefined],
		]);
	});

	it.each<[string, Setup]>([
		['do not end the listening of the editor', { mode: 'manual' }],
		['start nothing in production either', { options: { runOnTestEvents: true } }],
	])('%s while the webhook is still being made', async (_, setup) => {
		const { started } = await serve({
			...setup,
			staticData: {},
			credentials: { apiKey: 'key', baseUrl: '', webhookSecret: SECRET },
		});
		expect((await signed('{"type":"ping","data":{}}')).status).toBe(200);
		expect(started).toEqual([]);
	});
});

describe('the options', () => {
	it('respond 403 to an address that is not on the allowlist, and let the others in', async () => {
		const { started } = await serve({ options: { ipAllowlist: '198.51.100.0/24, 2001:db8::/32' } });
		const body = JSON.stringify(EVENT);
		const from = async (address: string) =>
			(await signed(body, { 'x-forwarded-for': address })).status;
		expect(await from('203.0.113.5')).toBe(403);
		expect(started).toEqual([]);
		expect(await from('198.51.100.7')).toBe(200);
		expect(await from('2001:db8::7')).toBe(200);
		expect(await from('198.51.100.7, 203.0.113.5')).toBe(403);
		expect(started).toHaveLength(2);
	});

	it('respond 400 to an event that is too old, or tells no time', async () => {
		const { started } = await serve({ options: { maxEventAge: 10 } });
		const at = async (created_at: unknown) => (await signed({ ...EVENT, created_at })).status;
		expect(await at(new Date(Date.now() - 11 * 60_000).toISOString())).toBe(400);
		expect(await at(undefined)).toBe(400);
		expect(started).toEqual([]);
		expect(await at(new Date(Date.now() - 9 * 60_000).toISOString())).toBe(200);
		expect(started).toHaveLength(1);
	});
});

describe('what the sandbox delivers', () => {
	let avala: Sandbox;
	beforeAll(async () => {
		avala = await startSandbox({ allowHttpLoopbackTargets: true, rateLimit: false });
	});
	afterAll(async () => await avala.stop());

	it.each<WireFormat>(['guide', 'older', 'newer'])(
		'gives the same item in the format "%s"',
		async (wireFormat) => {
			const { started, url } = await serve();
			avala.reset();
			avala.wireFormat = wireFormat;
			avala.addWebhook({ targetUrl: url, events: ['task.completed'], secret: SECRET });
			const delivered = avala.next('delivered');
			const event = avala.emit('task.completed', {
				uid: 'task_1',
				completed_at: '2026-03-02T10:29:55Z',
			});
			await delivered;
			expect(started).toEqual([
				{
					json: expect.objectContaining({
						id: expect.any(String),
						type: 'task.completed',
						created_at: wireFormat === 'newer' ? '2026-03-02T10:29:55Z' : event.created_at,
						data: event.data,
					}),
				},
			]);
			if (wireFormat === 'newer') expect(started[0]?.json.delivery_id).toBe(event.deliveries[0]);
		},
	);
});
