import '../../support/pauses';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { PolledNode } from '../../support/polledNode';
import { failureOf } from '../../support/resources';
import type { ScriptedDelivery } from '../../support/scriptedAvala';
import { ScriptedAvala } from '../../support/scriptedAvala';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-03-02T10:00:00.500Z');
const GIVEN_UP = 90 * MINUTE;

let avala: ScriptedAvala;
beforeAll(async () => {
	jest.useFakeTimers({ doNotFake: ['setTimeout', 'setInterval', 'setImmediate', 'nextTick'] });
	avala = await ScriptedAvala.start();
});
afterAll(async () => {
	await avala.stop();
	jest.useRealTimers();
});
beforeEach(() => {
	avala.reset();
	jest.setSystemTime(START);
});

const advance = (ms: number) => jest.setSystemTime(Date.now() + ms);
const newNode = (parameters: INodeParameters = {}) => new PolledNode(parameters, avala.credentials);
async function active(parameters: INodeParameters = {}): Promise<PolledNode> {
	const node = newNode(parameters);
	await node.activate();
	avala.requests.length = 0;
	return node;
}
const miss = (event: number, more: Partial<ScriptedDelivery> = {}) =>
	avala.deliveries.push({ event, created: avala.now(), ...more });
/** Avala makes a delivery of an event, and gives up on it. */
const giveUpOn = (event: number) => {
	miss(event);
	advance(GIVEN_UP);
};
const uids = (items: IDataObject[] | null) =>
	items?.map(({ data }) => (data as IDataObject).uid) ?? null;
/** @param to which requests get this response, by method and URL */
const respondWith = (status: number, body = '{"detail":"No."}', to = /^/) => {
	avala.fault = ({ method, url }, response) => {
		const isFor = to.test(`${method} ${url}`);
		if (isFor && status === 429) response.setHeader('retry-after', '120');
		if (isFor) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
		return isFor;
	};
};

describe('an event is given', () => {
	it('as the trigger would have given it, once Avala has given up on it, and once', async () => {
		const node = await active();
		miss(1, { project: 'proj_1' });
		advance(80 * MINUTE);
		expect(await node.poll()).toBeNull();
		advance(MINUTE);
		expect(await node.poll()).toEqual([
			{
				id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
				type: 'task.completed',
				created_at: '1970-01-01T00:00:01.000Z',
				resource_uid: 'task_1',
				project_uid: 'proj_1',
				data: { uid: 'task_1', project: 'proj_1' },
				delivery_id: 'd_1_wh_1',
				webhook_uid: 'wh_1',
				recovered: true,
			},
		]);
		advance(MINUTE);
		expect(await node.poll()).toBeNull();
	});

	it('not when it is from before the first activation, unless Look Back says so', async () => {
		miss(1);
		advance(2 * HOUR);
		const plain = newNode();
		expect(await plain.activate()).toBeNull();
		expect(uids(await newNode({ options: { lookBack: 1 } }).activate())).toBeNull();
		expect(uids(await newNode({ options: { lookBack: 3 } }).activate())).toEqual(['task_1']);
	});

	it('not when it is from before the first activation in a list that is in no order', async () => {
		avala.isUnsorted = true;
		for (const event of [1, 2]) giveUpOn(event);
		const node = await active();
		expect(await node.poll()).toBeNull();
		expect(node.items).toEqual([]);
	});

	it('not when it was missed while the key was still wrong', async () => {
		const node = newNode();
		respondWith(401);
		await node.activate().catch(() => undefined);
		giveUpOn(1);
		delete avala.fault;
		expect(await node.activate()).toBeNull();
	});

	it.each([-HOUR, HOUR])('also when Avala’s clock is %d ms ahead of n8n’s', async (ahead) => {
		avala.ahead = ahead;
		miss(1);
		const node = await active();
		advance(10 * MINUTE);
		giveUpOn(2);
		expect(uids(await node.poll())).toContain('task_2');
		expect(uids(node.items)).toHaveLength(ahead > 0 ? 2 : 1);
	});

	it('also when Avala’s clock is behind and the first poll ends halfway', async () => {
		avala.ahead = -HOUR;
		miss(1);
		const node = newNode();
		avala.fault = (_, response) => {
			const isSecond = avala.requests.length > 1;
			if (isSecond) response.writeHead(500).end();
			return isSecond;
		};
		expect(await node.activate()).toBeNull();
		delete avala.fault;
		advance(MINUTE);
		giveUpOn(2);
		expect(uids(await node.poll())).toEqual(['task_2']);
	});

	it('although a delivery claims to be from years ahead', async () => {
		const node = await active();
		miss(1, { created: START + 50_000 * HOUR, visibleAfter: -50_000 * HOUR, deliveredAfter: 0 });
		for (let polls = 0; polls < 100; polls++) {
			if (polls === 8) miss(2);
			advance(MINUTE);
			await node.poll();
		}
		expect(uids(node.items)).toEqual(['task_2']);
	});

	it('where deliveries without a time lie between others, and an error where none has one', async () => {
		const node = await active();
		miss(1, { hasNoTime: true });
		giveUpOn(2);
		expect(uids(await node.poll())?.toSorted()).toEqual(['task_1', 'task_2']);
		avala.reset();
		miss(3, { hasNoTime: true });
		const error = await failureOf(newNode().activate());
		expect(error.message).toMatch(/deliveries without a time.*Get Missed Events/);
	});

	it('when its type and its project are wanted', async () => {
		const node = await active({
			events: ['task.completed'],
			options: { customEvents: ['model.trained'], projects: ['proj_1'] },
		});
		miss(1, { project: 'proj_2' });
		miss(2, { project: 'proj_1' });
		miss(3, { type: 'task.created', project: 'proj_1' });
		advance(MINUTE);
		miss(4, { type: 'model.trained' });
		advance(GIVEN_UP);
		expect(uids(await node.poll())).toEqual(['task_2', 'task_4']);
		advance(MINUTE);
		expect(await node.poll()).toBeNull();
	});

	it('once when two webhooks have missed it, though the second fails later', async () => {
		const node = await active();
		miss(1);
		advance(MINUTE);
		avala.deliveries.push({
			event: 1,
			created: Date.now(),
			webhook: 'wh_2',
			failedAfter: 100 * MINUTE,
		});
		for (let polls = 0; polls < 130; polls++) {
			advance(MINUTE);
			miss(100 + polls, { deliveredAfter: 0 });
			await node.poll();
		}
		expect(uids(node.items)).toEqual(['task_1']);
	});

	it('once though n8n polls again while it is still polling', async () => {
		const node = await active();
		giveUpOn(1);
		const polls = await Promise.all([node.poll(), node.poll()]);
		expect(polls.map(uids)).toEqual([['task_1'], null]);
	});

	it('once though the workflow is published again while it is being read', async () => {
		const node = await active();
		giveUpOn(1);
		const [polled, published] = await Promise.all([node.poll(), node.activate()]);
		expect([polled, published]).toEqual([null, null]);
		expect(uids(await node.poll())).toEqual(['task_1']);
		expect(await node.poll()).toBeNull();
	});
});

describe('after an outage of hours', () => {
	it('250 events come in one reading, the oldest first, a hundred in each execution', async () => {
		const node = await active();
		for (let event = 1; event <= 250; event++) {
			miss(event);
			advance(MINUTE);
		}
		advance(GIVEN_UP);
		const polls = [await node.poll(), await node.poll(), await node.poll(), await node.poll()];
		expect(polls.map((items) => items?.length)).toEqual([100, 100, 50, undefined]);
		expect(uids(node.items)).toEqual(
			Array.from({ length: 250 }, (_, index) => `task_${index + 1}`),
		);
		// Three pages, and one for the last poll.
		expect(avala.requests).toHaveLength(4);
	});

	it('n8n killed between two executions goes on where it stopped', async () => {
		const node = await active();
		for (let event = 1; event <= 150; event++) miss(event);
		advance(GIVEN_UP);
		await node.poll();
		node.kill();
		await node.activate('init');
		advance(MINUTE);
		await node.poll();
		expect(new Set(uids(node.items)).size).toBe(150);
		expect(node.items).toHaveLength(150);
	});

	it('what takes more than one poll to read is read on, and nothing is given before that', async () => {
		const node = await active();
		for (let event = 1; event <= 4_100; event++) miss(event, { deliveredAfter: 0 });
		miss(5_000, { created: START + 1 });
		advance(GIVEN_UP);
		expect(await node.poll()).toBeNull();
		expect(avala.requests).toHaveLength(40);
		expect(uids(await node.poll())).toEqual(['task_5000']);
		expect(avala.requests).toHaveLength(42);
	});

	it('where to read on is forgotten by Avala, so that the reading begins anew', async () => {
		const node = await active();
		miss(1);
		for (let event = 2; event <= 4_500; event++) miss(event, { deliveredAfter: 0 });
		advance(GIVEN_UP);
		expect(await node.poll()).toBeNull();
		respondWith(400, '{"detail":"Invalid cursor."}');
		expect(await node.poll()).toBeNull();
		delete avala.fault;
		expect(await node.poll()).toBeNull();
		expect(uids(await node.poll())).toEqual(['task_1']);
	});

	it('an event that Avala lists late is given, though the others take several polls to give', async () => {
		const node = await active();
		for (let event = 1; event <= 600; event++) miss(event);
		advance(GIVEN_UP);
		miss(1_000, { created: Date.now() - MINUTE, visibleAfter: 4 * MINUTE });
		miss(1_001, { deliveredAfter: 0 });
		for (let polls = 0; polls < 8; polls++) {
			await node.poll();
			advance(MINUTE);
		}
		expect(node.items).toHaveLength(600);
		advance(GIVEN_UP);
		expect(uids(await node.poll())).toEqual(['task_1000']);
	});

	it('a poll reads the resources of a hundred events, whether or not their projects are wanted', async () => {
		const node = await active({ options: { projects: ['proj_1'] } });
		for (let event = 1; event <= 150; event++) {
			miss(event, { payload: 'none' });
			advance(1);
		}
		avala.fault = ({ url = '' }, response) => {
			const [, uid] = /tasks\/(\w+)\//.exec(url) ?? [];
			const project = uid === 'task_150' ? 'proj_1' : 'proj_2';
			if (uid) response.end(JSON.stringify({ uid, project }));
			return uid !== undefined;
		};
		advance(GIVEN_UP);
		expect(await node.poll()).toBeNull();
		expect(avala.requests).toHaveLength(102);
		expect(uids(await node.poll())).toEqual(['task_150']);
		expect(await node.poll()).toBeNull();
	});

	it.each(['reading them takes longer than a poll may', 'Avala asks to wait'])(
		'the order stays when %s',
		async (cause) => {
			const node = await active();
			for (let event = 1; event <= 6; event++) {
				miss(event, { payload: 'none' });
				advance(1);
			}
			advance(GIVEN_UP);
			avala.fault = ({ url = '' }, response) => {
				if (!url.includes('task_2')) return false;
				delete avala.fault;
				if (cause === 'Avala asks to wait') {
					response.writeHead(429, { 'retry-after': '120' }).end('{"detail":"Throttled."}');
					return true;
				}
				advance(MINUTE);
				return false;
			};
			const first = uids(await node.poll()) ?? [];
			const second = uids(await node.poll()) ?? [];
			expect(first.length).toBeLessThan(6);
			const inOrder = [1, 2, 3, 4, 5, 6].map((event) => `task_${event}`);
			expect([...first, ...second]).toEqual(inOrder);
		},
	);

	it('a page that is gone is no end of the list', async () => {
		const node = await active();
		miss(1);
		advance(MINUTE);
		for (let event = 2; event <= 150; event++) miss(event, { deliveredAfter: 0 });
		advance(GIVEN_UP);
		respondWith(404, '{"detail":"Invalid cursor."}', /cursor=50/);
		expect(await node.poll()).toBeNull();
		miss(151, { deliveredAfter: 0 });
		expect(uids(await node.poll())).toEqual(['task_1']);
	});
});

it('a poll with nothing to do takes one request, however many deliveries there are', async () => {
	for (let event = 1; event <= 5_000; event++) {
		miss(event, { deliveredAfter: 0 });
		advance(1_000);
	}
	const node = await active();
	miss(6_000, { deliveredAfter: 0 });
	for (let polls = 0; polls < 5; polls++) {
		advance(10 * MINUTE);
		await node.poll();
	}
	expect(avala.requests).toHaveLength(5);
});

it('a poll takes one request some minutes after many deliveries', async () => {
	const node = await active();
	for (let event = 1; event <= 1_000; event++) {
		miss(event, { deliveredAfter: 0 });
		advance(10);
	}
	for (let polls = 0; polls < 8; polls++) {
		advance(MINUTE);
		await node.poll();
	}
	avala.requests.length = 0;
	await node.poll();
	expect(avala.requests).toHaveLength(1);
});

describe('an event whose resource Avala fails to give', () => {
	it('holds up no other, and is given as soon as it can be read', async () => {
		const node = await active();
		respondWith(500, '{"detail":"Error."}', /task_1/);
		miss(1, { payload: 'none' });
		miss(2, { payload: 'none' });
		advance(GIVEN_UP);
		expect(uids(await node.poll())).toEqual(['task_2']);
		expect(await node.poll()).toBeNull();
		miss(3, { payload: 'none' });
		advance(GIVEN_UP);
		expect(uids(await node.poll())).toEqual(['task_3']);
		delete avala.fault;
		expect(uids(await node.poll())).toEqual(['task_1']);
	});

	it.each(['responds 500', 'cuts the connection'])(
		'is given without it after six hours: it %s',
		async (fault) => {
			const node = await active();
			avala.fault = ({ url = '' }, response) => {
				const isIt = url.includes('task_1');
				if (isIt && fault === 'responds 500') response.writeHead(500).end();
				else if (isIt) response.destroy();
				return isIt;
			};
			miss(1, { payload: 'none' });
			advance(1);
			miss(2, { payload: 'none' });
			advance(GIVEN_UP);
			const polled = [...((await node.poll()) ?? []), ...((await node.poll()) ?? [])];
			expect(uids(polled)).toEqual(['task_2']);
			advance(6 * HOUR);
			expect(await node.poll()).toEqual([
				expect.objectContaining({ resource_uid: 'task_1', data: null, recoverable: false }),
			]);
			expect(await node.poll()).toBeNull();
		},
	);
});

describe('while Avala is out of reach', () => {
	it('only one node of an account asks when n8n starts', async () => {
		const credentials = { ...avala.credentials, apiKey: 'key-of-another-account' };
		const nodes = [new PolledNode({}, credentials), new PolledNode({}, credentials)];
		respondWith(503);
		await nodes[0]?.activate('init');
		const { length } = avala.requests;
		await nodes[1]?.activate('init');
		expect(avala.requests).toHaveLength(length);
		delete avala.fault;
		giveUpOn(1);
		expect(uids((await nodes[1]?.poll()) ?? null)).toEqual(['task_1']);
	});

	it('the workflow is published, the log says so once, and the next poll catches up', async () => {
		const node = newNode();
		respondWith(500);
		expect(await node.activate()).toBeNull();
		miss(1);
		for (let polls = 0; polls < 3; polls++) {
			advance(30 * MINUTE);
			expect(await node.poll()).toBeNull();
		}
		expect(node.log.warn).toEqual([
			expect.stringMatching(
				/^Missed Events in workflow Test .*could not be read\. .* Avala could not process/,
			),
		]);
		delete avala.fault;
		expect(uids(await node.poll())).toEqual(['task_1']);
		respondWith(500);
		await node.poll();
		expect(node.log.warn).toHaveLength(2);
	});

	it('the page of a firewall is no refusal of the key', async () => {
		const node = newNode();
		respondWith(403, '<html>Blocked</html>');
		expect(await node.activate()).toBeNull();
	});
});

describe.each([401, 403])('a key that Avala refuses with %s', (status) => {
	const errorsIn = async (node: PolledNode, polls: number, everyMs: number) => {
		let errors = 0;
		for (let count = 0; count < polls; count++) {
			advance(everyMs);
			await node.poll().catch(() => (errors += 1));
		}
		return errors;
	};

	it('is an error at activation that says everything but the key', async () => {
		respondWith(status, '{"detail":"The key key-123456789 is not good."}');
		const node = new PolledNode({}, { ...avala.credentials, apiKey: 'key-123456789' });
		const error = await failureOf(node.activate());
		expect(error.message).toMatch(/API key.*The request was GET \/webhook-deliveries\//);
		expect(error).toMatchObject({ description: undefined });
		expect(JSON.stringify({ ...error, message: error.message })).not.toContain('key-123456789');
	});

	it('is one failed execution while the workflow is active, and then one an hour', async () => {
		const node = await active();
		respondWith(status);
		expect(await errorsIn(node, 60, MINUTE)).toBe(1);
		expect(await errorsIn(node, 60, MINUTE)).toBe(1);
	});

	it('does not hold up n8n’s start', async () => {
		const node = await active();
		node.kill();
		respondWith(status);
		expect(await node.activate('init')).toBeNull();
		expect(node.log.warn).toHaveLength(1);
		expect(await errorsIn(node, 30, MINUTE)).toBe(1);
	});
});

describe('with a Webhook URL', () => {
	const URL_1 = 'https://n8n.example.com/webhook/1/webhook';
	const webhook = (uid: string, target_url: string, is_active = true) => ({
		uid,
		target_url,
		is_active,
		events: ['task.completed'],
	});
	const changes = () => avala.requests.filter((request) => !request.startsWith('GET'));

	it('only what this webhook missed counts, however the URL is written', async () => {
		avala.webhooks = [webhook('wh_2', 'https://n8n.example.com/other'), webhook('wh_1', URL_1)];
		const node = await active({ webhookUrl: 'https://N8N.example.com:443/webhook/1/webhook/' });
		miss(1, { webhook: 'WH_1' });
		miss(2, { webhook: 'wh_1' });
		miss(3, { webhook: 'wh_2' });
		advance(GIVEN_UP);
		expect(uids(await node.poll())).toEqual(['task_2']);
		expect(avala.requests).toHaveLength(2);
	});

	it('the list of webhooks is read until it is found', async () => {
		avala.webhooks = [webhook('wh_1', URL_1)];
		const next = '/api/v1/webhooks/?limit=100&cursor=2';
		respondWith(200, JSON.stringify({ results: avala.webhooks, next }), /\/webhooks\/\?/);
		await newNode({ webhookUrl: URL_1 }).activate();
		expect(avala.requests.filter((request) => request.endsWith('/webhooks/'))).toHaveLength(1);
	});

	it('the webhook is activated again when Avala has deactivated it, and no other', async () => {
		avala.webhooks = [
			webhook('wh_2', 'https://n8n.example.com/other', false),
			webhook('wh_1', URL_1, false),
		];
		const node = newNode({ webhookUrl: URL_1 });
		await node.activate();
		await node.poll();
		expect(changes()).toEqual(['PATCH /api/v1/webhooks/wh_1/']);
		expect(node.log.info).toEqual([expect.stringContaining('activated webhook wh_1 again')]);
	});

	it.each([
		['the key may not do that', 403, '{"detail":"No."}', /could not be.*webhooks\.write/],
		['its target does not respond', 400, '{"detail":"No ping."}', /could not be.*No ping/],
		['Avala leaves it inactive', 200, '{"uid":"wh_1","is_active":false}', /left it inactive/],
	])(
		'the log says once that it cannot be activated, and events are given all the same: %s',
		async (_, status, body, warning) => {
			avala.webhooks = [webhook('wh_1', URL_1)];
			const node = await active({ webhookUrl: URL_1 });
			avala.webhooks = [webhook('wh_1', URL_1, false)];
			respondWith(status, body, /^PATCH/);
			giveUpOn(1);
			expect(uids(await node.poll())).toEqual(['task_1']);
			await node.poll();
			expect(node.log.warn).toEqual([expect.stringMatching(warning)]);
			expect(changes()).toHaveLength(1);
			await node.activate('update');
			expect(changes()).toHaveLength(2);
		},
	);

	it.each([500, 429, 404])(
		'the webhook is activated with a later poll when Avala fails with %s, which the log says once',
		async (status) => {
			avala.webhooks = [webhook('wh_1', URL_1)];
			const node = await active({ webhookUrl: URL_1 });
			avala.webhooks = [webhook('wh_1', URL_1, false)];
			respondWith(status, '{"detail":"Error."}', /^PATCH/);
			await node.poll();
			await node.poll();
			delete avala.fault;
			await node.poll();
			await node.poll();
			expect(changes()).toHaveLength(3);
			expect(avala.webhooks[0]?.is_active).toBe(true);
			expect(node.log.warn).toEqual([expect.stringContaining('could not be activated')]);
		},
	);

	it('nothing is given as long as no webhook has it, such as while its trigger is published', async () => {
		const node = newNode({ webhookUrl: URL_1 });
		expect(await node.activate()).toBeNull();
		await node.poll();
		expect(node.log.warn).toEqual([expect.stringContaining(`no webhook for ${URL_1}`)]);
		avala.webhooks = [webhook('wh_1', URL_1)];
		giveUpOn(1);
		expect(uids(await node.poll())).toEqual(['task_1']);
	});

	it('what an earlier webhook with this URL missed counts as well', async () => {
		avala.webhooks = [webhook('wh_1', URL_1)];
		const node = await active({ webhookUrl: URL_1 });
		miss(1);
		advance(MINUTE);
		avala.webhooks = [webhook('wh_2', URL_1)];
		miss(2, { webhook: 'wh_2' });
		advance(GIVEN_UP);
		expect(uids(await node.poll())).toEqual(['task_1', 'task_2']);
	});

	it.each([
		['', undefined],
		['not a URL', /'Webhook URL' cannot be "not a URL"\. It must be the production URL/],
		['http://n8n.example.com/webhook/1', /'Webhook URL' cannot be/],
		['https://n8n.example.com/webhook-test/1', /'Webhook URL' is a test URL.*production URL/],
		['={{ $json.url }}', /'Webhook URL'/],
	])('%j is understood or refused by name', async (webhookUrl, message) => {
		const activating = newNode({ webhookUrl }).activate();
		if (message) expect((await failureOf(activating)).message).toMatch(message);
		else expect(await activating).toBeNull();
	});
});

describe('“Fetch Test Event”', () => {
	it('shows the newest missed event, whatever the state is, and changes nothing', async () => {
		avala.webhooks = [
			{ uid: 'wh_1', target_url: 'https://n8n.example.com/w', is_active: false, events: [] },
		];
		miss(1);
		advance(MINUTE);
		miss(2);
		advance(MINUTE);
		miss(3, { deliveredAfter: 0 });
		advance(GIVEN_UP);
		const node = newNode({ webhookUrl: 'https://n8n.example.com/w' });
		expect(uids(await node.fetchTestEvent())).toEqual(['task_2']);
		expect(avala.webhooks[0]?.is_active).toBe(false);
	});

	it('shows nothing when nothing was missed, and an error that says everything', async () => {
		const node = newNode();
		expect(await node.fetchTestEvent()).toBeNull();
		respondWith(401);
		expect((await failureOf(node.fetchTestEvent())).message).toMatch(/API key.*The request was/);
	});
});

it('n8n’s durable scheduler, which makes everything anew for each poll, loses nothing', async () => {
	const node = newNode();
	await node.activate('update');
	// It does not save the state of an activation that gave nothing.
	node.saved = {};
	miss(1);
	for (let polls = 0; polls < 3; polls++) {
		advance(45 * MINUTE);
		await node.activate('update');
	}
	expect(uids(node.items)).toEqual(['task_1']);
});
