import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { logged } from '../../support/contexts';
import { failureOf } from '../../support/resources';
import {
	avala,
	checkExists,
	context,
	ours,
	publish,
	requests,
	unpublish,
	WEBHOOK_URL,
} from '../../support/triggerHooks';

const OTHER_URL = 'https://n8n.example.com/webhook/other/webhook';

describe('activation', () => {
	it('makes one webhook with n8n’s URL, the chosen events and a secret of 32 bytes', async () => {
		const staticData: IDataObject = {};
		await publish({ events: ['task.completed', 'export.completed'], staticData });
		expect(ours()).toEqual([
			expect.objectContaining({
				events: ['task.completed', 'export.completed'],
				isActive: true,
				secret: expect.stringMatching(/^[0-9a-f]{64}$/),
			}),
		]);
		expect(staticData).toEqual({ webhookId: ours()[0]?.uid, webhookSecret: ours()[0]?.secret });
	});

	it('keeps a webhook whose secret is that of the credential', async () => {
		const setup = { staticData: {}, webhookSecret: 'from-the-credential' };
		await publish(setup);
		const [before] = ours();
		await publish(setup);
		expect(ours()).toEqual([before]);
	});

	it('drops the events of a webhook that are no longer selected', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData, events: ['task.completed', 'export.completed'] });
		await publish({ staticData, events: ['task.completed'] });
		expect(ours()).toEqual([expect.objectContaining({ events: ['task.completed'] })]);
	});

	it.each([
		['204', { status: 204, body: '' }],
		['200 without a webhook', { status: 200, body: { success: true } }],
	])('reads a webhook again when Avala responds to its correction with %s', async (_, response) => {
		const staticData: IDataObject = {};
		await publish({ staticData, events: ['task.completed'] });
		const { webhookId } = staticData;
		avala.fault({ method: 'PATCH', afterHandling: true, ...response });
		await publish({ staticData, events: ['export.completed'] });
		expect(ours()).toEqual([
			expect.objectContaining({ uid: webhookId, events: ['export.completed'], isActive: true }),
		]);
	});

	it.each([
		['no event types', {}],
		['its event types in capitals', { events: ['EXPORT.COMPLETED'] }],
	])('is content with a response that shows %s', async (_, shown) => {
		const staticData: IDataObject = {};
		await publish({ staticData, events: ['task.completed'] });
		const body = { uid: staticData.webhookId, is_active: true, ...shown };
		avala.fault({ method: 'PATCH', afterHandling: true, status: 200, body });
		await publish({ staticData, events: ['export.completed'] });
		expect(ours()).toEqual([
			expect.objectContaining({ uid: body.uid, events: ['export.completed'] }),
		]);
	});

	it.each([
		['changed', 'activate', 'one', 'two'],
		['changed', 'init', 'one', 'two'],
		['added', 'activate', '', 'two'],
		['removed', 'activate', 'one', ''],
	] as const)(
		'replaces its webhook, without the list, after the secret of the credential was %s: %s',
		async (_, activation, before, after) => {
			const staticData: IDataObject = {};
			await publish({ staticData, webhookSecret: before });
			const uid = String(staticData.webhookId);
			avala.clearRequests();
			await publish({ staticData, webhookSecret: after, activation });
			expect(requests()).toEqual([
				`GET /api/v1/webhooks/${uid}/`,
				`DELETE /api/v1/webhooks/${uid}/`,
				'POST /api/v1/webhooks/',
			]);
			const secret = after === '' ? expect.stringMatching(/^[0-9a-f]{64}$/) : after;
			expect(ours()).toEqual([expect.objectContaining({ secret })]);
		},
	);

	it.each([400, 403, 410, 422])(
		'looks for its webhook in the list when Avala responds %i to the stored ID',
		async (status) => {
			// That of a webhook in the account of another key, or from a server with other IDs.
			const staticData: IDataObject = { webhookId: 'wh_elsewhere', webhookSecret: 'x' };
			const path = '/api/v1/webhooks/wh_elsewhere/';
			avala.fault({ path, status, body: { detail: 'No such webhook for you.' } });
			await publish({ staticData });
			expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);

			await unpublish({ staticData: { webhookId: 'wh_elsewhere' } });
			expect(ours()).toEqual([]);

			const atStart: IDataObject = { webhookId: 'wh_elsewhere', webhookSecret: 'x' };
			await publish({ staticData: atStart, activation: 'init' });
			expect(atStart.webhookId).toBe('wh_elsewhere');
			expect(ours()).toEqual([]);
		},
	);

	it('says in the log which webhook remains when the URL of n8n was changed', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData, webhookBaseUrl: 'https://old.example.com/webhook' });
		const { webhookId } = staticData;
		const warnings = logged('warn');
		await publish({ staticData });
		expect(warnings()).toEqual([
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
	])('leaves exactly one of three from earlier when %s', async (_, staticData) => {
		const earlier = [true, true, false].map((isActive) =>
			avala.addWebhook({ targetUrl: WEBHOOK_URL, isActive }),
		);
		await publish({ staticData });
		await publish({ staticData, activation: 'init' });
		expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
		expect(earlier.map(({ uid }) => uid)).not.toContain(staticData.webhookId);
	});

	it.each([
		['204', { status: 204, body: '' }],
		['201 without a webhook', { status: 201, body: { success: true } }],
	])('finds its new webhook in the list when Avala responds with %s', async (_, response) => {
		avala.fault({ method: 'POST', afterHandling: true, ...response });
		const staticData: IDataObject = {};
		await publish({ staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
		expect(staticData.webhookSecret).toBe(ours()[0]?.secret);
	});

	it.each(['activate', 'init'] as const)(
		'does not touch a webhook with another URL even if static data names it: %s',
		async (activation) => {
			const other = avala.addWebhook({ targetUrl: OTHER_URL, events: ['dataset.created'] });
			const naming = () => ({ webhookId: other.uid, webhookSecret: 'x' });
			await publish({ staticData: naming(), activation });
			expect(ours()).toHaveLength(1);
			await unpublish({ staticData: naming() });
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
				return requests().map((request) => request.replace(/wh_\w+/, 'ID'));
			};
			const LIST = Array.from({ length: pages }, () => 'GET /api/v1/webhooks/');
			const ONE = 'GET /api/v1/webhooks/ID/';
			const DELETE = 'DELETE /api/v1/webhooks/ID/';
			const start = async () => await publish({ staticData });
			const stop = async () => await unpublish({ staticData });

			expect(await requestsOf(start)).toEqual([...LIST, 'POST /api/v1/webhooks/']);
			expect(await requestsOf(start)).toEqual([ONE]);
			expect(await requestsOf(stop)).toEqual([ONE, DELETE]);

			await start();
			for (const name of Object.keys(staticData)) delete staticData[name];
			expect(await requestsOf(stop)).toEqual([...LIST, DELETE]);
			expect(avala.webhooks()).toHaveLength(webhooks - 1);
		},
	);
});

describe('an activation that cannot work', () => {
	it('stops at a webhook URL that is not https, before any request, and names WEBHOOK_URL', async () => {
		const webhookBaseUrl = 'http://localhost:5678/webhook';
		await expect(publish({ webhookBaseUrl })).rejects.toThrow('WEBHOOK_URL');
		await unpublish({ webhookBaseUrl });
		expect(avala.requests()).toEqual([]);
	});

	it('says everything in what n8n shows of an error: 2.41 the message, 2.8 a description if there is one', async () => {
		const error = await failureOf(publish({ apiKey: 'wrong' }));
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

	it('shows neither key nor secret in an error that quotes them', async () => {
		avala.fault({
			method: 'POST',
			status: 400,
			body: { detail: `key ${avala.apiKey} and secret hush-hush-hush` },
		});
		const { message } = await failureOf(publish({ webhookSecret: 'hush-hush-hush' }));
		expect(message).not.toContain('hush-hush-hush');
		expect(message).not.toContain(avala.apiKey);
	});
});

describe('a creation that fails midway', () => {
	it.each([
		['the connection is cut after Avala has made the webhook', { resetAfterHandling: true }],
		[
			'Avala responds with a page that is not JSON',
			{ status: 201, body: '<html>', afterHandling: true },
		],
	])('leaves no webhook and no id when %s', async (_, fault) => {
		const staticData: IDataObject = {};
		avala.fault({ method: 'POST', path: '/api/v1/webhooks/', times: 1, ...fault });
		await expect(publish({ staticData })).rejects.toThrow();
		expect(avala.webhooks()).toEqual([]);
		expect(staticData).toEqual({});
	});

	it('says that the base URL may be wrong when a created webhook is nowhere to be seen', async () => {
		avala.fault({ method: 'POST', path: '/api/v1/webhooks/', status: 204 });
		await expect(publish()).rejects.toThrow(
			/contains no new webhook.*'Base URL' in the Avala credential/,
		);
	});
});

describe('deactivation', () => {
	it('removes the webhook and forgets it', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		await unpublish({ staticData });
		expect(avala.webhooks()).toEqual([]);
		expect(staticData).toEqual({});
	});

	it('counts a webhook that vanishes while it is removed as removed', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		avala.fault({ method: 'DELETE', status: 404, body: { detail: 'Not found.' } });
		await unpublish({ staticData });
		expect(staticData).toEqual({});
	});

	it('reports a failure and keeps what finds the webhook again', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		const before = { ...staticData };
		const mend = avala.fault({ method: 'DELETE', status: 500, body: { detail: 'out of order' } });
		await expect(unpublish({ staticData })).rejects.toThrow('out of order');
		expect(staticData).toEqual(before);
		mend();
		await publish({ staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid: before.webhookId })]);
	});
});
