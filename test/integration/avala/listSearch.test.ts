import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { Avala } from '../../../nodes/Avala/Avala.node';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { loadOptionsContext } from '../../support/contexts';
import { serve } from '../../support/localServer';
import { failureOf } from '../../support/resources';

type Method = 'searchDatasets' | 'searchExports' | 'searchProjects' | 'searchWebhooks';
type Search = (
	this: ILoadOptionsFunctions,
	filter?: string,
	token?: string,
) => Promise<INodeListSearchResult>;

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.wireFormat = 'newer';
	avala.reset();
});
afterEach(() => jest.restoreAllMocks());

async function search(
	method: Method,
	filter?: string,
	token?: unknown,
	{ apiKey, baseUrl } = { apiKey: avala.apiKey, baseUrl: avala.baseUrl },
): Promise<INodeListSearchResult> {
	const { listSearch } = new Avala().methods as { listSearch: Record<Method, Search> };
	const context = loadOptionsContext({}, { apiKey, baseUrl });
	return await listSearch[method].call(context, filter, token as string | undefined);
}

const values = ({ results }: INodeListSearchResult) => results.map(({ value }) => value);
const names = ({ results }: INodeListSearchResult) => results.map(({ name }) => name);

/** Runs a test against a server with endless pages of datasets, `Set 0` on; all take so long to come. */
async function withEndlessPages(
	tookMs: number,
	test: (searchIn: (filter?: string, token?: unknown) => Promise<INodeListSearchResult>) => unknown,
	length = 20,
): Promise<number> {
	let now = Date.now();
	jest.spyOn(Date, 'now').mockImplementation(() => now);
	const server = await serve(({ url = '' }, response) => {
		now += tookMs;
		const page = Number(new URL(url, server.url).searchParams.get('page') ?? 0);
		const results = Array.from({ length }, (_, index) => ({
			uid: `ds_${page}_${index}`,
			name: `Set ${page * length + index}.`,
		}));
		response.end(JSON.stringify({ results, next: `?page=${page + 1}` }));
	});
	try {
		const account = { apiKey: 'k', baseUrl: server.url };
		await test(async (filter, token) => await search('searchDatasets', filter, token, account));
		return server.requests.length;
	} finally {
		await server.close();
	}
}

describe('a search in a list of the editor', () => {
	it('finds the oldest of more than 600 projects, since n8n loads further pages on scrolling alone', async () => {
		for (let index = 0; index < 621; index++) avala.addProject({ name: `Batch ${index}.` });
		expect(names(await search('searchProjects', 'batch 0.'))).toEqual(['Batch 0.']);
	});

	it('finds what is far down on a server with pages of 20', async () => {
		await withEndlessPages(0, async (searchIn) => {
			expect(names(await searchIn('set 620.'))).toEqual(['Set 620.']);
		});
	});

	it.each([
		['a screenful is found', 0, 20, 'set', 1],
		['50 pages', 0, 20, 'set 7.', 50],
		['2,000 entries', 0, 100, 'set 7.', 20],
		['10 seconds', 3000, 20, 'set 7.', 4],
	])('ends after %s', async (_, tookMs, length, text, count) => {
		const search = async (searchIn: (filter: string) => Promise<INodeListSearchResult>) => {
			const found = await searchIn(text);
			expect(found.results).toHaveLength(count === 1 ? 20 : 1);
			expect(found.paginationToken).toBeDefined();
		};
		expect(await withEndlessPages(tookMs, search, length)).toBe(count);
	});

	it('goes on with scrolling where it ended', async () => {
		await withEndlessPages(0, async (searchIn) => {
			const { paginationToken } = await searchIn('set 7.');
			expect(names(await searchIn('set 1007.', paginationToken))).toEqual(['Set 1007.']);
		});
	});

	it('says what is wrong with the credential', async () => {
		const { baseUrl } = avala;
		await expect(search('searchDatasets', '', undefined, { apiKey: '', baseUrl })).rejects.toThrow(
			"'API Key' in the Avala credential is empty",
		);
	});

	it('says how far it looked when it found nothing by then', async () => {
		await withEndlessPages(0, async (searchIn) => {
			const { message } = await failureOf(searchIn('no such name'));
			expect(message).toBe(
				'None of the first 1000 datasets contains "no such name", and there are more. Select the dataset by its ID instead.',
			);
			// What is shown already stays when scrolling brings nothing.
			const { results, paginationToken } = await searchIn('no such name', '/?page=2');
			expect(results).toEqual([]);
			expect(paginationToken).toBeDefined();
		});
	});

	it('says how long Avala asks to wait, instead of waiting for more than half a minute', async () => {
		avala.fault({ status: 429, headers: { 'retry-after': '45' } });
		const { message } = await failureOf(search('searchDatasets', 'street'));
		expect(message).toContain('Avala asks to wait 45 s before the next request.');
		expect(avala.requests()).toHaveLength(1);
	});

	it('of exports finds them by time, state, name and ID', async () => {
		const ready = avala.addExport({
			state: 'ready',
			name: 'Street scenes',
			createdAt: '2026-03-02T10:30:00Z',
		});
		const failed = avala.addExport({ state: 'failed', name: 'Crop health' });
		expect(values(await search('searchExports'))).toEqual([failed.uid, ready.uid]);
		expect((await search('searchExports', '2026-03-02 10:30')).results).toEqual([
			{ name: '2026-03-02 10:30 UTC ready – Street scenes', value: ready.uid },
		]);
		for (const [filter, { uid }] of [
			['FAILED', failed],
			['street', ready],
			[failed.uid, failed],
		] as const) {
			expect(values(await search('searchExports', filter))).toEqual([uid]);
		}
	});

	const shows = (path: string, results: object[]) =>
		avala.fault({ path: `/api/v1${path}`, status: 200, body: { results, next: null } });

	it('of datasets shows their type, and finds them by slug and ID as well', async () => {
		shows('/datasets/', [
			{ uid: 'd1', name: 'Street', slug: 'berlin', data_type: 'image' },
			{ uid: 'd2', slug: 'crops' },
			{ uid: 'd3' },
			{ name: 'Without an ID' },
		]);
		expect(names(await search('searchDatasets'))).toEqual(['Street (image)', 'crops', 'd3']);
		expect(values(await search('searchDatasets', 'BERLIN'))).toEqual(['d1']);
		expect(values(await search('searchDatasets', 'd3'))).toEqual(['d3']);
		expect(values(await search('searchDatasets', 'er'))).toEqual(['d1']);
	});

	it('of projects shows the status of those that are not active', async () => {
		shows('/users/me/projects/', [
			{ uid: 'p1', name: 'Street', status: 'active' },
			{ uid: 'p2', name: 'Crops', status: 'paused' },
			{ uid: 'p3' },
			{ name: 'Without an ID' },
		]);
		expect(names(await search('searchProjects'))).toEqual(['Street', 'Crops (paused)', 'p3']);
	});

	it('of exports shows the ID of one without a name, and no time that Avala did not send', async () => {
		shows('/exports/', [{ uid: 'e1', status: 'exported' }, { name: 'Without an ID' }]);
		expect(names(await search('searchExports'))).toEqual(['running – e1']);
	});

	it('of webhooks finds them by a pasted URL, by any event type and by ID', async () => {
		const { uid } = avala.addWebhook({
			targetUrl: 'https://one.example.com/webhook-test/a-path-that-is-long/webhook',
			events: ['task.created', 'export.failed'],
			isActive: false,
		});
		avala.addWebhook({ targetUrl: 'https://two.example.com/', events: ['task.updated'] });
		for (const filter of [
			' https://one.example.com/webhook-test/a-path-that-is-long/webhook/ ',
			'export.failed',
			'task.created export',
			uid,
		]) {
			expect((await search('searchWebhooks', filter)).results).toEqual([
				{
					name: '(inactive, test) task.created +1 – …s-long/webhook on one.example.com',
					value: uid,
				},
			]);
		}
	});

	it('needs one request for what comes on scrolling', async () => {
		for (let index = 0; index < 130; index++) avala.addProject();
		const { paginationToken } = await search('searchProjects');
		const limits = avala.requests().map(({ path }) => new URL(path, avala.url).searchParams);
		expect(limits.map((query) => query.get('limit'))).toEqual(['100']);
		avala.clearRequests();
		await search('searchProjects', undefined, paginationToken);
		expect(avala.requests()).toHaveLength(1);
	});

	it.each<[string, Method, () => void]>([
		['datasets', 'searchDatasets', () => avala.addDataset()],
		['exports', 'searchExports', () => avala.addExport({ state: 'ready' })],
		['projects', 'searchProjects', () => avala.addProject()],
		['webhooks', 'searchWebhooks', () => avala.addWebhook({})],
	])('goes on past the first page, and gives each entry once: %s', async (_, method, add) => {
		for (let index = 0; index < 230; index++) add();
		let found = await search(method);
		const seen = values(found);
		expect(found.paginationToken).toBeDefined();
		while (found.paginationToken !== undefined) {
			found = await search(method, undefined, found.paginationToken);
			seen.push(...values(found));
		}
		expect(seen.length).toBeGreaterThanOrEqual(230);
		expect(new Set(seen).size).toBe(seen.length);
	});
});
