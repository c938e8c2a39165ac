import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { createHmac } from 'node:crypto';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { hookContext, serveTrigger } from '../../support/contexts';

const WEBHOOK_URL = 'https://n8n.example.com/webhook/1b2c/webhook';
const BODY = JSON.stringify({
	id: 'evt_1',
	type: 'task.completed',
	created_at: '2026-03-02T10:30:00Z',
	data: { uid: 'task_1' },
});

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());
afterEach(() => jest.restoreAllMocks());

const { checkExists, create, delete: remove } = new AvalaTrigger().webhookMethods.default;

interface Setup {
	parameters?: INodeParameters;
	staticData?: IDataObject;
	activation?: 'activate' | 'init' | 'leadershipChange';
	apiKey?: string;
	webhookSecret?: string;
}

const credentialsOf = ({ apiKey = avala.apiKey, webhookSecret = '' }: Setup) => ({
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

	it.each(['generated-by-avala', ' generated-by-avala\n'])(
		'when Avala has generated a secret of its own: %j',
		async (secret) => {
			const staticData: IDataObject = {};
			avala.fault({
				method: 'POST',
				status: 201,
				body: { uid: 'wh_own', events: ['task.completed'], secret },
			});
			await create.call(context({ staticData }));
			expect(await deliver('generated-by-avala', staticData)).toEqual(STARTED);
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
		const generated = { uid: 'wh_own', events: ['task.completed'], secret: 'generated-by-avala' };
		avala.fault({ method: 'POST', status: 201, body: generated });
		await create.call(context({ staticData, webhookSecret }));
		expect(await deliver('generated-by-avala', staticData, { webhookSecret })).toEqual(STARTED);

		const webhook = { ...generated, target_url: WEBHOOK_URL, is_active: true };
		avala.fault({ path: '/api/v1/webhooks/wh_own/', status: 200, body: webhook });
		expect(await checkExists.call(context({ staticData, webhookSecret }))).toBe(true);
		expect(await deliver('generated-by-avala', staticData, { webhookSecret })).toEqual(STARTED);
	});

	it('when Avala shows no more of the secret than its beginning', async () => {
		const before: IDataObject = {};
		await create.call(context({ staticData: before }));
		const secret = String(before.webhookSecret);
		avala.fault({
			method: 'POST',
			status: 201,
			body: { uid: 'wh_own', events: ['task.completed'], secret: secret.slice(0, 12) },
		});
		const staticData: IDataObject = {};
		await create.call(context({ staticData }));
		expect(staticData.webhookSecret).toBe(secret);
	});

	it.each(['********', 'whsec_••••1234', 'whsec_xxxxxxxx', '0000000000000000', '[redacted]'])(
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
		const webhookSecret = 'from-the-credential';
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
	it.each([
		['a 500', { status: 500, body: { detail: 'out of order' } }],
		['a 401', { status: 401, body: { detail: 'Invalid API key.' } }],
		['a rate limit', { status: 429, body: {}, headers: { 'retry-after': '60' } }],
		['a cut connection', { reset: true }],
	])('%s leaves the webhook as it is, and the log has a warning', async (_, fault) => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const before = { webhooks: avala.webhooks(), staticData: { ...staticData } };
		const hook = context({ staticData, activation: 'init' });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		avala.fault({ path: `/api/v1/webhooks/${String(staticData.webhookId)}/`, ...fault });
		expect(await checkExists.call(hook)).toBe(true);
		expect({ webhooks: avala.webhooks(), staticData }).toEqual(before);
		expect(warn).toHaveBeenCalledTimes(1);
		expect(String(warn.mock.calls[0]?.[0])).toContain(`webhook ${String(staticData.webhookId)}`);
	});

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
		expect(await checkExists.call(hook)).toBe(false);
		await create.call(hook);
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
		expect(await checkExists.call(hook)).toBe(false);
		expect(ours()).toEqual([]);
		await create.call(hook);
		expect(ours()).toHaveLength(1);
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
		const staticData = { webhookId: 'wh_earlier', webhookSecret: 'generated-by-avala' };
		await activate({ staticData, activation: 'init' });
		expect(ours()).toHaveLength(1);
		expect(staticData.webhookId).not.toBe(uid);
		expect(await deliver(secretAtAvala(), staticData)).toEqual(STARTED);
	});

	it.each([
		['in capitals', (webhookId: string) => webhookId.toUpperCase(), []],
		['of another webhook', () => 'wh_other', ['responded with webhook wh_other where']],
	])('leaves the webhook as it is when Avala’s response has an ID %s', async (...given) => {
		const [, uidOf, warnings] = given;
		const staticData: IDataObject = {};
		await activate({ staticData });
		const before = avala.webhooks();
		const { webhookId } = staticData;
		const hook = context({ staticData, activation: 'init' });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		avala.fault({
			method: 'GET',
			path: `/api/v1/webhooks/${String(webhookId)}/`,
			status: 200,
			body: {
				uid: uidOf(String(webhookId)),
				target_url: WEBHOOK_URL,
				events: ['task.completed'],
			},
		});
		expect(await checkExists.call(hook)).toBe(true);
		expect(avala.webhooks()).toEqual(before);
		expect(staticData.webhookId).toBe(webhookId);
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
	/** Refuses a list that holds anything but these types, without naming one. */
	const knowOnly = (types: readonly string[]) => {
		avala.configure({ knownEvents: types, namesUnknownEvents: false });
	};
	afterEach(() => avala.configure({ knownEvents: 'documented', namesUnknownEvents: true }));

	it.each<[string, readonly string[]]>([
		['the guide’s fifteen', OF_THE_GUIDE],
		['every second one', ALL.filter((_, index) => index % 2 === 0)],
		['a single one', ['export.completed']],
	])('subscribes to those that it accepts: %s', async (_, types) => {
		knowOnly(types);
		const staticData: IDataObject = {};
		const hook = context({ parameters, staticData });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		expect(await checkExists.call(hook)).toBe(false);
		await create.call(hook);
		expect(ours().map(({ events }) => [...events].sort())).toEqual([[...types].sort()]);
		const refused = ALL.filter((type) => !types.includes(type));
		expect(String(warn.mock.calls[0]?.[0])).toContain(` ${refused.join(', ')}, which`);

		avala.clearRequests();
		await activate({ parameters, staticData, activation: 'init' });
		expect(avala.requests()).toHaveLength(1);
	});

	it('keeps the types that the webhook has while it finds out the others', async () => {
		const known = ALL.filter((type) => type !== 'quality.alert');
		knowOnly(known);
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: OF_THE_GUIDE });
		avala.fault({ method: 'PATCH', every: 4, status: 503 });
		const staticData: IDataObject = { webhookId: uid, webhookSecret: 'x' };
		await checkExists.call(context({ parameters, staticData })).catch(() => undefined);
		expect(ours()[0]?.events).toEqual(expect.arrayContaining(OF_THE_GUIDE));

		avala.clearFaults();
		expect(await checkExists.call(context({ parameters, staticData }))).toBe(true);
		expect([...(ours()[0]?.events ?? [])].sort()).toEqual([...known].sort());
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
		avala.fault({ method: 'PATCH', status: 200, body: webhook });
		const events = ['task.completed', 'result.accepted', 'quality.alert'];
		const staticData: IDataObject = {};
		await expect(
			create.call(context({ parameters: { events, options: {} }, staticData })),
		).rejects.toThrow(/without result\.accepted, quality\.alert, which/);
		expect(staticData).toEqual({});
	});

	it('fails when the server keeps the webhook inactive, and says which address to check', async () => {
		const webhook = { uid: 'wh_1', events: ['task.completed'], is_active: false };
		avala.fault({ method: 'POST', status: 201, body: webhook });
		avala.fault({ method: 'PATCH', status: 200, body: webhook });
		const staticData: IDataObject = {};
		await expect(create.call(context({ staticData }))).rejects.toThrow(
			`left webhook wh_1 inactive. It may not reach ${WEBHOOK_URL}`,
		);
		expect(staticData).toEqual({});
	});

	it('never drops a type that the user selected or entered', async () => {
		knowOnly(OF_THE_GUIDE);
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
		avala.fault({ method: 'GET', status: 429, body: {}, headers: { 'retry-after': '30' } });
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
		expect(await checkExists.call(hook)).toBe(false);
	});

	it('leaves a webhook alone that Avala shows in the place of the stored one', async () => {
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['export.completed'] });
		const staticData = { webhookId: 'wh_stored', webhookSecret: 'x' };
		const webhook = { uid: 'wh_other', target_url: WEBHOOK_URL, events: ['export.completed'] };
		avala.fault({ path: '/api/v1/webhooks/wh_stored/', status: 200, body: webhook });
		await activate({ staticData });
		expect(avala.requests().map(({ path }) => path)).not.toContain('/api/v1/webhooks/wh_other/');
		expect(ours()).toHaveLength(1);
		expect(ours()[0]?.uid).not.toBe(uid);
	});

	it('refuses a node that n8n gave no webhook ID and whose name n8n would not find again', async () => {
		const hook = context();
		const node = { ...hook.getNode(), name: 'Avala Trigger', webhookId: undefined };
		jest.spyOn(hook, 'getNode').mockReturnValue(node);
		await expect(checkExists.call(hook)).rejects.toThrow(/save it, and publish it again/);
		expect(avala.requests()).toEqual([]);
	});
});
