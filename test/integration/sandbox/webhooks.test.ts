import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import type { Json } from './api';
import { call } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, ...options });
}

describe('webhooks', () => {
	it('show the secret once, and never change it', async () => {
		await open();
		const body = { target_url: 'https://example.com/', events: ['task.completed'] };
		const created = await call(avala, 'POST', '/webhooks/', body);
		expect(created.status).toBe(201);
		expect(created.json.secret).toMatch(/^\w{20,}$/);
		const uid = String(created.json.uid);
		const patched = await call(avala, 'PATCH', `/webhooks/${uid}/`, {
			secret: 'other',
			is_active: false,
		});
		for (const { json } of [patched, await call(avala, 'GET', `/webhooks/${uid}/`)])
			expect(json).not.toHaveProperty('secret');
		expect(avala.webhooks()[0]).toMatchObject({ secret: created.json.secret, isActive: false });
		expect((await call(avala, 'DELETE', `/webhooks/${uid}/`)).status).toBe(204);
		expect((await call(avala, 'GET', `/webhooks/${uid}/`)).status).toBe(404);
	});

	it.each<[Json, string]>([
		[{ target_url: 'http://example.com/', events: ['task.completed'] }, 'target_url'],
		[{ target_url: 'nonsense', events: ['task.completed'] }, 'target_url'],
		[{ events: ['task.completed'] }, 'target_url'],
		[{ target_url: 'https://example.com/', events: [] }, 'events'],
		[{ target_url: 'https://example.com/', events: ['no.such'] }, 'events'],
		[{ target_url: 'https://example.com/' }, 'events'],
	])('are refused as %j: 400 names the field', async (body, field) => {
		await open();
		const { status, json } = await call(avala, 'POST', '/webhooks/', body);
		expect(status).toBe(400);
		expect(json).toEqual({ [field]: [expect.any(String)] });
	});

	it('take a missing body as an empty one whatever its type, and refuse what is not JSON', async () => {
		await open();
		const { uid } = avala.addWebhook({});
		const json = { 'content-type': 'application/json' };
		const missing = await call(avala, 'POST', '/webhooks/', undefined, json);
		expect(missing).toMatchObject({ status: 400, json: { events: [expect.any(String)] } });
		const text = await call(avala, 'POST', '/webhooks/', {}, { 'content-type': 'text/plain' });
		expect(text).toMatchObject({ status: 415, json: { detail: expect.any(String) } });
		expect((await call(avala, 'DELETE', `/webhooks/${uid}/`, undefined, json)).status).toBe(204);
	});

	const body = { target_url: 'https://example.com/', events: ['task.completed'] };
	const create = async (fields: Json = {}) =>
		await call(avala, 'POST', '/webhooks/', { ...body, ...fields });

	it('have an address of at most 2,048 and a secret of at most 255 characters', async () => {
		await open();
		const url = (length: number) => 'https://example.com/'.padEnd(length, 'x');
		expect((await create({ target_url: url(2048), secret: 's'.repeat(255) })).status).toBe(201);
		expect(await create({ target_url: url(2049) })).toMatchObject({
			status: 400,
			json: { target_url: [expect.stringContaining('2048')] },
		});
		expect(await create({ secret: 's'.repeat(256) })).toMatchObject({
			status: 400,
			json: { secret: [expect.stringContaining('255')] },
		});
	});

	it('take the event types of the newest page alone, or of a list, where that is set', async () => {
		await open();
		const status = async (...events: string[]) => (await create({ events })).status;
		expect(await status('task.created', 'result.accepted', 'quality.alert')).toBe(201);
		expect(await status('export.ready')).toBe(400);
		avala.configure({ knownEvents: 'newest' });
		expect(await status('task.completed', 'result.rejected', 'quality.alert')).toBe(201);
		expect(await status('task.created')).toBe(400);
		avala.configure({ knownEvents: ['export.ready'] });
		expect([await status('export.ready'), await status('task.completed')]).toEqual([201, 400]);
	});

	it('are refused for unknown event types with or without their names', async () => {
		await open({ knownEvents: 'newest' });
		const refusal = async () =>
			JSON.stringify((await create({ events: ['task.completed', 'task.created'] })).json);
		expect(await refusal()).toContain('task.created');
		expect(await refusal()).not.toContain('task.completed');
		avala.configure({ namesUnknownEvents: false });
		expect(await refusal()).not.toContain('task.created');
	});
});
