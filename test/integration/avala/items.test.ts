import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { executeAvala } from '../../support/contexts';
import type { Setup } from '../../support/resources';
import { byId, failureOf, runOn } from '../../support/resources';

const OTHER_KEY = 'f0'.repeat(20);

let avala: Sandbox;
beforeAll(async () => {
	const keys = [{ key: OTHER_KEY, account: 'other' }];
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, keys });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.reset();
	for (const state of ['ready', 'failed'] as const) avala.addExport({ state });
	addDeliveries();
});

/** Four, to two webhooks. */
function addDeliveries(): void {
	const uids = ['one', 'two'].map(
		(name) => avala.addWebhook({ targetUrl: `https://${name}.example.com/` }).uid,
	);
	avala.seedDeliveries(
		[0, 1, 2, 3].map((index) => ({
			uid: `d_${index}`,
			webhookUid: uids[index % 2],
			status: index < 2 ? 'delivered' : 'failed',
			attempts: 5,
		})),
	);
}

const run = async (parameters: object, items: IDataObject[], setup: Setup = {}) => {
	const output = await runOn(avala, parameters as INodeParameters, { ...setup, items });
	return output.map(({ json }) => json);
};
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

describe('items of one execution', () => {
	it.each<[string, object, [unknown, unknown]]>([
		['tasks', list('task', { returnAll: false, limit: GIVEN }), [1, 3]],
		['tasks', list('task', { filters: { status: GIVEN } }), ['pending', 'completed']],
		['projects', list('project', { filters: { name: GIVEN } }), ['street', 'crop']],
		['projects', list('project', { filters: { status: GIVEN } }), ['active', 'paused']],
		['datasets', list('dataset', { filters: { visibility: GIVEN } }), ['private', 'public']],
		['webhooks', list('webhook', { filters: { targetUrl: GIVEN } }), ['one', 'two']],
		['exports', list('export', { filters: { state: GIVEN } }), ['ready', 'failed']],
		['deliveries', list('delivery', { filters: { status: GIVEN } }), ['delivered', 'failed']],
		['deliveries', list('delivery', { simplify: GIVEN }), [true, false]],
		['reports', list('delivery', { limit: GIVEN }, 'getHealth'), [1, 4]],
		[
			'missed events',
			list('delivery', { returnAll: false, limit: GIVEN }, 'getMissedEvents'),
			[1, 2],
		],
	])('that ask for different %s each get their own: %j', async (_, parameters, given) => {
		const items = given.map((value) => ({ given: value }) as IDataObject);
		const alone = [];
		for (const item of items) alone.push(await run(parameters, [item]));
		expect(alone[0]).not.toEqual(alone[1]);
		expect(await run(parameters, items)).toEqual(alone.flat());
	});

	it.each([
		['task', '/tasks/'],
		['webhook', '/webhooks/'],
		['delivery', '/webhook-deliveries/'],
	])('that ask for the same share one walk: %s', async (resource, path) => {
		const [one] = [await run(list(resource, {}), [{}])];
		avala.clearRequests();
		expect(await run(list(resource, {}), [{}, {}, {}])).toEqual([...one, ...one, ...one]);
		expect(requestsTo(path)).toHaveLength(1);
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
		const parameters = { resource: 'task', operation: 'delete' };
		const error = await failureOf(run(parameters, [{}]));
		expect(error.message).toBe('The Avala node has no operation "task: delete"');
	});

	it('that fail name themselves, whatever kind of error it is', async () => {
		const parameters = { resource: 'webhook', operation: 'get', webhookId: byId(GIVEN) };
		const { uid } = avala.webhooks()[0] ?? {};
		for (const given of ['gone', '../x']) {
			const error = await failureOf(run(parameters, [{ given: uid ?? '' }, { given }]));
			expect(error).toMatchObject({ context: { itemIndex: 1 } });
		}
		const items = [{ given: 'gone' }, { given: '../x' }];
		// By this one field n8n knows an item for the error output.
		for (const item of await run(parameters, items, { continueOnFail: true })) {
			expect(item).toEqual({ error: expect.any(String) });
		}
	});
});

describe('a list', () => {
	it('is asked for no more entries than are wanted, unless each has to be looked at', async () => {
		const limitAsked = async (parameters: object) => {
			avala.clearRequests();
			await run(list('webhook', { returnAll: false, limit: 1, ...parameters }), [{}]);
			const [request] = requestsTo('/webhooks/');
			return new URL(request?.path ?? '', avala.url).searchParams.get('limit');
		};
		expect(await limitAsked({})).toBe('1');
		expect(await limitAsked({ filters: { targetUrl: 'one' } })).toBe('100');
	});
});

describe('the target URLs in Get Health', () => {
	const health = async () => {
		avala.clearRequests();
		const [report] = await run(list('delivery', {}, 'getHealth'), [{}]);
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
