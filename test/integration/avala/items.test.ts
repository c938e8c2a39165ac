import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { executeAvala } from '../../support/contexts';
import type { Setup } from '../../support/resources';
import { byId, failureOf, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

const OTHER_KEY = 'f0'.repeat(20);

let avala: Sandbox;
useSandbox((started) => (avala = started), {
	pingOnCreate: false,
	keys: [{ key: OTHER_KEY, account: 'other' }],
});
beforeEach(addDeliveries);

/** Four, to two webhooks. */
function addDeliveries(): void {
	const uids = ['one', 'two'].map(
		(name) => avala.addWebhook({ targetUrl: `https://${name}.example.com/` }).uid,
	);
	avala.seedDeliveries(
		[0, 1, 2, 3].map((index) => ({
			uid: `d_${index}`,
			webhookUid: uids[index % 2],
			event: {
				id: `evt_${index}`,
				type: 'task.completed',
				created_at: '2026-03-02T10:30:00Z',
				data: { uid: `task_${index}` },
			},
			status: index < 2 ? 'delivered' : 'failed',
			attempts: 5,
		})),
	);
}

const run = async (parameters: object, items: Setup['items'] = [{}], setup: Setup = {}) =>
	await jsonOn(avala, parameters, { ...setup, items });
const requestsTo = (path: string) =>
	avala.requests().filter((request) => request.path.split('?')[0] === `/api/v1${path}`);

/** An operation with one parameter from the item. */
const list = (resource: string, parameters: object, operation = 'getAll') => ({
	resource,
	operation,
	...(operation === 'getHealth' ? {} : { returnAll: true }),
	...parameters,
});
const GIVEN = '={{ $json.given }}';

type Value = string | number | boolean;

async function expectOwn(parameters: object, values: Value[]): Promise<void> {
	const items = values.map((given) => ({ given }));
	const alone = [];
	for (const item of items) alone.push(await run(parameters, [item]));
	expect(alone[0]).not.toEqual(alone[1]);
	expect(await run(parameters, items)).toEqual(alone.flat());
}

describe('items of one execution', () => {
	it.each<[string, object, Value[]]>([
		['tasks', list('task', { returnAll: false, limit: GIVEN }), [1, 3]],
		['deliveries', list('delivery', { filters: { status: GIVEN } }), ['delivered', 'failed']],
		['deliveries', list('delivery', { simplify: GIVEN }), [true, false]],
		['reports', list('delivery', { limit: GIVEN }, 'getHealth'), [1, 4]],
		[
			'missed events',
			list('delivery', { returnAll: false, limit: GIVEN }, 'getMissedEvents'),
			[1, 2],
		],
	])('that ask for different %s each get their own: %j', async (_, parameters, values) => {
		await expectOwn(parameters, values);
	});

	it('that ask for the items of different datasets each get their own', async () => {
		const uids = avala.datasets().map(({ uid }) => uid);
		await expectOwn(list('dataset', { datasetId: byId(GIVEN) }, 'getItems'), uids);
	});

	it('that ask for the same share one walk', async () => {
		const one = await run(list('webhook', {}));
		avala.clearRequests();
		expect(await run(list('webhook', {}), [{}, {}, {}])).toEqual([...one, ...one, ...one]);
		expect(requestsTo('/webhooks/')).toHaveLength(1);
	});

	it('use the key of their own, and share nothing with those of another', async () => {
		const { baseUrl, apiKey } = avala;
		avala.addWebhook({ targetUrl: 'https://other.example.com/', account: 'other' });
		const counter = { decrypted: 0 };
		const keys = [apiKey, OTHER_KEY, apiKey];
		const output = await executeAvala({
			parameters: list('webhook', {}) as INodeParameters,
			items: keys.map((key) => ({ key })),
			credentials: ({ key }) => ({ apiKey: String(key), baseUrl }),
			counter,
		});
		expect(output.map(({ json, pairedItem }) => [json.target_url, pairedItem])).toEqual([
			['https://two.example.com/', { item: 0 }],
			['https://one.example.com/', { item: 0 }],
			['https://other.example.com/', { item: 1 }],
			['https://two.example.com/', { item: 2 }],
			['https://one.example.com/', { item: 2 }],
		]);
		expect(counter.decrypted).toBe(3);
		expect(requestsTo('/webhooks/')).toHaveLength(2);
	});

	it('are told of an operation that there is not', async () => {
		const { message } = await failureOf(run({ resource: 'task', operation: 'delete' }));
		expect(message).toBe('The Avala node has no operation "task: delete"');
	});

	it.each(['gone', '../x'])('that fail name themselves: %s', async (given) => {
		const parameters = { resource: 'webhook', operation: 'get', webhookId: byId(GIVEN) };
		const { uid = '' } = avala.webhooks()[0] ?? {};
		const error = await failureOf(run(parameters, [{ given: uid }, { given }]));
		expect(error).toMatchObject({ context: { itemIndex: 1 } });
	});
});

it('a list is asked for no more entries than are wanted, unless each has to be looked at', async () => {
	const limitAsked = async (parameters: object) => {
		avala.clearRequests();
		await run(list('webhook', { returnAll: false, limit: 1, ...parameters }));
		const [request] = requestsTo('/webhooks/');
		return new URL(request?.path ?? '', avala.url).searchParams.get('limit');
	};
	expect(await limitAsked({})).toBe('1');
	expect(await limitAsked({ filters: { targetUrl: 'one' } })).toBe('100');
});

describe('the target URLs in Get Health', () => {
	const health = async () => {
		avala.clearRequests();
		const [report] = await run(list('delivery', {}, 'getHealth'));
		return report?.by_webhook;
	};

	it('cost no request when there are no deliveries', async () => {
		avala.reset();
		await health();
		expect(requestsTo('/webhooks/')).toEqual([]);
	});

	it('cost no more pages than they stand on', async () => {
		avala.reset();
		for (let index = 0; index < 150; index++) avala.addWebhook({});
		addDeliveries();
		expect(await health()).toMatchObject([
			{ target_url: 'https://two.example.com/' },
			{ target_url: 'https://one.example.com/' },
		]);
		expect(requestsTo('/webhooks/')).toHaveLength(1);
	});

	it('are looked for on five pages at most, since the webhook may be deleted', async () => {
		for (let index = 0; index < 700; index++) avala.addWebhook({});
		await health();
		expect(requestsTo('/webhooks/')).toHaveLength(5);
	});
});
