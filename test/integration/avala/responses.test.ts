import type { INodeParameters } from 'n8n-workflow';

import { executeAvala } from '../../support/contexts';
import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';
import { failureOf } from '../../support/resources';

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

async function run(
	parameters: INodeParameters,
	status: number,
	body: unknown,
	changeStatus?: number,
) {
	response = { status, body: body === undefined ? '' : JSON.stringify(body), changeStatus };
	const [item] = await executeAvala({
		parameters,
		credentials: { apiKey: 'k', baseUrl: `${server.url}/api/v1` },
	});
	return item?.json;
}

const EXPORT: INodeParameters = {
	resource: 'export',
	operation: 'create',
	exportFrom: 'project',
	projectId: 'p1',
};
const WEBHOOK: INodeParameters = {
	resource: 'webhook',
	operation: 'create',
	targetUrl: 'https://example.com/a',
	events: ['task.completed'],
};
const TASK: INodeParameters = { resource: 'task', operation: 'get', taskId: 't1' };

describe('the response to a request for one thing', () => {
	it.each([
		['export', EXPORT],
		['webhook', WEBHOOK],
		['task', TASK],
	])('may name the %s by id, also with status 202', async (_, parameters) => {
		expect(await run(parameters, 202, { id: 7, status: 'pending' })).toMatchObject({ uid: 7 });
	});

	it('may begin with a byte order mark', async () => {
		response = { status: 200, body: '\ufeff{"uid":"t1"}' };
		const credentials = { apiKey: 'k', baseUrl: `${server.url}/api/v1` };
		const [item] = await executeAvala({ parameters: TASK, credentials });
		expect(item?.json).toMatchObject({ uid: 't1' });
	});

	it.each<[string, INodeParameters]>([
		['export', EXPORT],
		['webhook', WEBHOOK],
	])('to a new %s that says nothing about it is an error with what came', async (_, parameters) => {
		const afterwards = "not one with a 'uid'. Avala may have done what was asked: look before";
		await expect(run(parameters, 201, undefined)).rejects.toThrow(`it is empty, ${afterwards}`);
		await expect(run(parameters, 202, { data: { uid: 'x' } })).rejects.toThrow(
			`it is an object with 'data', ${afterwards}`,
		);
		await expect(run(parameters, 201, [{ uid: 'x' }])).rejects.toThrow(
			`it is a list, ${afterwards}`,
		);
	});

	it('that is a read is an error with what came as well', async () => {
		await expect(run(TASK, 200, { data: { uid: 't1' } })).rejects.toThrow(
			"it has status 200, but it is an object with 'data', not one with a 'uid'. Check",
		);
		await expect(run(TASK, 200, null)).rejects.toThrow('it is null');
	});
});

describe('the response to Send Test', () => {
	it.each([
		[{ success: true }, true],
		[{ success: 'true' }, true],
		[{ success: 1 }, true],
		[{ delivered: 'True' }, true],
		[{ success: false }, false],
		[{ success: 'false', error: 'refused' }, false],
		[{ success: 'yes' }, false],
		[{}, false],
	])('%j means %s', async (body, success) => {
		const webhookId = { __rl: true, mode: 'id', value: 'wh_1' };
		const test: INodeParameters = { resource: 'webhook', operation: 'test', webhookId };
		expect(await run(test, 200, body)).toEqual({ ...body, success });
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
	const update: INodeParameters = {
		resource: 'webhook',
		operation: 'update',
		webhookId: 'wh_1',
		updateFields: { isActive: false },
	};

	it('that Avala confirms without the webhook gives it as it is afterwards', async () => {
		expect(await run(update, 200, webhook, 204)).toEqual(webhook);
	});

	it('that Avala confirms with the webhook costs no second request', async () => {
		const before = server.requests.length;
		expect(await run(update, 200, webhook)).toEqual(webhook);
		expect(server.requests).toHaveLength(before + 1);
	});

	it('whose result cannot be read afterwards names the request that failed', async () => {
		await expect(run(update, 200, {}, 204)).rejects.toMatchObject({
			description: expect.stringContaining('The request was GET /webhooks/wh_1/'),
		});
	});
});

it.each(['', 'marmalade-and-toast'])(
	'what the credential holds is never shown, even if it looks like no secret: "%s"',
	async (webhookSecret) => {
		const apiKey = 'porridge-with-honey';
		const detail = `Not good: ${apiKey}, marmalade-and-toast`;
		response = { status: 400, body: JSON.stringify({ detail }) };
		const credentials = { apiKey, webhookSecret, baseUrl: `${server.url}/api/v1` };
		const { message } = await failureOf(executeAvala({ parameters: TASK, credentials }));
		expect(message).toContain('Not good: [redacted]');
		expect(message).not.toContain(apiKey);
		expect(message.includes('marmalade-and-toast')).toBe(webhookSecret === '');
	},
);
