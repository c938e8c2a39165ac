import { executeAvala } from '../../support/contexts';
import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';

/** Pages that a test defines by the number of the request. */
let page: (request: number, url: URL) => object;
let requests: string[] = [];
/** What stands before the JSON. */
let prefix = '';
let server: LocalServer;

beforeAll(async () => {
	server = await serve((request, response) => {
		requests.push(request.url ?? '');
		const url = new URL(request.url ?? '', server.url);
		response.setHeader('content-type', 'application/json');
		response.end(prefix + JSON.stringify(page(requests.length, url)));
	});
});
afterAll(async () => await server.close());
beforeEach(() => {
	requests = [];
	prefix = '';
});

async function uids(parameters: object = {}): Promise<unknown[]> {
	const output = await executeAvala({
		parameters: { resource: 'delivery', operation: 'getAll', returnAll: true, ...parameters },
		credentials: { apiKey: 'k', baseUrl: `${server.url}/api/v1` },
	});
	return output.map(({ json }) => json.uid);
}

describe('a list', () => {
	it('follows a relative next from the page it stands on', async () => {
		const nexts = ['?cursor=a', '/other/place/?cursor=b', './?cursor=c', null];
		page = (request) => ({ results: [{ uid: `d${request}` }], next: nexts[request - 1] });
		expect(await uids()).toEqual(['d1', 'd2', 'd3', 'd4']);
		expect(requests.slice(1)).toEqual([
			'/api/v1/webhook-deliveries/?cursor=a',
			'/other/place/?cursor=b',
			'/other/place/?cursor=c',
		]);
	});

	it('passes over an entry that is not an object', async () => {
		page = () => ({ results: [null, { uid: 'd1' }, 'd2', [], { uid: 'd3' }], next: null });
		expect(await uids()).toEqual(['d1', 'd3']);
	});

	it('is refused when none of its entries is an object', async () => {
		page = () => ({ results: ['d1', null], next: null });
		await expect(uids()).rejects.toThrow('no result on the page is an object');
	});

	it('is read behind a byte order mark', async () => {
		prefix = '\ufeff';
		page = () => ({ results: [{ uid: 'd1' }], next: null });
		expect(await uids()).toEqual(['d1']);
	});

	it('gives each entry once when new ones push the pages along', async () => {
		// Pages by number: three new deliveries come in before each further page is read.
		page = (_, url) => {
			const number = Number(url.searchParams.get('page') ?? 1);
			const first = 1000 - (number - 1) * 100 + (number - 1) * 3;
			return {
				results: Array.from({ length: 100 }, (__, index) => ({ uid: `d${first - index}` })),
				next: number < 5 ? `${url.origin}${url.pathname}?page=${number + 1}` : null,
			};
		};
		const found = await uids();
		expect(new Set(found).size).toBe(found.length);
		expect(found).toHaveLength(100 + 4 * 97);
	});

	it.each<[string, (request: number) => object[]]>([
		['the same entries', () => [{ uid: 'd1' }, { uid: 'd2' }]],
		['no entries', () => []],
		['entries without an ID', () => [{ event_type: 'task.completed' }]],
		['entries that come around again', (request) => [{ uid: `d${request % 25}` }]],
	])('with a fresh cursor for each page and %s ends with an error', async (_, entries) => {
		page = (request) => ({ results: entries(request), next: `?cursor=fresh-${request}` });
		await expect(uids()).rejects.toThrow('never end');
		expect(requests.length).toBeLessThan(50);
	});

	it.each([null, undefined, '', false])('ends where the next page is %j', async (next) => {
		page = () => ({ results: [{ uid: 'd1' }], next });
		expect(await uids()).toEqual(['d1']);
		expect(requests).toHaveLength(1);
	});

	it('goes on as long as a page brings anything new', async () => {
		page = (request) => ({
			results: [{ uid: `d${request}` }, { uid: 'known' }],
			next: request < 15 ? `?page=${request + 1}` : null,
		});
		const news = Array.from({ length: 14 }, (_, index) => `d${index + 2}`);
		expect(await uids()).toEqual(['d1', 'known', ...news]);
	});

	it('gives entries without an ID as often as they come', async () => {
		page = (request) => ({
			results: [{ event_type: 'task.completed' }, { uid: `d${request}` }],
			next: request < 3 ? `?page=${request + 1}` : null,
		});
		expect(await uids()).toEqual(['', 'd1', '', 'd2', '', 'd3']);
	});

	it('names entries by id where Avala sends no uid', async () => {
		page = () => ({ results: [{ id: 'd1' }, { id: 2 }, { uid: 'd3', id: 4 }], next: null });
		expect(await uids()).toEqual(['d1', '2', 'd3']);
	});

	it.each<[object, string]>([
		[[{ uid: 'd1' }], "it is a list, not a page with a list of 'results'"],
		[
			{ items: [{ uid: 'd1' }] },
			"it is an object with 'items', not a page with a list of 'results'",
		],
		[
			{ data: [], count: 0 },
			"it is an object with 'data', 'count', not a page with a list of 'results'",
		],
		[{ results: {} }, "it is an object with 'results', not a page with a list of 'results'"],
		[{}, "it is an empty object, not a page with a list of 'results'"],
	])('that comes as %j is refused, not taken for empty', async (sent, words) => {
		page = () => sent;
		await expect(uids()).rejects.toThrow(words);
	});

	it('keeps numbers, IDs and times that a server sends in another type', async () => {
		page = () => ({
			results: [
				{
					uid: 7,
					webhook_uid: 8,
					event_type: 'task.completed',
					status: 'failed',
					response_status_code: '404',
					attempt_count: '5',
					created_at: 1772447400,
				},
			],
			next: null,
		});
		const [{ json } = { json: {} }] = await executeAvala({
			parameters: {
				resource: 'delivery',
				operation: 'getAll',
				returnAll: true,
				filters: { webhookId: 8 },
			},
			credentials: { apiKey: 'k', baseUrl: `${server.url}/api/v1` },
		});
		expect(json).toMatchObject({
			uid: '7',
			webhook_uid: '8',
			response_status_code: 404,
			attempt_count: 5,
			created_at: 1772447400,
		});
	});
});

describe('items that share a walk', () => {
	it('do not all fail for one passing fault', async () => {
		page = (request) =>
			request === 1 ? { results: 'broken' } : { results: [{ uid: 'd1' }], next: null };
		const output = await executeAvala({
			parameters: { resource: 'delivery', operation: 'getAll', returnAll: true },
			items: [{}, {}, {}],
			continueOnFail: true,
			credentials: { apiKey: 'k', baseUrl: `${server.url}/api/v1` },
		});
		expect(output.map(({ json }) => (json.error === undefined ? json.uid : 'error'))).toEqual([
			'error',
			'd1',
			'd1',
		]);
		expect(requests).toHaveLength(2);
	});

	it('do not share nested objects', async () => {
		page = () => ({ results: [{ uid: 'd1', payload: { deep: { x: 1 } } }], next: null });
		const [one, two] = await executeAvala({
			parameters: { resource: 'delivery', operation: 'getAll', returnAll: true, simplify: false },
			items: [{}, {}],
			credentials: { apiKey: 'k', baseUrl: `${server.url}/api/v1` },
		});
		expect(two?.json).toEqual(one?.json);
		expect(two?.json.payload).not.toBe(one?.json.payload);
	});
});
