import '../../support/pauses';

import { connect } from '../../../nodes/Avala/transport/connection';
import { pageAt } from '../../../nodes/Avala/transport/pages';
import { loadOptionsContext } from '../../support/contexts';
import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';
import type { Setup } from '../../support/resources';
import { failureOf, jsonOn } from '../../support/resources';

/** Pages that a test defines by the number of the request. */
let page: (request: number, url: URL) => object | string;
/** With which a request is refused, by its number. */
let refusals: Record<number, number> = {};
let requests: string[] = [];
let server: LocalServer;

beforeAll(async () => {
	server = await serve((request, response) => {
		requests.push(request.url ?? '');
		const url = new URL(request.url ?? '', server.url);
		response.setHeader('content-type', 'application/json');
		response.statusCode = refusals[requests.length] ?? 200;
		const sent = page(requests.length, url);
		response.end(typeof sent === 'string' ? sent : JSON.stringify(sent));
	});
});
afterAll(async () => await server.close());
beforeEach(() => {
	requests = [];
	refusals = {};
});

const list = async (parameters: object = {}, setup: Setup = {}) =>
	await jsonOn(
		{ apiKey: 'k', baseUrl: `${server.url}/api/v1` },
		{ resource: 'delivery', operation: 'getAll', returnAll: true, ...parameters },
		setup,
	);
const uids = async (parameters: object = {}) => (await list(parameters)).map(({ uid }) => uid);
const refusal = async () => (await failureOf(list())).message;

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
		expect(await refusal()).toContain('no result on the page is an object');
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

	it.each<[string, (request: number) => object[], number]>([
		['no entries', () => [], 10],
		['the same entry without an ID', () => [{ event_type: 'task.completed' }], 11],
		['entries that come around again', (request) => [{ uid: `d${request % 25}` }], 35],
	])('ends after ten pages that bring nothing new: %s', async (_, entries, count) => {
		page = (request) => ({ results: entries(request), next: `?cursor=fresh-${request}` });
		await uids();
		expect(requests).toHaveLength(count);
	});

	it.each([undefined, ''])('ends where the next page is %j', async (next) => {
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

	it('may come as a bare list, which is complete', async () => {
		page = () => [{ uid: 'd1' }, { uid: 'd2' }];
		expect(await uids()).toEqual(['d1', 'd2']);
	});

	it.each([{ items: [{ uid: 'd1' }] }, { results: {} }])(
		'that comes as %j is refused, not taken for empty',
		async (sent) => {
			page = () => sent;
			expect(await refusal()).toContain("it is not a page with a list of 'results'");
		},
	);

	it('is patient with a later page', async () => {
		page = (request) => ({
			results: [{ uid: `d${request}` }],
			next: request === 1 ? '?c=2' : null,
		});
		refusals = { 2: 500, 3: 522, 4: 524 };
		expect(await uids()).toEqual(['d1', 'd5']);
		expect(requests.slice(1)).toEqual(Array(4).fill('/api/v1/webhook-deliveries/?c=2'));
	});

	it('ends where a later page is gone, but not where the first one is', async () => {
		page = (request) => ({ results: [{ uid: `d${request}` }], next: `?c=${request + 1}` });
		refusals = { 3: 404 };
		expect(await uids()).toEqual(['d1', 'd2']);
		requests = [];
		refusals = { 1: 404 };
		expect(await refusal()).toContain('Avala does not know the deliveries.');
		requests = [];
		refusals = { 2: 403 };
		expect(await refusal()).toContain('may not access the deliveries');
	});

	it('is not spoiled by an entry without an ID that is nested thousands deep', async () => {
		const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
		page = () => `{"results":[${deep},{"uid":"d2"}],"next":null}`;
		expect(await uids()).toEqual(['', 'd2']);
	});

	it('gives what passes a filter on whatever page it stands, up to the limit', async () => {
		page = (request) => ({
			results: Array.from({ length: 100 }, (_, index) => ({
				uid: `${request}.${index}`,
				status: request > 1 && index === 7 ? 'failed' : 'delivered',
			})),
			next: request < 4 ? `?page=${request + 1}` : null,
		});
		const filters = { status: 'failed' };
		expect(await uids({ filters })).toEqual(['2.7', '3.7', '4.7']);
		requests = [];
		expect(await uids({ filters, returnAll: false, limit: 2 })).toEqual(['2.7', '3.7']);
		expect(requests).toHaveLength(3);
	});
});

describe('where a next page may be', () => {
	const nextAt = async (next: string, baseUrl = 'https://api.example.com/api/v1') => {
		const connection = await connect(loadOptionsContext({}, { apiKey: 'k', baseUrl }));
		return pageAt(connection, next)?.href;
	};

	it.each([
		['http://api.example.com/api/v1/tasks/?cursor=a', 'over http, behind a proxy'],
		['http://api.example.com:443/api/v1/tasks/?cursor=a', 'over http on its port'],
		['https://API.example.com:443/api/v1/tasks/?cursor=a', 'in another spelling'],
		['/api/v1/tasks/?cursor=a', 'relative'],
		['//api.example.com/api/v1/tasks/?cursor=a', 'without a scheme'],
	])('is on the API’s own host, over its own scheme: %s, %s', async (next) => {
		expect(await nextAt(next)).toBe('https://api.example.com/api/v1/tasks/?cursor=a');
	});

	it('keeps to http, and to the port, where that is the scheme of the API', async () => {
		const baseUrl = 'http://127.0.0.1:4010';
		expect(await nextAt('https://127.0.0.1:4010/?c=a', baseUrl)).toBe('http://127.0.0.1:4010/?c=a');
		const withPort = 'https://api.example.com:8443';
		expect(await nextAt('http://api.example.com:8443/', withPort)).toBe(`${withPort}/`);
		expect(await nextAt('http://api.example.com/', withPort)).toBeUndefined();
	});

	it.each([
		'https://api.example.com:8443/x',
		'http://api.example.com:8080/x',
		'https://api.example.com.evil.example/x',
		'https://api.example.com@evil.example/x',
		'https://user@api.example.com/x',
		'ftp://api.example.com/x',
		'http://[',
	])('is nowhere else, whatever Avala says: %s', async (next) => {
		expect(await nextAt(next)).toBeUndefined();
	});
});

describe('items that share a walk', () => {
	it('do not all fail for one passing fault', async () => {
		page = (request) =>
			request === 1 ? { results: 'broken' } : { results: [{ uid: 'd1' }], next: null };
		const output = await list({}, { items: [{}, {}, {}], continueOnFail: true });
		expect(output.map(({ error, uid }) => (error === undefined ? uid : 'error'))).toEqual([
			'error',
			'd1',
			'd1',
		]);
		expect(requests).toHaveLength(2);
	});

	it('do not share nested objects', async () => {
		page = () => ({ results: [{ uid: 'd1', payload: { deep: { x: 1 } } }], next: null });
		const [one, two] = await list({ simplify: false }, { items: [{}, {}] });
		expect(two).toEqual(one);
		expect(two?.payload).not.toBe(one?.payload);
	});
});
