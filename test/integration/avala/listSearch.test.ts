import type { INodeListSearchResult } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { serve } from '../../support/localServer';
import { failureOf, searchPageOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
useSandbox((started) => (avala = started), { pingOnCreate: false });
afterEach(() => jest.restoreAllMocks());

const search = async (method: string, filter?: string, token?: string) =>
	await searchPageOn(avala, method, filter, {}, token);

const values = ({ results }: INodeListSearchResult) => results.map(({ value }) => value);
const names = ({ results }: INodeListSearchResult) => results.map(({ name }) => name);

/** Runs a test against a server with endless pages of datasets, `Set 0` on; all take so long to come. */
async function withEndlessPages(
	tookMs: number,
	test: (searchIn: (filter: string, token?: string) => Promise<INodeListSearchResult>) => unknown,
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
		const method = 'searchDatasets';
		await test(async (filter, token) => await searchPageOn(account, method, filter, {}, token));
		return server.requests.length;
	} finally {
		await server.close();
	}
}

describe('a search in a list of the editor', () => {
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

	it('says what is wrong with the credential', async () => {
		const account = { apiKey: '', baseUrl: avala.baseUrl };
		const { message } = await failureOf(searchPageOn(account, 'searchDatasets'));
		expect(message).toContain("'API Key' in the Avala credential is empty");
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
		const targetUrl = 'https://one.example.com/webhook-test/a-path-that-is-long/webhook';
		const events = ['task.created', 'export.failed'];
		const { uid } = avala.addWebhook({ targetUrl, events, isActive: false });
		avala.addWebhook({ targetUrl: 'https://two.example.com/', events: ['task.updated'] });
		const name = '(inactive, test) task.created +1 – …s-long/webhook on one.example.com';
		for (const filter of [` ${targetUrl}/ `, 'export.failed', 'task.created export', uid]) {
			expect((await search('searchWebhooks', filter)).results).toEqual([{ name, value: uid }]);
		}
	});

	it('goes on past the first page, a request for each, and gives each entry once', async () => {
		for (let index = 0; index < 230; index++) avala.addProject();
		let found = await search('searchProjects');
		const seen = values(found);
		while (found.paginationToken !== undefined) {
			found = await search('searchProjects', undefined, found.paginationToken);
			seen.push(...values(found));
		}
		expect(seen.length).toBeGreaterThanOrEqual(230);
		expect(new Set(seen).size).toBe(seen.length);
		expect(avala.requests()).toHaveLength(3);
	});
});
