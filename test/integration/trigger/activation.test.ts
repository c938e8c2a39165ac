import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { hookContext } from '../../support/contexts';

const WEBHOOK_URL = 'https://n8n.example.com/webhook/1b2c/webhook';
const OTHER_URL = 'https://n8n.example.com/webhook/other/webhook';

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
	events?: string[];
	options?: INodeParameters;
	staticData?: IDataObject;
	/** n8n adds the id of the node's webhook and its path. */
	webhookBaseUrl?: string;
	webhookSecret?: string;
	apiKey?: string;
	baseUrl?: string;
	activation?: 'activate' | 'init' | 'leadershipChange';
	isTest?: boolean;
}

function context({
	events = ['task.completed'],
	options = {},
	staticData = {},
	...rest
}: Setup = {}) {
	return hookContext({
		parameters: { events, options },
		staticData,
		webhookBaseUrl: rest.webhookBaseUrl,
		activation: rest.activation ?? 'activate',
		isTest: rest.isTest,
		credentials: {
			apiKey: rest.apiKey ?? key,
			baseUrl: rest.baseUrl ?? avala.baseUrl,
			webhookSecret: rest.webhookSecret ?? '',
		},
	});
}

/** What n8n does on activation: `create` is called when `checkExists` said false, and `delete` when it failed. */
async function activate(setup: Setup = {}): Promise<void> {
	const hook = context(setup);
	if (!(await checkExists.call(hook))) await create.call(hook);
}

const apiRequests = () =>
	avala.requests().map(({ method, path }) => `${method} ${path.split('?')[0]}`);
const ours = () => avala.webhooks().filter(({ targetUrl }) => targetUrl === WEBHOOK_URL);

describe('activation', () => {
	it('makes one webhook with n8n’s URL, the chosen events and a secret of 32 bytes', async () => {
		const staticData: IDataObject = {};
		await activate({ events: ['task.completed', 'export.completed'], staticData });
		expect(ours()).toEqual([
			expect.objectContaining({
				events: ['task.completed', 'export.completed'],
				isActive: true,
				secret: expect.stringMatching(/^[0-9a-f]{64}$/),
			}),
		]);
		expect(staticData).toEqual({ webhookId: ours()[0]?.uid, webhookSecret: ours()[0]?.secret });
	});

	it('subscribes to every type of the catalogue for *, and to custom events beside it', async () => {
		await activate({ events: ['*'], options: { customEvents: ['task.submitted'] } });
		expect(ours()[0]?.events).toHaveLength(EVENT_CATALOGUE.length + 1);
		expect(ours()[0]?.events).toContain('task.submitted');
	});

	it('keeps a webhook that is right, which costs one request', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const [before] = ours();
		for (const activation of ['activate', 'init'] as const) {
			avala.clearRequests();
			await activate({ staticData, activation });
			expect(apiRequests()).toHaveLength(1);
			expect(ours()).toEqual([before]);
		}
	});

	it('keeps a webhook whose secret is that of the credential', async () => {
		const setup = { staticData: {}, webhookSecret: 'from-the-credential' };
		await activate(setup);
		const [before] = ours();
		await activate(setup);
		expect(ours()).toEqual([before]);
	});

	it('activates a webhook that Avala has deactivated', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const uid = ours()[0]?.uid;
		avala.addWebhook({ ...ours()[0], isActive: false });
		expect(ours()).toEqual([expect.objectContaining({ uid, isActive: false })]);
		await activate({ staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid, isActive: true })]);
	});

	it('drops the events of a webhook that are no longer selected', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData, events: ['task.completed', 'export.completed'] });
		await activate({ staticData, events: ['task.completed'] });
		expect(ours()).toEqual([expect.objectContaining({ events: ['task.completed'] })]);
	});

	it.each([
		['204', { status: 204, body: '' }],
		['200 without a webhook', { status: 200, body: { success: true } }],
		['200 with an empty body', { status: 200, body: '' }],
	])('reads a webhook again when Avala responds to its correction with %s', async (_, response) => {
		const staticData: IDataObject = {};
		await activate({ staticData, events: ['task.completed'] });
		const { webhookId } = staticData;
		avala.fault({ method: 'PATCH', afterHandling: true, ...response });
		const hook = context({ staticData, events: ['export.completed'] });
		expect(await checkExists.call(hook)).toBe(true);
		expect(ours()).toEqual([
			expect.objectContaining({ uid: webhookId, events: ['export.completed'], isActive: true }),
		]);
	});

	it.each([
		['no event types', {}],
		['its event types in capitals', { events: ['EXPORT.COMPLETED'] }],
	])('is content with a response that shows %s', async (_, shown) => {
		const staticData: IDataObject = {};
		await activate({ staticData, events: ['task.completed'] });
		const body = { uid: staticData.webhookId, is_active: true, ...shown };
		avala.fault({ method: 'PATCH', afterHandling: true, status: 200, body });
		await activate({ staticData, events: ['export.completed'] });
		expect(ours()).toEqual([
			expect.objectContaining({ uid: body.uid, events: ['export.completed'] }),
		]);
	});

	it.each([
		['changed', 'one', 'two'],
		['added', '', 'two'],
		['removed', 'one', ''],
	])('replaces a webhook when the secret of the credential was %s', async (_, before, after) => {
		const staticData: IDataObject = {};
		await activate({ staticData, webhookSecret: before });
		const uid = ours()[0]?.uid;
		await activate({ staticData, webhookSecret: after });
		expect(ours()).toHaveLength(1);
		expect(ours()[0]?.uid).not.toBe(uid);
		expect(ours()[0]?.secret).toEqual(
			after === '' ? expect.stringMatching(/^[0-9a-f]{64}$/) : after,
		);
	});

	it.each(['activate', 'init'] as const)(
		'needs no list to replace the webhook after the secret of the credential was changed: %s',
		async (activation) => {
			const staticData: IDataObject = {};
			await activate({ staticData, webhookSecret: 'the-first-secret' });
			const uid = String(staticData.webhookId);
			avala.clearRequests();
			await activate({ staticData, webhookSecret: 'the-second-secret', activation });
			expect(apiRequests()).toEqual([
				`GET /api/v1/webhooks/${uid}/`,
				`DELETE /api/v1/webhooks/${uid}/`,
				'POST /api/v1/webhooks/',
			]);
			expect(ours()).toEqual([expect.objectContaining({ secret: 'the-second-secret' })]);
		},
	);

	it.each([400, 403, 410, 422])(
		'looks for its webhook in the list when Avala responds %i to the stored ID',
		async (status) => {
			// That of a webhook in the account of another key, or from a server with other IDs.
			const staticData: IDataObject = { webhookId: 'wh_elsewhere', webhookSecret: 'x' };
			const path = '/api/v1/webhooks/wh_elsewhere/';
			avala.fault({ path, status, body: { detail: 'No such webhook for you.' } });
			await activate({ staticData });
			expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);

			await remove.call(context({ staticData: { webhookId: 'wh_elsewhere' } }));
			expect(ours()).toEqual([]);

			const atStart: IDataObject = { webhookId: 'wh_elsewhere', webhookSecret: 'x' };
			await activate({ staticData: atStart, activation: 'init' });
			expect(atStart.webhookId).toBe('wh_elsewhere');
			expect(ours()).toEqual([]);
		},
	);

	it('says in the log which webhook remains when the URL of n8n was changed', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData, webhookBaseUrl: 'https://old.example.com/webhook' });
		const { webhookId } = staticData;
		const hook = context({ staticData });
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		await checkExists.call(hook);
		expect(warn.mock.calls.map(([message]) => message)).toEqual([
			expect.stringMatching(
				new RegExp(`${String(webhookId)}.*https://old.example.com/webhook/1b2c/webhook.*delete it`),
			),
		]);
		expect(avala.webhooks().map(({ targetUrl }) => targetUrl)).toEqual([
			WEBHOOK_URL,
			'https://old.example.com/webhook/1b2c/webhook',
		]);
	});

	it.each<[string, IDataObject]>([
		['static data is lost', {}],
		['static data names another webhook', { webhookId: 'wh_gone', webhookSecret: 'x' }],
	])('leaves exactly one when %s', async (_, staticData) => {
		await activate();
		await activate({ staticData });
		await activate({ staticData, activation: 'init' });
		expect(ours()).toHaveLength(1);
		expect(staticData.webhookId).toBe(ours()[0]?.uid);
	});

	it('leaves exactly one of three from earlier when no ID is stored', async () => {
		const earlier = [
			avala.addWebhook({ targetUrl: WEBHOOK_URL }),
			avala.addWebhook({ targetUrl: WEBHOOK_URL }),
			avala.addWebhook({ targetUrl: WEBHOOK_URL, isActive: false }),
		].map(({ uid }) => uid);
		const staticData: IDataObject = {};
		await activate({ staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
		expect(earlier).not.toContain(staticData.webhookId);
	});

	it('deletes a webhook that someone else created with its URL when it is published the next time', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const stranger = avala.addWebhook({ targetUrl: WEBHOOK_URL });
		await remove.call(context({ staticData }));
		expect(ours()).toEqual([stranger]);
		await activate({ staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
	});

	it('deletes what an attempt left whose response was lost and whose clean-up failed', async () => {
		// n8n saves no static data of a failed activation, so it may hold an ID from before.
		for (const stored of [{}, { webhookId: 'wh_gone', webhookSecret: 'x' }]) {
			avala.reset();
			key = KEYS.pop()?.key ?? '';
			avala.fault({ method: 'POST', resetAfterHandling: true, times: 1 });
			const mend = avala.fault({ method: 'DELETE', status: 500 });
			await expect(activate({ staticData: { ...stored } })).rejects.toThrow('No response');
			const [orphan] = ours();
			expect(orphan).toBeDefined();
			mend();
			const staticData: IDataObject = { ...stored };
			await activate({ staticData });
			expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
			expect(staticData.webhookId).not.toBe(orphan?.uid);
		}
	});

	it.each([
		['204', { status: 204, body: '' }],
		['201 without a webhook', { status: 201, body: { success: true } }],
	])('finds its new webhook in the list when Avala responds with %s', async (_, response) => {
		avala.fault({ method: 'POST', afterHandling: true, ...response });
		const staticData: IDataObject = {};
		await activate({ staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
		expect(staticData.webhookSecret).toBe(ours()[0]?.secret);
	});

	it('leaves exactly one when n8n creates it twice', async () => {
		const staticData: IDataObject = {};
		await create.call(context({ staticData }));
		await create.call(context({ staticData }));
		expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
	});

	it('finds its webhooks behind hundreds of others and touches none of those', async () => {
		avala.addWebhook({ targetUrl: WEBHOOK_URL });
		for (let i = 0; i < 250; i++) avala.addWebhook({ targetUrl: `${OTHER_URL}/${i}` });
		const others = () => avala.webhooks().filter(({ targetUrl }) => targetUrl !== WEBHOOK_URL);
		const before = others();
		await activate();
		expect(ours()).toHaveLength(1);
		expect(others()).toEqual(before);
	});

	it.each(['activate', 'init'] as const)(
		'does not touch a webhook with another URL even if static data names it: %s',
		async (activation) => {
			const other = avala.addWebhook({ targetUrl: OTHER_URL, events: ['dataset.created'] });
			const naming = () => ({ webhookId: other.uid, webhookSecret: 'x' });
			await activate({ staticData: naming(), activation });
			expect(ours()).toHaveLength(1);
			await remove.call(context({ staticData: naming() }));
			expect(avala.webhooks()).toEqual([other]);
		},
	);
});

describe('in an account with many webhooks', () => {
	it.each([
		[10, 1],
		[1_000, 10],
	])(
		'%i: without a stored ID the list costs %i requests, with one nothing does',
		async (webhooks, pages) => {
			for (let i = 1; i < webhooks; i++) avala.addWebhook({ targetUrl: `${OTHER_URL}/${i}` });
			const staticData: IDataObject = {};
			const requestsOf = async (work: () => Promise<unknown>) => {
				avala.clearRequests();
				await work();
				return apiRequests().map((request) => request.replace(/wh_\w+/, 'ID'));
			};
			const LIST = Array.from({ length: pages }, () => 'GET /api/v1/webhooks/');
			const ONE = 'GET /api/v1/webhooks/ID/';
			const DELETE = 'DELETE /api/v1/webhooks/ID/';
			const publish = async () => await activate({ staticData });
			const unpublish = async () => await remove.call(context({ staticData }));

			expect(await requestsOf(publish)).toEqual([...LIST, 'POST /api/v1/webhooks/']);
			expect(await requestsOf(publish)).toEqual([ONE]);
			expect(await requestsOf(unpublish)).toEqual([ONE, DELETE]);

			await publish();
			for (const name of Object.keys(staticData)) delete staticData[name];
			expect(await requestsOf(unpublish)).toEqual([...LIST, DELETE]);
			expect(avala.webhooks()).toHaveLength(webhooks - 1);
		},
	);
});

describe('an activation that cannot work', () => {
	const failing = async (setup: Setup): Promise<string> => {
		const error: unknown = await activate(setup).then(
			() => undefined,
			(reason: unknown) => reason,
		);
		expect(error).toBeInstanceOf(Error);
		return String(error);
	};

	it('stops at a webhook URL that is not https, before any request, and names WEBHOOK_URL', async () => {
		expect(await failing({ webhookBaseUrl: 'http://localhost:5678/webhook' })).toContain(
			'WEBHOOK_URL',
		);
		await remove.call(context({ webhookBaseUrl: 'http://localhost:5678/webhook' }));
		expect(avala.requests()).toEqual([]);
	});

	it('stops when no event is chosen, before any request', async () => {
		expect(await failing({ events: [] })).toContain('No event type is selected');
		expect(avala.requests()).toEqual([]);
	});

	it('stops at an IP allowlist that is not valid, and names the entry', async () => {
		expect(await failing({ options: { ipAllowlist: '10.0.0.0/8, nonsense' } })).toContain(
			'nonsense',
		);
		expect(avala.requests()).toEqual([]);
	});

	it('says everything in what n8n shows of an error: 2.41 the message, 2.8 a description if there is one', async () => {
		const error: unknown = await activate({ apiKey: 'wrong' }).catch((reason: unknown) => reason);
		if (!(error instanceof NodeApiError)) throw new Error('It did not fail at Avala');
		expect(error.message).toMatch(/refused the API key.*enter a current key/s);
		expect(error.description ?? error.message).toBe(error.message);
		expect(error.httpCode).toBe('401');
	});

	it.each([undefined, 'not a URL'])('stops when n8n gives %s as its own URL', async (url) => {
		const hook = context();
		jest.spyOn(hook, 'getNodeWebhookUrl').mockReturnValue(url);
		await expect(checkExists.call(hook)).rejects.toThrow(/webhook URL.*WEBHOOK_URL/);
		expect(avala.requests()).toEqual([]);
	});

	it('says which host cannot be reached', async () => {
		expect(await failing({ baseUrl: 'http://127.0.0.1:1/api/v1' })).toMatch(
			/127\.0\.0\.1:1.*connection was refused/s,
		);
	});

	it('refuses a base URL that is not https, before any request', async () => {
		expect(await failing({ baseUrl: 'http://api.example.com/api/v1' })).toContain('https');
	});

	it('passes on which event type Avala refuses', async () => {
		expect(await failing({ options: { customEvents: ['no.such_event'] } })).toContain(
			'no.such_event',
		);
		expect(avala.webhooks()).toEqual([]);
	});

	it('shows neither key nor secret in an error that quotes them', async () => {
		avala.fault({
			method: 'POST',
			status: 400,
			body: { detail: `key ${avala.apiKey} and secret hush-hush-hush` },
		});
		const message = await failing({ apiKey: avala.apiKey, webhookSecret: 'hush-hush-hush' });
		expect(message).not.toContain('hush-hush-hush');
		expect(message).not.toContain(avala.apiKey);
	});
});

describe('a creation that fails midway', () => {
	it.each([
		['the connection is cut after Avala has made the webhook', { resetAfterHandling: true }],
		['Avala responds with 500 after it has made the webhook', { status: 500, afterHandling: true }],
		[
			'Avala responds with something that is no webhook and has created none',
			{ status: 201, body: { ok: true } },
		],
		[
			'Avala responds with a page that is not JSON',
			{ status: 201, body: '<html>', afterHandling: true },
		],
	])('leaves no webhook and no id when %s', async (_, fault) => {
		const staticData: IDataObject = {};
		avala.fault({ method: 'POST', path: '/api/v1/webhooks/', times: 1, ...fault });
		await expect(activate({ staticData })).rejects.toThrow();
		expect(avala.webhooks()).toEqual([]);
		expect(staticData).toEqual({});
	});

	it('says in the log for which URL a webhook may be left when the clean-up fails as well', async () => {
		const hook = context();
		const warn = jest.spyOn(hook.logger, 'warn').mockImplementation(() => undefined);
		const locked = { status: 403, body: { detail: 'The account is locked.' } };
		avala.fault({ method: 'POST', ...locked });
		avala.fault({ method: 'GET', every: 2, ...locked });
		await expect(create.call(hook)).rejects.toThrow('The account is locked');
		expect(warn).toHaveBeenCalledTimes(1);
		expect(String(warn.mock.calls[0]?.[0])).toMatch(
			new RegExp(`${WEBHOOK_URL} may have been left at Avala.*The account is locked`),
		);
	});

	it('says that the base URL may be wrong when a created webhook is nowhere to be seen', async () => {
		avala.fault({ method: 'POST', path: '/api/v1/webhooks/', status: 204 });
		await expect(create.call(context())).rejects.toThrow(
			/contains no new webhook.*'Base URL' in the Avala credential/,
		);
	});
});

describe('deactivation', () => {
	it('removes the webhook and forgets it', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		await remove.call(context({ staticData }));
		expect(avala.webhooks()).toEqual([]);
		expect(staticData).toEqual({});
	});

	it('counts a webhook that is gone already as removed', async () => {
		const staticData: IDataObject = { webhookId: 'wh_gone', webhookSecret: 'x' };
		await remove.call(context({ staticData }));
		expect(staticData).toEqual({});
	});

	it('counts a webhook that vanishes while it is removed as removed', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		avala.fault({ method: 'DELETE', status: 404, body: { detail: 'Not found.' } });
		await remove.call(context({ staticData }));
		expect(staticData).toEqual({});
	});

	it('removes the webhook although its id was lost', async () => {
		await activate();
		await remove.call(context());
		expect(avala.webhooks()).toEqual([]);
	});

	it('with an ID that was copied from another workflow removes its own webhook, not that one', async () => {
		const other = avala.addWebhook({ targetUrl: OTHER_URL });
		avala.addWebhook({ targetUrl: WEBHOOK_URL });
		const staticData: IDataObject = { webhookId: other.uid, webhookSecret: 'x' };
		await remove.call(context({ staticData }));
		expect(avala.webhooks()).toEqual([other]);
		expect(staticData).toEqual({});
	});

	it('reports a failure and keeps what finds the webhook again', async () => {
		const staticData: IDataObject = {};
		await activate({ staticData });
		const before = { ...staticData };
		const mend = avala.fault({ method: 'DELETE', status: 500, body: { detail: 'out of order' } });
		await expect(remove.call(context({ staticData }))).rejects.toThrow('out of order');
		expect(staticData).toEqual(before);
		mend();
		await activate({ staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid: before.webhookId })]);
	});
});
