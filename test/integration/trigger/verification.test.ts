import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { createHmac, randomUUID } from 'node:crypto';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import { startSandbox } from '../../../sandbox';
import type { ServedTrigger, TriggerSetup } from '../../support/contexts';
import { hookContext, serveTrigger } from '../../support/contexts';

const SECRET = 'a-secret-that-the-trigger-made';
const REGISTERED = { webhookId: 'wh_1', webhookSecret: SECRET };
const CREDENTIALS = { apiKey: 'key', baseUrl: 'https://api.example.com/api/v1', webhookSecret: '' };
const TASK = { uid: 'task_1', status: 'completed' };
const EVENT = {
	id: 'evt_abc123',
	type: 'task.completed',
	created_at: '2026-03-02T10:30:00Z',
	data: TASK,
};

const sign = (body: string, secret = SECRET) =>
	createHmac('sha256', secret).update(body).digest('hex');

let trigger: ServedTrigger;
afterEach(async () => {
	await trigger.close();
	jest.restoreAllMocks();
});

type Setup = Partial<TriggerSetup> & { options?: unknown; events?: unknown };

async function serve({ options = {}, events = ['task.completed'], ...rest }: Setup = {}) {
	trigger = await serveTrigger({
		parameters: { events, options } as TriggerSetup['parameters'],
		staticData: REGISTERED,
		credentials: CREDENTIALS,
		webhookId: randomUUID(),
		...rest,
	});
	return trigger.started;
}

async function send(body: string, headers: Record<string, string> = {}) {
	const response = await fetch(trigger.url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body,
	});
	return { status: response.status, text: await response.text() };
}

const signed = async (value: unknown, headers: Record<string, string> = {}) => {
	const body = typeof value === 'string' ? value : JSON.stringify(value);
	return await send(body, { 'x-avala-signature': sign(body), ...headers });
};

const newer = async (resource: unknown, type = 'task.completed') =>
	await signed(resource, {
		'x-avala-webhook-event': type,
		'x-avala-webhook-delivery': randomUUID(),
	});

function warnings() {
	const { logger } = hookContext({ parameters: {}, staticData: {}, credentials: CREDENTIALS });
	return jest.spyOn(logger, 'warn').mockImplementation(() => undefined);
}

describe('when n8n cannot give the credential', () => {
	const credentialError = new Error('Credential with ID "1" does not exist');

	it('refuses unsigned requests with 401 and signed ones with 503, starts nothing, and warns once', async () => {
		const warn = warnings();
		const started = await serve({ credentialError, staticData: { webhookId: 'wh_1' } });
		for (let i = 0; i < 5; i++) {
			expect((await send(JSON.stringify(EVENT))).status).toBe(401);
			expect((await signed(EVENT)).status).toBe(503);
		}
		expect(started).toEqual([]);
		expect(warn).toHaveBeenCalledTimes(1);
		expect(String(warn.mock.calls[0]?.[0])).toContain('does not exist');
	});

	it('still starts the workflow with events that the stored secret verifies', async () => {
		const started = await serve({ credentialError });
		expect((await signed(EVENT)).status).toBe(200);
		expect(started).toHaveLength(1);
	});

	it('does not decrypt the credential for each forged request', async () => {
		await serve({});
		for (let i = 0; i < 20; i++) {
			expect((await send('{}', { 'x-avala-signature': sign('other') })).status).toBe(401);
		}
		expect(trigger.counter.decrypted).toBe(1);
	});
});

describe('the format of a body', () => {
	it.each<[string, IDataObject]>([
		['type', { uid: 't', type: 'bounding_box' }],
		['type and data', { uid: 't', type: 'bounding_box', data: { a: 1 } }],
		['a type like an event type', { uid: 't', type: 'image.box', data: { a: 1 }, id: 7 }],
		['event and data', { uid: 't', event: 'task.done', data: { a: 1 } }],
		['test', { uid: 't', test: true }],
		['id', { id: 'own-id', uid: 't' }],
	])('is that of a bare resource although it has a field named %s', async (_, resource) => {
		const started = await serve();
		expect((await newer(resource)).status).toBe(200);
		expect(started).toEqual([
			{ json: expect.objectContaining({ type: 'task.completed', data: resource }) },
		]);
		expect(started[0]?.json).not.toHaveProperty('test');
	});

	it('is an envelope where it is complete, whatever the header says', async () => {
		const started = await serve();
		await newer(EVENT, 'export.completed');
		expect(started).toEqual([{ json: expect.objectContaining({ id: 'evt_abc123', data: TASK }) }]);
	});

	it.each([[null], [[1, 2]], ['text'], [undefined], [5]])(
		'lets the data of an event be %j',
		async (data) => {
			const started = await serve();
			expect((await signed({ ...EVENT, data })).status).toBe(200);
			expect((await signed({ event: EVENT.type, timestamp: 1, data })).status).toBe(200);
			expect(started.map(({ json }) => json.data)).toEqual([data ?? null, data ?? null]);
		},
	);

	it('may begin with a byte order mark, which is signed but is no JSON', async () => {
		const started = await serve();
		expect((await signed(`\uFEFF${JSON.stringify(EVENT)}`)).status).toBe(200);
		expect(started).toHaveLength(1);
	});
});

describe('while the webhook is still being created', () => {
	const creating = { staticData: {}, credentials: { ...CREDENTIALS, webhookSecret: SECRET } };
	const OTHER = sign('', 'generated by Avala, and not yet known here');

	it.each<[string, unknown]>([
		['an empty body', ''],
		['an object without an event type', { message: 'hello' }],
		['a text', 'ping'],
		['a ping', { type: 'ping' }],
		['a selected type that is marked as a test', { ...EVENT, test: true }],
	])('a ping gets a 2xx whatever it holds, and starts nothing: %s', async (_, body) => {
		const started = await serve(creating);
		expect((await signed(body)).status).toBe(200);
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		expect((await send(text, { 'x-avala-signature': OTHER })).status).toBe(200);
		expect(started).toEqual([]);
	});

	it('an event that cannot be verified starts nothing and is to be sent again', async () => {
		const started = await serve(creating);
		const headers = { 'x-avala-signature': OTHER };
		expect((await send(JSON.stringify(EVENT), headers)).status).toBe(503);
		expect((await send(JSON.stringify(EVENT))).status).toBe(401);
		expect((await send('{}')).status).toBe(401);
		expect(started).toEqual([]);
	});
});

describe('a selected event is no test', () => {
	it('because of a word in its type', async () => {
		const types = ['model.test.completed', 'webhook.test', 'ping.received'];
		const started = await serve({ options: { customEvents: types } });
		for (const type of types) await signed({ ...EVENT, type });
		expect(started.map(({ json }) => [json.type, json.test])).toEqual(
			types.map((type) => [type, undefined]),
		);
	});

	it('because of a field of its resource', async () => {
		const started = await serve();
		await signed({ ...EVENT, data: { ...TASK, test: true } });
		expect(started).toHaveLength(1);
		expect(started[0]?.json).not.toHaveProperty('test');
	});
});

describe('Max Event Age', () => {
	const options = { maxEventAge: 10 };
	it.each<[unknown, number]>([
		[new Date().toISOString().replace('Z', ''), 200],
		[Math.floor(Date.now() / 1000), 200],
		[Date.now(), 200],
		[Math.floor(Date.now() / 1000) - 700, 400],
		[new Date(Date.now() - 700_000).toISOString().replace('Z', ''), 400],
		['yesterday', 400],
		[undefined, 400],
	])('judges the event’s own time in any form: %s gives %i', async (created_at, status) => {
		await serve({ options });
		expect((await signed({ ...EVENT, created_at })).status).toBe(status);
	});

	it('does not judge an event by the times of its resource', async () => {
		const started = await serve({ options });
		const resource = { ...TASK, updated_at: '2020-01-01T00:00:00Z' };
		expect((await newer(resource)).status).toBe(200);
		expect(started).toHaveLength(1);
		const late = { ...TASK, completed_at: new Date().toISOString() };
		expect((await signed({ event: EVENT.type, data: late })).status).toBe(400);
	});
});

describe('IDs of events that Avala gave none', () => {
	const idOf = async (body: unknown) => {
		trigger.started.length = 0;
		await signed(body);
		return trigger.started[0]?.json.id;
	};
	const older = (timestamp: unknown, data: unknown = TASK) => ({
		event: 'task.completed',
		timestamp,
		data,
	});

	it('differ when time or data differ, and are the same whatever the order of the fields', async () => {
		await serve();
		const bodies = [older(1), older(2), older('2026'), older(1, { ...TASK, status: 'x' })];
		const ids = [];
		for (const body of bodies) ids.push(await idOf(body));
		expect(new Set(ids).size).toBe(bodies.length);
		const { uid, status } = TASK;
		expect(await idOf({ data: { status, uid }, timestamp: 1, event: 'task.completed' })).toBe(
			ids[0],
		);
	});
});

describe('parameters that an expression fills with another type', () => {
	/** The first step of an activation, which reads the parameters. */
	async function activation(events: unknown, options: unknown): Promise<boolean> {
		const parameters = { events, options } as TriggerSetup['parameters'];
		const hook = hookContext({ parameters, staticData: {}, credentials: CREDENTIALS });
		return await new AvalaTrigger().webhookMethods.default.checkExists.call(hook);
	}

	it('lets an IP allowlist be a list of texts', async () => {
		const started = await serve({ options: { ipAllowlist: ['127.0.0.1', '10.0.0.0/8'] } });
		await signed(EVENT);
		expect(started).toHaveLength(1);
		expect((await signed(EVENT, { 'x-forwarded-for': '203.0.113.5' })).status).toBe(403);
	});

	it.each([
		{ ipAllowlist: '' },
		{ ipAllowlist: ' ' },
		{ projects: [] },
		{ projects: [''] },
		{ customEvents: '' },
		{ customEvents: [''] },
		{ customEvents: [[]] as never },
	])(
		'takes an option that was added and left empty in the editor for none: %j',
		async (options) => {
			const started = await serve({ options });
			await signed({ ...EVENT, data: { project_uid: 'proj_2' } });
			expect(started).toHaveLength(1);
		},
	);

	it('takes a list for filled in by an expression if one of its entries is', async () => {
		warnings();
		const started = await serve({ options: { projects: ['', "={{ '' }}"] } });
		expect((await signed(EVENT)).status).toBe(503);
		expect(started).toEqual([]);
	});

	it('warns once although the value is another one for each request', async () => {
		const warn = warnings();
		await serve({ options: { ipAllowlist: '={{ String(Math.random()) }}' } });
		for (let i = 0; i < 5; i++) expect((await signed(EVENT)).status).toBe(503);
		expect(warn).toHaveBeenCalledTimes(1);
	});

	it('warns again after an hour', async () => {
		const warn = warnings();
		await serve({ options: { runOnTestEvents: 'maybe' } });
		await signed(EVENT);
		const now = Date.now;
		const afterMs = (ms: number) => jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
		afterMs(59 * 60_000);
		await signed(EVENT);
		expect(warn).toHaveBeenCalledTimes(1);
		afterMs(60 * 60_000);
		await signed(EVENT);
		expect(warn).toHaveBeenCalledTimes(2);
	});

	it.each<[string, unknown, unknown]>([
		['no event types', '={{ [] }}', {}],
		['an empty text', "={{ '' }}", {}],
		['custom event types that are blank', [], { customEvents: ["={{ '' }}"] }],
	])('refuses activation and every request when they leave %s', async (_, events, options) => {
		warnings();
		await expect(activation(events, options)).rejects.toThrow('No event type is selected');
		const started = await serve({ events, options });
		expect((await signed(EVENT)).status).toBe(503);
		expect((await send(JSON.stringify(EVENT))).status).toBe(401);
		expect(started).toEqual([]);
	});

	const IMPOSSIBLE = '={{ $json.no.such.field }}';
	it.each<[string, INodeParameters]>([
		['Trigger On', { events: IMPOSSIBLE, options: {} }],
		['Options', { events: ['task.completed'], options: { maxEventAge: IMPOSSIBLE } }],
	])('names %s when n8n cannot evaluate its expression', async (label, { events, options }) => {
		await expect(activation(events, options)).rejects.toThrow(
			new RegExp(`^'${label}' contains an expression that n8n could not evaluate: \\w`),
		);
	});

	it.each<[string, unknown, IDataObject]>([
		[`'Trigger On' contains "Task finished", which`, ['Task finished'], {}],
		[`'Custom Event Types' contains "My event", which`, [], { customEvents: ['My event'] }],
		[
			`'Project Names or IDs' must be a list of project IDs, but is ["proj_1","Street scenes"].`,
			['*'],
			{ projects: ['proj_1', 'Street scenes'] },
		],
	])('tells which parameter to correct, and what it holds: %s', async (said, events, options) => {
		await expect(activation(events, options)).rejects.toThrow(said);
	});

	it('shows the beginning of a very long entry of the IP allowlist alone', async () => {
		await expect(activation(['*'], { ipAllowlist: 'x'.repeat(10_000) })).rejects.toThrow(
			/^'IP Allowlist' contains "x{80}", which/,
		);
	});

	it.each<[string, string | string[]]>([
		['ipAllowlist', '={{ 5 }}'],
		['ipAllowlist', '={{ ({ a: 1 }) }}'],
		['ipAllowlist', '={{ undefined }}'],
		['ipAllowlist', '={{ null }}'],
		['ipAllowlist', '={{ [] }}'],
		['ipAllowlist', "={{ '' }}"],
		['ipAllowlist', '={{ ["10.0.0.0/8", 7] }}'],
		['ipAllowlist', 'nonsense'],
		['ipAllowlist', ','],
		['maxEventAge', '10 minutes'],
		['maxEventAge', '={{ undefined }}'],
		['maxEventAge', '={{ -1 }}'],
		['maxEventAge', '={{ [10] }}'],
		['runOnTestEvents', 'maybe'],
		['projects', '={{ undefined }}'],
		['projects', '={{ [] }}'],
		['projects', "={{ '' }}"],
		['projects', '={{ [7] }}'],
		['projects', '={{ [["proj_1"]] }}'],
		['projects', '={{ $json.no.such.field }}'],
		['projects', `={{ "['proj_1', 'proj_2']" }}`],
		['projects', '={{ "proj_1\\nproj_2" }}'],
		['projects', '={{ "Street scenes" }}'],
		['projects', `={{ '{"uid":"proj_1"}' }}`],
		['projects', '={{ String({}) }}'],
		['customEvents', '={{ ({ a: "b.c" }) }}'],
		['runOnTestEvents', '={{ null }}'],
		['maxEventAge', '={{ Infinity }}'],
		['maxEventAge', '={{ "" }}'],
		['ipAllowlist', ["={{ '' }}"]],
		['projects', ["={{ '' }}", "={{ ' ' }}"]],
		['ipAllowlist', [["={{ '' }}"]] as never],
		['maxEventAge', '={{ true }}'],
	])('refuses activation and every request when %s is %s', async (name, value) => {
		warnings();
		const options = { [name]: value };
		await expect(activation(['task.completed'], options)).rejects.toThrow(/^'[A-Z]/);
		const started = await serve({ options });
		expect((await signed(EVENT)).status).toBe(503);
		expect((await send(JSON.stringify(EVENT))).status).toBe(401);
		expect(started).toEqual([]);
	});
});

describe('what proxies change', () => {
	it('a signature header that was folded holds if one of its elements is right', async () => {
		const started = await serve();
		const body = JSON.stringify(EVENT);
		await send(body, { 'x-avala-signature': `${'0'.repeat(64)}, ${sign(body)}` });
		expect(started).toHaveLength(1);
		expect((await send(body, { 'x-avala-signature': `a, ${sign('b')}` })).status).toBe(401);
	});
});

describe('what servers write otherwise', () => {
	it('an event type in capitals is the one that was selected', async () => {
		const started = await serve();
		await signed({ ...EVENT, type: 'Task.Completed' });
		await newer(TASK, 'TASK.COMPLETED');
		await newer({ ...EVENT, type: 'TASK.COMPLETED' });
		expect(started.map(({ json }) => json.data)).toEqual([TASK, TASK, TASK]);
	});

	it('the type and the ID of a delivery may be folded by a proxy that sent them twice', async () => {
		const started = await serve();
		const id = randomUUID();
		await signed(TASK, {
			'x-avala-webhook-event': 'task.completed, task.completed',
			'x-avala-webhook-delivery': `${id}, ${id}`,
		});
		expect(started).toEqual([{ json: expect.objectContaining({ id, type: 'task.completed' }) }]);
	});
});

describe('the secret', () => {
	it('of a webhook created with another one than the credential holds is named as the cause', async () => {
		const warn = warnings();
		const avala = await startSandbox({ rateLimit: false, pingOnCreate: false });
		const staticData: IDataObject = {};
		const credentials = { apiKey: avala.apiKey, baseUrl: avala.baseUrl, webhookSecret: 'first' };
		const parameters = { events: ['task.completed'], options: {} };
		const hook = hookContext({ parameters, staticData, credentials });
		await new AvalaTrigger().webhookMethods.default.create.call(hook);
		await avala.stop();

		const started = await serve({
			staticData,
			credentials: { ...credentials, webhookSecret: 'second' },
		});
		const body = JSON.stringify(EVENT);
		const headers = { 'x-avala-signature': sign(body, 'first') };
		expect((await send(body, headers)).text).toContain('created with another secret');
		await send(body, headers);
		expect(warn).toHaveBeenCalledTimes(1);
		expect(started).toEqual([]);
	});
});

describe('Projects', () => {
	const options = { projects: ['proj_1'] };

	it('may be selected in any spelling of a UUID', async () => {
		const uuid = '4b4f7a52-7ad0-4be4-a38c-4a2a0f0a3f39';
		const started = await serve({ options: { projects: [`{${uuid.toUpperCase()}}`] } });
		await signed({ ...EVENT, data: { project_uid: uuid } });
		expect(started).toHaveLength(1);
	});

	it('when none is selected, events of all projects start the workflow', async () => {
		const started = await serve();
		await signed({ ...EVENT, data: { project_uid: 'proj_2' } });
		expect(started).toHaveLength(1);
	});

	it('does not hold back a test event, which Avala sends with made-up data', async () => {
		const started = await serve({ options: { ...options, runOnTestEvents: true } });
		await signed({ ...EVENT, type: 'webhook.test', data: { project_uid: 'proj_2' } });
		expect(started).toHaveLength(1);
	});

	it.each<[string, IDataObject, boolean]>([
		['task.completed', { project_uid: 'proj_1' }, true],
		['task.completed', { project_uid: 'proj_2' }, false],
		['task.completed', { project: 'proj_2' }, false],
		['task.completed', { project: { uid: 'proj_1' } }, true],
		['task.completed', {}, true],
		['task.completed', { project_id: ' proj_1 ' }, true],
		['export.completed', { projects: ['proj_2', 'proj_1'] }, true],
		['export.completed', { projects: [{ uid: 'proj_2' }] }, false],
		['project.updated', { uid: 'proj_2' }, false],
		['project.updated', { uid: 'proj_1' }, true],
		['task.updated', { uid: 'proj_2' }, true],
	])('%s with %j starts the workflow: %s', async (type, data, isWanted) => {
		const started = await serve({ options, events: [type] });
		expect((await signed({ ...EVENT, type, data })).status).toBe(200);
		expect(started).toHaveLength(isWanted ? 1 : 0);
	});
});
