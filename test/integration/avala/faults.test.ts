import '../../support/pauses';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Fault, Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { executeAvala } from '../../support/contexts';
import { serve } from '../../support/localServer';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

interface Failure {
	/** The whole text. */
	message: string;
	heading: string;
	description?: string;
	httpCode?: string;
	context?: IDataObject;
}

async function run(
	parameters: INodeParameters,
	setup: {
		items?: IDataObject[];
		continueOnFail?: boolean;
		baseUrl?: string;
		apiKey?: string;
		output?: 0 | 1;
	} = {},
) {
	const { baseUrl = avala.baseUrl, apiKey = avala.apiKey, ...rest } = setup;
	return await executeAvala({ parameters, credentials: { apiKey, baseUrl }, ...rest });
}

async function failure(
	parameters: INodeParameters,
	setup: Parameters<typeof run>[1] = {},
): Promise<Failure> {
	try {
		await run(parameters, setup);
	} catch (error) {
		return error as Failure;
	}
	throw new Error('It did not fail.');
}

const locator = (value: string, mode = 'id') => ({ __rl: true, mode, value }) as INodeParameters;
const GET: INodeParameters = { resource: 'webhook', operation: 'get', webhookId: locator('wh_1') };
const LIST: INodeParameters = { resource: 'delivery', operation: 'getAll', returnAll: true };
const CREATE: INodeParameters = {
	resource: 'webhook',
	operation: 'create',
	targetUrl: 'https://example.com/a',
	events: ['task.completed'],
};
const counts = () => avala.requests().length;

describe('errors say what happened and what to do', () => {
	it.each<[string, Fault, RegExp, RegExp, string | undefined]>([
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
			'validation, in another document’s shape',
			{
				status: 422,
				body: { error: { code: 'x', message: 'Wrong field.', details: { events: ['Bad.'] } } },
			},
			/did not accept 'events'/,
			/Wrong field\. events: Bad\./,
			'422',
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
			{ status: 403, body: '<html><h1>Blocked</h1>' },
			/responded 403 with a web page/,
			/proxy or a firewall .* through, and check 'Base URL'/,
			'403',
		],
		[
			'the page of a gateway',
			{ status: 502, body: '\n<!doctype html><h1>Bad gateway</h1>' },
			/responded 502 with a web page/,
			/proxy or a firewall/,
			'502',
		],
		[
			'a redirect',
			{ redirectTo: 'https://elsewhere.example.com/x' },
			/redirect/,
			/elsewhere\.example\.com.*not followed/,
			'302',
		],
		[
			'a response that is no webhook',
			{ status: 200, body: [] },
			/not what Avala sends/,
			/it is not one webhook with a 'uid'/,
			'200',
		],
	])('%s', async (_, fault, heading, advice, httpCode) => {
		avala.fault({ method: 'GET', ...fault });
		const error = await failure(GET);
		expect(error.heading).toMatch(heading);
		expect(error.heading.length).toBeLessThanOrEqual(120);
		expect(error.description).toMatch(advice);
		expect(error.description).toMatch(
			new RegExp(`The request was GET /webhooks/wh_1/ to ${new URL(avala.url).host}\\.$`),
		);
		expect(error.httpCode).toBe(httpCode);
	});

	it('a heading is never longer than 120 characters; the whole stands below it then', async () => {
		const error = await failure({ ...GET, webhookId: locator(`wh_${'1'.repeat(97)}`) });
		expect(error.heading).toHaveLength(120);
		expect(error.description).toContain(`does not know webhook wh_${'1'.repeat(97)}.`);
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

	it('a response larger than any that Avala sends is cut off, not held in memory', async () => {
		avala.fault({ status: 200, body: ' '.repeat(70 * 1024 * 1024) });
		expect((await failure(LIST)).message).toContain('larger than 64 MiB');
	});

	it('no connection names the host', async () => {
		const error = await failure(GET, { baseUrl: 'http://127.0.0.1:1/api/v1' });
		expect(error.message).toContain(
			'No response from 127.0.0.1:1 about webhook wh_1: the connection was refused.',
		);
	});

	it('a base URL that is not https is refused before a request leaves', async () => {
		const error = await failure(GET, { baseUrl: 'http://api.example.com/api/v1' });
		expect(error.message).toContain('https');
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
		expect(error.heading).toBe("Avala did not accept 'secret', 'events'.");
		expect(error.message).toContain(
			'(withheld for safety). secret: (withheld for safety). events: Unknown.',
		);
	});
});

describe('a response that is not Avala’s', () => {
	it.each<[string, Fault, string]>([
		['a long text', { status: 200, body: 'x'.repeat(500) }, "it is not one webhook with a 'uid'"],
		['a status above all successes', { status: 300, body: {} }, 'responded with a redirect'],
		['a redirect to nowhere', { status: 302, body: {} }, 'It points to another address'],
		[
			'a redirect to no address',
			{ status: 302, headers: { location: 'https://[' }, body: {} },
			'It points to another address',
		],
	])('is refused after one request: %s', async (_, fault, words) => {
		avala.fault(fault);
		expect((await failure(GET)).message).toContain(words);
		expect(counts()).toBe(1);
	});
});

describe('tries again', () => {
	it.each([
		['seconds', () => '1'],
		['a date', () => new Date(Date.now() + 1000).toUTCString()],
	])('after 429 as Retry-After says: %s', async (_, retryAfter) => {
		avala.fault({
			times: 1,
			status: 429,
			body: { detail: 'Slow down.' },
			headers: { 'retry-after': retryAfter() },
		});
		await run(LIST);
		expect(counts()).toBe(2);
	});

	it('three times at the most after 429, and then tells how long to wait', async () => {
		avala.fault({ status: 429, headers: { 'retry-after': '1' } });
		const error = await failure(CREATE);
		expect(counts()).toBe(4);
		expect(error.httpCode).toBe('429');
		expect(error.message).toContain('Avala asks to wait 1 s before the next request.');
	});

	it.each<[string, Fault]>([
		['500', { status: 500 }],
		['503', { status: 503, headers: { 'retry-after': '0' } }],
		['520', { status: 520, body: '<html>' }],
		['524', { status: 524, body: '<html>Time-out</html>' }],
		['a reset connection', { reset: true }],
		['a response that got lost', { resetAfterHandling: true }],
	])('a read after %s, three times at the most', async (_, fault) => {
		avala.fault({ times: 1, ...fault });
		await run(LIST);
		expect(avala.requests().filter(({ status }) => status === 200)).toHaveLength(1);
		avala.clearRequests();
		avala.fault({ times: 3, ...fault });
		await run(LIST);
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
		['524', { status: 524, body: '<html>' }],
		['a reset connection', { reset: true }],
		['a response that got lost', { resetAfterHandling: true }],
		['429 with a wait of an hour', { status: 429, headers: { 'retry-after': '3600' } }],
	])('never a write after %s', async (_, fault) => {
		const [project] = avala.projects();
		const one = { resource: 'webhook', webhookId: locator(avala.addWebhook({}).uid) };
		for (const write of [
			CREATE,
			{ resource: 'export', operation: 'create', projectId: locator(project?.uid ?? '') },
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

it('a URL in the place of an ID is compared with target URLs and goes into no path', async () => {
	const url = 'https://evil.example.com/x';
	expect((await failure({ ...GET, webhookId: locator(url) })).message).toContain(
		`No webhook has the target URL "${url}"`,
	);
	expect(avala.requests().map(({ path }) => path)).toEqual(['/api/v1/webhooks/?limit=100']);
	const { uid } = avala.addWebhook({ targetUrl: url });
	expect((await run({ ...GET, webhookId: locator(url, 'list') }))[0]?.json.uid).toBe(uid);
	await failure({ resource: 'delivery', operation: 'get', deliveryId: url });
	expect(avala.requests().filter(({ path }) => path.includes('evil'))).toEqual([]);
});

describe('several items', () => {
	const each: INodeParameters = {
		resource: 'webhook',
		operation: 'get',
		webhookId: locator('={{ $json.id }}'),
	};

	it('are handled with their own parameters and paired with their input', async () => {
		const ids = [1, 2, 3].map(() => avala.addWebhook({}).uid);
		const output = await run(each, { items: ids.map((id) => ({ id })) });
		expect(output.map(({ json }) => json.uid)).toEqual(ids);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
	});

	it('with Continue On Fail give an error item for each that fails, and the rest succeeds', async () => {
		const { uid } = avala.addWebhook({});
		const output = await run(each, {
			items: [{ id: uid }, { id: 'gone' }, { id: '../x' }, { id: uid }],
			continueOnFail: true,
		});
		expect(output.map(({ json }) => json.uid ?? json.error)).toEqual([
			uid,
			expect.stringContaining('Avala does not know webhook gone. Avala responded 404'),
			expect.stringContaining('\'Webhook\' cannot be "../x".'),
			uid,
		]);
		expect(output[1]?.json.error).toMatch(/GET \/webhooks\/gone\//);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
	});

	it('go to the error output when they fail, if the node has one', async () => {
		const { uid } = avala.addWebhook({});
		const items = [{ id: uid }, { id: 'gone' }];
		expect((await run(each, { items, output: 0 })).map(({ json }) => json.uid)).toEqual([uid]);
		expect((await run(each, { items, output: 1 })).map(({ json }) => json)).toEqual([
			{
				id: 'gone',
				error: expect.stringMatching(/Avala does not know webhook gone\..*\/webhooks\/gone\//),
			},
		]);
	});
});
