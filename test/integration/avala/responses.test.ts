import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';
import { failureOf, jsonOn } from '../../support/resources';

/** What the server responds to everything; to a change with the other status and nothing else, if there is one. */
let response: { status: number; body: string; changeStatus?: number };
let server: LocalServer;

beforeAll(async () => {
	server = await serve((request, sent) => {
		request.resume();
		if (request.method === 'PATCH' && response.changeStatus !== undefined) {
			sent.writeHead(response.changeStatus).end();
			return;
		}
		sent.writeHead(response.status, { 'content-type': 'application/json' });
		sent.end(response.body);
	});
});
afterAll(async () => await server.close());

const account = () => ({ apiKey: 'the-api-key', baseUrl: `${server.url}/api/v1` });

async function run(parameters: object, status: number, body: unknown, changeStatus?: number) {
	response = { status, body: body === undefined ? '' : JSON.stringify(body), changeStatus };
	const [item] = await jsonOn(account(), parameters);
	return item;
}

const WEBHOOK = {
	resource: 'webhook',
	operation: 'create',
	targetUrl: 'https://example.com/a',
	events: ['task.completed'],
};
const TASK = { resource: 'task', operation: 'get', taskId: 't1' };

describe('the response to a request for one thing', () => {
	it('may name it by id, also with status 202', async () => {
		expect(await run(WEBHOOK, 202, { id: 7, status: 'pending' })).toMatchObject({ uid: 7 });
	});

	it('may begin with a byte order mark', async () => {
		response = { status: 200, body: '\ufeff{"uid":"t1"}' };
		expect(await jsonOn(account(), TASK)).toMatchObject([{ uid: 't1' }]);
	});

	it('to a new one that says nothing about it is an error, and no second request', async () => {
		const unsafe = [{ uid: 'the-api-key' }, { uid: '../wh_1' }];
		for (const body of [undefined, [{ uid: 'x' }], ...unsafe]) {
			const before = server.requests.length;
			const { message } = await failureOf(run(WEBHOOK, 201, body));
			expect(message).toMatch(
				/status 201, but it is not one webhook with a 'uid'\..* Avala may have done what was asked/,
			);
			expect(server.requests).toHaveLength(before + 1);
		}
	});

	it.each([{ data: { uid: 't1' } }, { uid: 'x-The-API-Key' }])(
		'that is a read is an error as well: %j',
		async (body) => {
			const { message } = await failureOf(run(TASK, 200, body));
			expect(message).toMatch(/status 200, but it is not one task with a 'uid'\. Check/);
			expect(message).not.toMatch(/may have done|the-api-key/i);
		},
	);

	it('has no secret in it, whatever a server shows', async () => {
		const opening = { accept_url: 'x', copy_link: 'x', device_token: 'x', secret: 'x' };
		const webhook = { uid: 'wh_1', target_url: 'https://example.com/a', events: [], ...opening };
		const get = { resource: 'webhook', operation: 'get', webhookId: 'wh_1' };
		const update = { ...get, operation: 'update', updateFields: { isActive: true } };
		for (const parameters of [get, update]) {
			expect(Object.keys((await run(parameters, 200, webhook)) ?? {})).toEqual([
				'uid',
				'target_url',
				'events',
			]);
		}
		const list = { resource: 'webhook', operation: 'getAll' };
		expect(await run(list, 200, { results: [webhook], next: null })).not.toHaveProperty('secret');
		expect(await run(WEBHOOK, 201, webhook)).toHaveProperty('secret', 'x');
		const additionalFields = { secret: 'chosen-by-the-user' };
		expect(await run({ ...WEBHOOK, additionalFields }, 201, webhook)).not.toHaveProperty('secret');
	});

	it('keeps what the user wrote and what an agent was told, whatever it is called', async () => {
		const payloads = { event_payload: { secret: 'x' }, response_payload: { secret: 'x' } };
		const list = { resource: 'agentExecution', operation: 'getAll', agentId: 'a_1' };
		const results = [{ uid: 'e_1', ...payloads }];
		const item = await run({ ...list, simplify: false }, 200, { results, next: null });
		expect(item).toEqual({ uid: 'e_1', ...payloads });
	});
});

describe('the response to Send Test', () => {
	const test = { resource: 'webhook', operation: 'test', webhookId: 'wh_1' };

	it.each([
		[{ success: 'true' }, true],
		[{ delivered: 'True' }, true],
		[{ success: false, delivered: true, message: 'refused' }, false],
		[{}, false],
	])('%j means %s', async (body, success) => {
		expect(await run(test, 200, body)).toEqual({ ...body, success });
	});

	it('is an error when it is no object', async () => {
		const { message } = await failureOf(run(test, 200, ['sent']));
		expect(message).toMatch(/status 200, but it is not a JSON object\. .*may have done/);
	});

	it('is shown without headers, and without a text that holds a secret', async () => {
		const body = {
			success: false,
			error: 'the-api-key is not known',
			headers: { 'X-Avala-Signature': 'x' },
			request: { headers: {}, body: '{}' },
			response: { status: 404, headers: {}, body: 'Not found' },
			secret: 'x',
		};
		expect(await run(test, 200, body)).toEqual({
			success: false,
			error: '(withheld for safety)',
			response: { status: 404, body: 'Not found' },
		});
	});
});

it('asks for JSON, since a server may have a web page for the same address', async () => {
	await run(TASK, 200, { uid: 't1' });
	expect(server.requests.at(-1)?.headers.accept).toBe('application/json');
});

describe('an update', () => {
	const webhook = {
		uid: 'wh_1',
		target_url: 'https://example.com/a',
		events: [],
		is_active: false,
	};
	const update = {
		resource: 'webhook',
		operation: 'update',
		webhookId: 'wh_1',
		updateFields: { isActive: false },
	};

	it('that Avala confirms without the webhook gives it as it is afterwards', async () => {
		expect(await run(update, 200, webhook, 204)).toEqual(webhook);
	});

	it('whose result cannot be read afterwards names the request that failed', async () => {
		const { message } = await failureOf(run(update, 200, {}, 204));
		expect(message).toContain('The request was GET /webhooks/wh_1/');
	});
});

it.each(['', 'marmalade-and-toast'])(
	'what the credential holds is never shown, even if it looks like no secret: "%s"',
	async (webhookSecret) => {
		const body = { detail: 'Not porridge', events: ['Not marmalade.'], more: ['Shown.'] };
		response = { status: 400, body: JSON.stringify(body) };
		const credential = { ...account(), apiKey: 'porridge-with-honey', webhookSecret };
		const { message } = await failureOf(jsonOn(credential, TASK));
		const second = webhookSecret === '' ? 'Not marmalade.' : '(withheld for safety).';
		expect(message).toContain(`: (withheld for safety). events: ${second} more: Shown. Correct`);
	},
);

it('no thing inside another one brings its secret along, and payloads stay as they are', async () => {
	const deliveries = { resource: 'delivery', operation: 'getAll', simplify: false };
	const delivery = {
		uid: 'd_1',
		subscription: { uid: 'wh_1', secret: 'hush', signing_secret: 'hush' },
		agents: [{ uid: 'a_1', secret: 'hush' }],
		payload: { secret: 'of the user' },
	};
	const item = await run(deliveries, 200, { results: [delivery], next: null });
	expect(JSON.stringify(item)).not.toContain('hush');
	expect(item?.payload).toEqual({ secret: 'of the user' });
});

it('a page that a proxy gives in the place of the next one is no end of a list', async () => {
	let requests = 0;
	const proxied = await serve((_, sent) => {
		requests += 1;
		if (requests === 1) sent.end('{"results":[{"uid":"t1"}],"next":"?cursor=2"}');
		else sent.writeHead(404).end('<html>Not here</html>');
	});
	const tasks = { resource: 'task', operation: 'getAll', returnAll: true };
	const { message } = await failureOf(jsonOn({ apiKey: 'k', baseUrl: proxied.url }, tasks));
	await proxied.close();
	expect(message).toContain('responded 404 with a web page');
});
