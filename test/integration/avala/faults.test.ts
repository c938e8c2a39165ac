import '../../support/pauses';

import type { INodeParameters } from 'n8n-workflow';

import type { Fault, Sandbox } from '../../../sandbox';
import { serve } from '../../support/localServer';
import type { Setup } from '../../support/resources';
import { byId, failureOf, jsonOn, runOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
useSandbox((started) => (avala = started), { pingOnCreate: false });

const run = async (parameters: INodeParameters, setup: Setup = {}) =>
	await runOn(avala, parameters, setup);
const failure = async (parameters: INodeParameters, setup: Setup = {}) =>
	await failureOf(run(parameters, setup));

const GET: INodeParameters = { resource: 'webhook', operation: 'get', webhookId: byId('wh_1') };
const LIST: INodeParameters = { resource: 'delivery', operation: 'getAll', returnAll: true };
const CREATE: INodeParameters = {
	resource: 'webhook',
	operation: 'create',
	targetUrl: 'https://example.com/a',
	events: ['task.completed'],
};
const counts = () => avala.requests().length;

describe('errors say what happened and what to do', () => {
	it.each<[string, Fault, RegExp, RegExp, string]>([
		[
			'bad key',
			{ status: 401, body: { detail: 'Invalid API key.' } },
			/^Avala refused the API key\.$/,
			/^Avala responded 401: Invalid API key\. .*save it, which tests it/,
			'401',
		],
		[
			'missing permission',
			{ status: 403, body: { detail: 'No.' } },
			/may not access webhook wh_1/,
			/permission webhooks\.read/,
			'403',
		],
		[
			'not found',
			{ status: 404, body: { detail: 'Not found.' } },
			/does not know webhook wh_1/,
			/deleted/,
			'404',
		],
		[
			'validation',
			{ status: 400, body: { target_url: ['Must be https.'], events: ['Unknown.', 'Empty.'] } },
			/did not accept 'target_url', 'events'/,
			/target_url: Must be https\. events: Unknown\. Empty\./,
			'400',
		],
		[
			'not allowed',
			{ status: 405, body: { detail: 'Method not allowed.' } },
			/does not allow GET/,
			/'Base URL'/,
			'405',
		],
		[
			'conflict',
			{ status: 409, body: { detail: 'Conflict.' } },
			/conflict for webhook wh_1/,
			/current state/,
			'409',
		],
		['too large', { status: 413, body: { detail: 'Too large.' } }, /too large/, /less/, '413'],
		[
			'server trouble',
			{ status: 500, body: { detail: 'Boom.' } },
			/could not process the request for webhook wh_1/,
			/Boom.*few minutes/,
			'500',
		],
		[
			'a page in the place of a webhook',
			{ status: 200, body: '<html><h1>Log in here</h1>' },
			/about webhook wh_1 is not what Avala sends/,
			/status 200, but it is a web page/,
			'200',
		],
		[
			'the page of a firewall',
			{ status: 403, body: '\n<!doctype html><h1>Blocked</h1>' },
			/responded 403 with a web page/,
			/proxy or a firewall .* through, and check 'Base URL'/,
			'403',
		],
		[
			'a redirect',
			{ redirectTo: 'https://elsewhere.example.com/x' },
			/redirect/,
			/elsewhere\.example\.com.*not followed/,
			'302',
		],
		[
			'a redirect to no address',
			{ status: 302, headers: { location: 'https://[' }, body: {} },
			/redirect/,
			/It points to another address/,
			'302',
		],
		[
			'a status above all successes',
			{ status: 300, body: {} },
			/responded with a redirect/,
			/It points to another address/,
			'300',
		],
	])('%s', async (_, fault, heading, advice, httpCode) => {
		avala.fault({ method: 'GET', ...fault });
		const error = await failure(GET);
		expect(error).toMatchObject({
			heading: expect.stringMatching(heading),
			description: expect.stringMatching(advice),
			httpCode,
		});
		expect(error.message).toContain(
			`The request was GET /webhooks/wh_1/ to ${new URL(avala.url).host}.`,
		);
	});

	it('a heading is never longer than 120 characters; the whole stands below it then', async () => {
		const error = await failure({ ...GET, webhookId: byId(`wh_${'1'.repeat(97)}`) });
		expect(error).toMatchObject({
			heading: expect.stringMatching(/^.{120}$/),
			description: expect.stringContaining(`does not know webhook wh_${'1'.repeat(97)}.`),
		});
	});

	it('a write that may have been done says so, and never to try it again', async () => {
		for (const fault of [
			{ status: 500, body: { detail: 'Boom.' } },
			{ status: 524, body: '<html>Time-out</html>' },
			{ resetAfterHandling: true },
			{ status: 200, body: '<html>' },
			{ status: 201, body: {} },
		]) {
			avala.clearFaults();
			avala.fault({ method: 'POST', ...fault });
			const error = await failure(CREATE);
			expect(error.message).toContain('look at the webhooks in Avala before you do anything else');
			const shown = JSON.stringify({ ...error, stack: '', message: error.message });
			expect(shown).not.toMatch(/try again|retry/i);
		}
	});

	it('no connection names the host', async () => {
		const { message } = await failure(GET, { baseUrl: 'http://127.0.0.1:1/api/v1' });
		expect(message).toContain(
			'No response from 127.0.0.1:1 about webhook wh_1: the connection was refused.',
		);
	});

	it('a base URL that is not https is refused before a request leaves', async () => {
		const { message } = await failure(GET, { baseUrl: 'http://api.example.com/api/v1' });
		expect(message).toContain('https');
	});

	it('never show a key, a secret or a token that a response quotes', async () => {
		const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123';
		avala.fault({
			status: 400,
			body: {
				detail: `key ${avala.apiKey}, own-secret-1, Bearer abcdefghijkl, ${token}, sk-abcdef123456`,
				secret: ['own-secret-1 is too weak'],
				events: ['Unknown.'],
			},
		});
		const error = await failure({ ...CREATE, additionalFields: { secret: 'own-secret-1' } });
		for (const secret of [avala.apiKey, 'own-secret-1', 'abcdefghijkl', token, 'sk-abcdef123456']) {
			expect(error.message).not.toContain(secret);
		}
		expect(error).toMatchObject({ heading: "Avala did not accept 'secret', 'events'." });
		expect(error.message).toContain(
			'(withheld for safety). secret: (withheld for safety). events: Unknown.',
		);
	});
});

describe('tries again', () => {
	it('after 429 as Retry-After says', async () => {
		const retryAfter = new Date(Date.now() + 1000).toUTCString();
		avala.fault({ times: 1, status: 429, body: {}, headers: { 'retry-after': retryAfter } });
		await run(LIST);
		expect(counts()).toBe(2);
	});

	it('three times at the most after 429, and then tells how long to wait', async () => {
		avala.fault({ status: 429, headers: { 'retry-after': '1' } });
		const error = await failure(CREATE);
		expect(counts()).toBe(4);
		expect(error).toMatchObject({ httpCode: '429' });
		expect(error.message).toContain('Avala asks to wait 1 s before the next request.');
	});

	it.each<[string, Fault]>([
		['503', { status: 503, headers: { 'retry-after': '0' } }],
		['524', { status: 524, body: '<html>Time-out</html>' }],
		['a response that got lost', { resetAfterHandling: true }],
	])('a read after %s, three times at the most', async (_, fault) => {
		avala.fault({ times: 3, ...fault });
		await run(LIST);
		expect(avala.requests().filter(({ status }) => status === 200)).toHaveLength(1);
		avala.fault({ times: 4, ...fault });
		await failure(LIST);
	});

	it('a read whose connection is cut in the middle of the response', async () => {
		const server = await serve((_, response) => {
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
			if (server.requests.length > 1) {
				const page = JSON.stringify({ results: [], next: null });
				response.end(page + ' '.repeat(1000 - page.length));
			} else response.write('{"results":', () => response.destroy());
		});
		await run(LIST, { baseUrl: server.url });
		await server.close();
		expect(server.requests).toHaveLength(2);
	});

	it.each<[string, Fault]>([
		['500', { status: 500 }],
		['503 that asks for it', { status: 503, headers: { 'retry-after': '1' } }],
		['a response that got lost', { resetAfterHandling: true }],
		['429 with a wait of an hour', { status: 429, headers: { 'retry-after': '3600' } }],
	])('never a write after %s', async (_, fault) => {
		const [project] = avala.projects();
		const one = { resource: 'webhook', webhookId: byId(avala.addWebhook({}).uid) };
		for (const write of [
			CREATE,
			{ resource: 'export', operation: 'create', projectId: byId(project?.uid ?? '') },
			{ ...one, operation: 'update', updateFields: { isActive: false } },
			{ ...one, operation: 'test' },
			{ ...one, operation: 'delete' },
		]) {
			// The second try would succeed.
			avala.fault({ times: 1, ...fault });
			await failure(write);
		}
	});
});

describe('the key stays on the API’s own origin', () => {
	it('when a response redirects elsewhere, or a next page lies elsewhere', async () => {
		const elsewhere = await serve((_, response) => {
			response.end('{"results":[],"next":null}');
		});
		const { url } = elsewhere;
		try {
			const remove = avala.fault({ redirectTo: `${url}/api/v1/webhooks/wh_1/` });
			expect((await failure(GET)).message).toContain('redirect');
			remove();
			for (const next of [
				`${url}/api/v1/webhook-deliveries/?cursor=x`,
				'//127.0.0.1.example.com/x',
				'ftp://x/',
				7,
			]) {
				const clear = avala.fault({ status: 200, body: { results: [], next, previous: null } });
				expect((await failure(LIST)).message).toContain('another host');
				clear();
			}
			expect(elsewhere.requests).toEqual([]);
		} finally {
			await elsewhere.close();
		}
	});
});

describe('several items', () => {
	const each: INodeParameters = {
		resource: 'webhook',
		operation: 'get',
		webhookId: byId('={{ $json.id }}'),
	};

	it('are handled with their own parameters and paired with their input', async () => {
		const ids = [1, 2, 3].map(() => avala.addWebhook({}).uid);
		const output = await run(each, { items: ids.map((id) => ({ id })) });
		expect(output.map(({ json, pairedItem }) => [json.uid, pairedItem])).toEqual(
			ids.map((id, item) => [id, { item }]),
		);
	});

	it('with Continue On Fail give an error item for each that fails, and the rest succeeds', async () => {
		const { uid } = avala.addWebhook({});
		const output = await run(each, {
			items: [{ id: uid }, { id: 'gone' }, { id: '../x' }],
			continueOnFail: true,
		});
		// By this one field n8n knows an item for the error output.
		expect(output.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[expect.objectContaining({ uid }), { item: 0 }],
			[
				{ error: expect.stringMatching(/^Avala does not know webhook gone\..*\/webhooks\/gone\//) },
				{ item: 1 },
			],
			[{ error: expect.stringContaining('\'Webhook\' cannot be "../x".') }, { item: 2 }],
		]);
	});

	it('go to the error output when they fail, if the node has one', async () => {
		const { uid } = avala.addWebhook({});
		const items = [{ id: uid }, { id: 'gone' }];
		expect((await run(each, { items, output: 0 })).map(({ json }) => json.uid)).toEqual([uid]);
		expect(await jsonOn(avala, each, { items, output: 1 })).toEqual([
			{ id: 'gone', error: expect.stringContaining('Avala does not know webhook gone.') },
		]);
	});
});
