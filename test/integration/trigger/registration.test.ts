import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { createHmac } from 'node:crypto';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { NEWEST_EVENTS } from '../../../sandbox/eventTypes';
import { hookContext, serveTrigger } from '../../support/contexts';

const WEBHOOK_URL = 'https://n8n.example.com/webhook/1b2c/webhook';
const BODY = JSON.stringify({
	id: 'evt_1',
	type: 'task.completed',
	created_at: '2026-03-02T10:30:00Z',
	data: { uid: 'task_1' },
});

/** A key for each test: what triggers read when n8n starts is shared by those with one key. */
const KEYS = Array.from({ length: 100 }, (_, index) => ({ key: `key-${index}` }));
let key: string;
let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, keys: [...KEYS] });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.reset();
	key = KEYS.pop()?.key ?? '';
});
afterEach(() => jest.restoreAllMocks());

const { checkExists, create, delete: remove } = new AvalaTrigger().webhookMethods.default;

interface Setup {
	parameters?: INodeParameters;
	staticData?: IDataObject;
	activation?: 'activate' | 'init' | 'leadershipChange';
	apiKey?: string;
	webhookSecret?: string;
}

const credentialsOf = ({ apiKey = key, webhookSecret = '' }: Setup) => ({
	apiKey,
	baseUrl: avala.baseUrl,
	webhookSecret,
});

const context = (setup: Setup = {}) =>
	hookContext({
		parameters: setup.parameters ?? { events: ['task.completed'], options: {} },
		staticData: setup.staticData ?? {},
		activation: setup.activation ?? 'activate',
		credentials: credentialsOf(setup),
	});

async function activate(setup: Setup = {}): Promise<void> {
	const hook = context(setup);
	if (!(await checkExists.call(hook))) await create.call(hook);
}

/** What the trigger responds to an event that Avala signs for its webhook. */
async function deliver(secret: string, staticData: IDataObject, setup: Setup = {}) {
	const trigger = await serveTrigger({
		parameters: { events: ['task.completed'], options: {} },
		staticData,
		credentials: credentialsOf(setup),
	});
	const signature = createHmac('sha256', secret).update(BODY).digest('hex');
	const { status } = await fetch(trigger.url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-avala-signature': signature },
		body: BODY,
	});
	await trigger.close();
	return { status, started: trigger.started.length };
}

async function deleteAtAvala(uid: unknown): Promise<void> {
	await fetch(`${avala.baseUrl}/webhooks/${String(uid)}/`, {
		method: 'DELETE',
		headers: { 'x-avala-api-key': avala.apiKey },
	});
}

const STARTED = { status: 200, started: 1 };
/** As a server generates one. */
const GENERATED = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ours = () => avala.webhooks().filter(({ targetUrl }) => targetUrl === WEBHOOK_URL);
const secretAtAvala = () => ours()[0]?.secret ?? '';

describe('an event is accepted', () => {
	it('when n8n has brought back the static data of an earlier registration', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const earlier = { ...staticData };
		await remove.call(context({ staticData }));
		await activate({ staticData });
		expect(await deliver(secretAtAvala(), earlier)).toEqual(STARTED);
	});

	it('when n8n was killed before it stored anything, and while create still runs', async () => {
		await activate({ staticData: {} });
		expect(await deliver(secretAtAvala(), {})).toEqual(STARTED);
	});

	it('after the API key was changed, as long as the stored secret is there', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		expect(await deliver(secretAtAvala(), staticData, { apiKey: 'another-key' })).toEqual(STARTED);
	});

	it.each([GENERATED, ` ${GENERATED}\n`])(
		'when Avala has generated a secret of its own: %j',
		async (secret) => {
			const staticData: IDataObject = {};
			avala.fault({
				method: 'POST',
				status: 201,
				body: { uid: 'wh_own', events: ['task.completed'], secret },
			});
			await create.call(context({ staticData }));
			expect(await deliver(GENERATED, staticData)).toEqual(STARTED);
		},
	);

	it('when Avala puts a prefix before the derived secret and signs with both', async () => {
		const before: IDataObject = {};
		await create.call(context({ staticData: before }));
		const secret = `whsec_${String(before.webhookSecret)}`;
		const body = { uid: 'wh_own', target_url: WEBHOOK_URL, events: ['task.completed'], secret };
		avala.fault({ method: 'POST', status: 201, body });
		const staticData: IDataObject = {};
		await create.call(context({ staticData }));
		expect(await deliver(secret, staticData)).toEqual(STARTED);
	});

	it('when Avala has generated a secret although the credential has one, also after it is published again', async () => {
		const staticData: IDataObject = {};
		const webhookSecret = 'from-the-credential';
		const generated = { uid: 'wh_own', events: ['task.completed'], secret: GENERATED };
		avala.fault({ method: 'POST', status: 201, body: generated });
		await create.call(context({ staticData, webhookSecret }));
		expect(await deliver(GENERATED, staticData, { webhookSecret })).toEqual(STARTED);

		const webhook = { ...generated, target_url: WEBHOOK_URL, is_active: true };
		avala.fault({ path: '/api/v1/webhooks/wh_own/', status: 200, body: webhook });
		expect(await checkExists.call(context({ staticData, webhookSecret }))).toBe(true);
		expect(await deliver(GENERATED, staticData, { webhookSecret })).toEqual(STARTED);
	});

	it('when Avala shows no more of the secret than its beginning', async () => {
		const before: IDataObject = {};
		await create.call(context({ staticData: before }));
		const secret = String(before.webhookSecret);
		avala.fault({
			method: 'POST',
			status: 201,
			body: { uid: 'wh_own', events: ['task.completed'], secret: secret.slice(0, 24) },
		});
		const staticData: IDataObject = {};
		await create.call(context({ staticData }));
		expect(staticData.webhookSecret).toBe(secret);
	});

	it.each(['********', 'whsec_••••••••••••••1234', 'not-shown'])(
		'when Avala shows the secret masked: %s',
		async (secret) => {
			const staticData: IDataObject = {};
			avala.fault({
				method: 'POST',
				status: 201,
				body: { uid: 'wh_own', events: ['task.completed'], secret },
			});
			await create.call(context({ staticData }));
			expect(staticData.webhookSecret).toMatch(/^[0-9a-f]{64}$/);
		},
	);

	it('with the credential’s secret, which static data does not hold although Avala echoes it', async () => {
		const staticData: IDataObject = {};
		const webhookSecret = ' from-the-credential\n';
		await activate({ staticData, webhookSecret });
		expect(secretAtAvala()).toBe('from-the-credential');
		expect(JSON.stringify(staticData)).not.toContain('from-the-credential');
		expect(await deliver('from-the-credential', staticData, { webhookSecret })).toEqual(STARTED);
	});

	it('with the credential’s secret, which static data does not hold although Avala shows it with a prefix', async () => {
		const staticData: IDataObject = {};
		const webhookSecret = 'from-the-credential-7';
		const secret = `whsec_${webhookSecret}`;
		avala.fault({
			method: 'POST',
			status: 201,
			body: { uid: 'wh_own', target_url: WEBHOOK_URL, events: ['task.completed'], secret },
		});
		await create.call(context({ staticData, webhookSecret }));
		expect(JSON.stringify(staticData)).not.toContain(webhookSecret);
		expect(await deliver(webhookSecret, staticData, { webhookSecret })).toEqual(STARTED);
	});
});

describe('when n8n starts', () => {
	it('in another main process, which takes over, an outage of Avala leaves the webhook as well', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const before = { ...staticData };
		const hook = context({ staticData, activation: 'leadershipChange' });
		jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		avala.fault({ status: 400, body: { detail: 'out of order' } });
		expect(await checkExists.call(hook)).toBe(true);
		expect(staticData).toEqual(before);
		expect(ours()).toHaveLength(1);
	});

	it('creates the webhook anew when Avala says that it is gone, and the log says where it may be', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const { webhookId } = staticData;
		await deleteAtAvala(webhookId);
		const hook = context({ staticData, activation: 'init' });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		await checkExists.call(hook);
		expect(ours()).toHaveLength(1);
		expect(staticData.webhookId).not.toBe(webhookId);
		expect(warn.mock.calls).toEqual([
			[expect.stringContaining(`knows no webhook ${String(webhookId)}`)],
		]);
	});

	it('keeps the webhook although n8n has brought back the ID of an earlier one', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const earlier = { ...staticData };
		await remove.call(context({ staticData }));
		await activate({ staticData });
		const before = avala.webhooks();
		const hook = context({ staticData: earlier, activation: 'init' });
		jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		const debug = jest.spyOn(hook.logger, 'debug').mockImplementation(() => undefined);
		expect(await checkExists.call(hook)).toBe(true);
		expect(avala.webhooks()).toEqual(before);
		expect(earlier).toEqual(staticData);
		expect(debug).toHaveBeenLastCalledWith(
			`Avala Trigger: kept webhook ${String(staticData.webhookId)}, which n8n did not know.`,
		);
	});

	it('deletes all webhooks with its target URL when there are several, or each event would come twice', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		const earlier = { ...staticData, webhookId: 'wh_earlier' };
		const hook = context({ staticData: earlier, activation: 'init' });
		jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		await checkExists.call(hook);
		expect(ours()).toEqual([expect.objectContaining({ uid: earlier.webhookId })]);
		expect(earlier.webhookId).not.toBe(staticData.webhookId);
	});

	it('creates the webhook anew when the one that is there may have another secret of the credential', async () => {
		const webhookSecret = 'from-the-credential';
		const staticData: IDataObject = {};
		await activate({ staticData, webhookSecret });
		await deleteAtAvala(staticData.webhookId);
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		await activate({ staticData, webhookSecret, activation: 'init' });
		expect(ours()).toHaveLength(1);
		expect(ours()[0]?.uid).not.toBe(uid);
		expect(await deliver(webhookSecret, staticData, { webhookSecret })).toEqual(STARTED);
	});

	it('creates the webhook anew when the earlier ID is back and Avala signs with a secret of its own', async () => {
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		const staticData = { webhookId: 'wh_earlier', webhookSecret: GENERATED };
		await activate({ staticData, activation: 'init' });
		expect(ours()).toHaveLength(1);
		expect(staticData.webhookId).not.toBe(uid);
		expect(await deliver(secretAtAvala(), staticData)).toEqual(STARTED);
	});

	const UUID = '4b4f7a52-7ad0-4be4-a38c-4a2a0f0a3f39';
	it.each<[string, string, string[]]>([
		['in capitals', UUID.toUpperCase(), []],
		['without hyphens', UUID.replaceAll('-', ''), []],
		['of another webhook', 'wh_other', [`contains no webhook ${UUID}`]],
	])('leaves the webhook as it is when Avala’s response has an ID %s', async (_, uid, warnings) => {
		const events = ['task.completed'];
		avala.addWebhook({ uid: UUID, targetUrl: WEBHOOK_URL, events });
		const staticData = { webhookId: UUID, webhookSecret: 'x' };
		const before = avala.webhooks();
		const hook = context({ staticData, activation: 'init' });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		avala.fault({
			method: 'GET',
			path: `/api/v1/webhooks/${UUID}/`,
			status: 200,
			body: { uid, target_url: WEBHOOK_URL, events },
		});
		await checkExists.call(hook);
		expect(avala.webhooks()).toEqual(before);
		expect(staticData.webhookId).toBe(UUID);
		expect(warn.mock.calls).toEqual(warnings.map((text) => [expect.stringContaining(text)]));
	});
});

it('each step of the registration can be followed in n8n’s log at debug level', async () => {
	const staticData: IDataObject = {};
	const stepsOf = async (hook: ReturnType<typeof context>) => {
		const debug = jest.spyOn(hook.logger, 'debug').mockImplementation(() => undefined);
		debug.mockClear();
		if (!(await checkExists.call(hook))) await create.call(hook);
		return debug.mock.calls.map(([message]) => message);
	};
	const created = await stepsOf(context({ staticData }));
	const webhook = `webhook ${String(staticData.webhookId)}`;
	expect(created).toEqual([`Avala Trigger: created ${webhook}.`]);
	expect(await stepsOf(context({ staticData, activation: 'init' }))).toEqual([
		`Avala Trigger: kept ${webhook}.`,
	]);
	const parameters = { events: ['export.completed'], options: {} };
	expect(await stepsOf(context({ staticData, parameters }))).toEqual([
		`Avala Trigger: corrected ${webhook}.`,
		`Avala Trigger: kept ${webhook}.`,
	]);
	const hook = context({ staticData });
	const debug = jest.spyOn(hook.logger, 'debug').mockImplementation(() => undefined);
	debug.mockClear();
	await remove.call(hook);
	expect(debug.mock.calls).toEqual([[`Avala Trigger: deleted ${webhook}.`]]);
});

describe('All on a server that knows fewer types', () => {
	const ALL = EVENT_CATALOGUE.map(({ value }) => value);
	const OF_THE_GUIDE = ALL.filter((type) => !/^(?:result|quality)\./.test(type));
	const parameters = { events: ['*'], options: {} };
	const requests = () =>
		avala.requests().map(({ method, path }) => `${method} ${path.split('?')[0]}`);
	const POST = 'POST /api/v1/webhooks/';
	afterEach(() => avala.configure({ knownEvents: 'documented', namesUnknownEvents: true }));

	const NAMING = 'and naming the others';
	const SILENT = 'and saying no more';
	it.each<[string, string, readonly string[], number]>([
		['the guide’s fifteen', NAMING, OF_THE_GUIDE, 2],
		['the guide’s fifteen', SILENT, OF_THE_GUIDE, 2],
		['the newest page’s ten', NAMING, NEWEST_EVENTS, 2],
		['the newest page’s ten', SILENT, NEWEST_EVENTS, 3],
		['all but one', NAMING, ALL.filter((type) => type !== 'task.deleted'), 2],
	])(
		'subscribes by one creation to those that it accepts: %s, %s',
		async (_, words, types, attempts) => {
			avala.configure({ knownEvents: types, namesUnknownEvents: words === NAMING });
			const staticData: IDataObject = {};
			const hook = context({ parameters, staticData });
			const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
			await checkExists.call(hook);
			expect(ours().map(({ events }) => [...events].sort())).toEqual([[...types].sort()]);
			expect(requests().slice(1)).toEqual(Array.from({ length: attempts }, () => POST));
			const refused = ALL.filter((type) => !types.includes(type));
			expect(String(warn.mock.calls[0]?.[0])).toContain(` ${refused.join(', ')}, which`);

			avala.clearRequests();
			await activate({ parameters, staticData, activation: 'init' });
			expect(avala.requests()).toHaveLength(1);
		},
	);

	it('gives them to the webhook that it has, which keeps its types while Avala refuses others', async () => {
		avala.configure({ knownEvents: NEWEST_EVENTS, namesUnknownEvents: false });
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		avala.fault({ method: 'PATCH', every: 2, times: 1, status: 503 });
		const staticData: IDataObject = { webhookId: uid, webhookSecret: 'x' };
		await expect(activate({ parameters, staticData })).rejects.toThrow('503');
		expect(ours()).toEqual([expect.objectContaining({ uid, events: ['task.completed'] })]);

		await activate({ parameters, staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid })]);
		expect([...(ours()[0]?.events ?? [])].sort()).toEqual([...NEWEST_EVENTS].sort());
	});

	it('leaves out those that the server drops without a refusal, says so once, and reads it with one request at the next start', async () => {
		const events = OF_THE_GUIDE;
		const webhook = { uid: 'wh_1', target_url: WEBHOOK_URL, events, is_active: true };
		avala.fault({ method: 'POST', status: 201, body: webhook });
		avala.fault({ method: 'PATCH', status: 200, body: { ...webhook } });
		avala.fault({ method: 'GET', path: '/api/v1/webhooks/wh_1/', status: 200, body: webhook });
		const staticData: IDataObject = {};
		const hook = context({ parameters, staticData });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		await create.call(hook);
		expect(warn.mock.calls.map(([message]) => message)).toEqual([
			expect.stringContaining('result.accepted'),
		]);

		avala.clearRequests();
		await activate({ parameters, staticData, activation: 'init' });
		expect(avala.requests()).toHaveLength(1);
		webhook.is_active = false;
		await activate({ parameters, staticData });
		expect(avala.requests().map(({ method }) => method)).toContain('PATCH');
		expect(warn).toHaveBeenCalledTimes(1);
	});

	it('fails when the server drops a type that the user selected, and names it', async () => {
		const webhook = { uid: 'wh_1', events: ['task.completed'], is_active: true };
		avala.fault({ method: 'POST', status: 201, body: webhook });
		const events = ['task.completed', 'result.accepted', 'quality.alert'];
		const staticData: IDataObject = {};
		await expect(
			create.call(context({ parameters: { events, options: {} }, staticData })),
		).rejects.toThrow(
			/without some event types.*does not seem to know result\.accepted, quality\.alert\./,
		);
		expect(staticData).toEqual({});
	});

	it('fails when the server keeps the webhook inactive, and says which address to check', async () => {
		const webhook = { uid: 'wh_1', events: ['task.completed'], is_active: false };
		avala.fault({ method: 'POST', status: 201, body: webhook });
		const staticData: IDataObject = {};
		await expect(create.call(context({ staticData }))).rejects.toThrow(
			`left webhook wh_1 inactive. It may not reach ${WEBHOOK_URL}`,
		);
		expect(staticData).toEqual({});
	});

	it('never drops a type that the user selected or entered', async () => {
		avala.configure({ knownEvents: OF_THE_GUIDE });
		for (const chosen of [
			{ events: ['*', 'quality.alert'], options: {} },
			{ events: ['*'], options: { customEvents: ['result.accepted'] } },
			{ events: ['task.completed', 'result.accepted'], options: {} },
		]) {
			await expect(activate({ parameters: chosen })).rejects.toThrow('Avala did not accept');
			expect(avala.webhooks()).toEqual([]);
		}
	});
});

describe('a step that Avala’s rate limit holds up', () => {
	const ID = { webhookId: 'wh_1', webhookSecret: 'x' };
	it.each<[string, (hook: ReturnType<typeof context>) => Promise<unknown>, IDataObject]>([
		['checkExists', async (hook) => await checkExists.call(hook), {}],
		['create', async (hook) => await create.call(hook), {}],
		['delete', async (hook) => await remove.call(hook), ID],
	])('does not wait longer than n8n does: %s', async (_, step, staticData) => {
		const hook = context({ staticData: { ...staticData } });
		jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		avala.fault({ status: 429, body: {}, headers: { 'retry-after': '30' } });
		const now = Date.now;
		const takesMs = 40_000;
		jest
			.spyOn(Date, 'now')
			.mockImplementation(() => now() + (avala.requests().length > 0 ? takesMs : 0));
		await expect(step(hook)).rejects.toThrow(/rate limit/i);
	});

	it('the clean-up after a failed creation ends after a few seconds', async () => {
		const hook = context();
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		avala.fault({ method: 'POST', status: 403, body: { detail: 'No.' } });
		const held = { status: 429, body: {}, headers: { 'retry-after': '30' } };
		avala.fault({ method: 'GET', every: 2, ...held });
		await expect(create.call(hook)).rejects.toThrow('No.');
		expect(warn).toHaveBeenCalledTimes(1);
	});
});

describe('deactivation', () => {
	it('does not fail when no ID is stored and Avala is down, or n8n would skip the next activation', async () => {
		const hook = context();
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		avala.fault({ status: 403, body: { detail: 'The account is locked.' } });
		await remove.call(hook);
		expect(String(warn.mock.calls[0]?.[0])).toContain('The account is locked.');
	});

	it('removes the stored webhook although the list lacks it', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		avala.fault({
			method: 'GET',
			path: '/api/v1/webhooks/',
			status: 200,
			body: { results: [], next: null, previous: null },
		});
		await remove.call(context({ staticData }));
		expect(avala.webhooks()).toEqual([]);
	});

	it('says in the log that a webhook may remain in the account of an earlier key', async () => {
		const hook = context({ staticData: { webhookId: 'wh_elsewhere', webhookSecret: 'x' } });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		await remove.call(hook);
		expect(String(warn.mock.calls[0]?.[0])).toMatch(/wh_elsewhere.*another account/s);
	});
});

describe('activation', () => {
	it('is not blocked by another webhook with odd fields', async () => {
		avala.fault({
			method: 'GET',
			path: '/api/v1/webhooks/',
			times: 1,
			status: 200,
			body: {
				results: [{ uid: 5 }, {}, { uid: 'wh_2', target_url: 7, events: 'x' }],
				next: null,
			},
		});
		await activate();
		expect(ours()).toHaveLength(1);
	});

	it('accepts a node without a webhook ID whose name n8n finds again', async () => {
		const hook = context();
		const node = { ...hook.getNode(), name: 'AvalaTrigger', webhookId: undefined };
		jest.spyOn(hook, 'getNode').mockReturnValue(node);
		await checkExists.call(hook);
		expect(ours()).toHaveLength(1);
	});

	it('stops when Avala shows another webhook in the place of the stored one, and touches neither', async () => {
		avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['export.completed'] });
		const before = avala.webhooks();
		const staticData = { webhookId: 'wh_stored', webhookSecret: 'x' };
		const webhook = { uid: 'wh_other', target_url: WEBHOOK_URL, events: ['export.completed'] };
		avala.fault({ path: '/api/v1/webhooks/wh_stored/', status: 200, body: webhook });
		await expect(activate({ staticData })).rejects.toThrow('contains no webhook wh_stored');
		expect(avala.webhooks()).toEqual(before);
	});

	it('refuses a node that n8n gave no webhook ID and whose name n8n would not find again', async () => {
		const hook = context();
		const node = { ...hook.getNode(), name: 'Avala Trigger', webhookId: undefined };
		jest.spyOn(hook, 'getNode').mockReturnValue(node);
		await expect(checkExists.call(hook)).rejects.toThrow(/save it, and publish it again/);
		expect(avala.requests()).toEqual([]);
	});
});
