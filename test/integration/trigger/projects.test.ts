import type { IDataObject } from 'n8n-workflow';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import { loadOptionsContext } from '../../support/contexts';
import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';

/** What the server responds with, by path; a list of pages has a page more after each. */
let pages: Record<string, IDataObject[][]>;
let server: LocalServer;
beforeAll(async () => {
	server = await serve((request, response) => {
		const { pathname, searchParams } = new URL(request.url ?? '', server.url);
		const page = Number(searchParams.get('page') ?? 0);
		const found = pages[pathname];
		const next = found?.[page + 1] && `${server.url}${pathname}?page=${page + 1}`;
		const body = found ? { results: found[page], next: next ?? null } : { detail: 'Not found.' };
		response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
		response.end(JSON.stringify(body));
	});
});
afterAll(async () => await server.close());

const { getProjects } = new AvalaTrigger().methods.loadOptions;
const load = async (apiKey = 'k') =>
	await getProjects.call(loadOptionsContext({}, { apiKey, baseUrl: server.url }));

describe('the editor’s list of projects in the trigger', () => {
	it('has the projects of all pages by name, and one without a name by its ID', async () => {
		pages = {
			'/users/me/projects/': [
				[{ uid: 'p_2', name: 'Street' }, { name: 'No ID' }],
				[{ uid: 'p_1', name: 'Crops' }, { uid: 'p_3' }],
			],
		};
		expect(await load()).toEqual([
			{ name: 'Crops', value: 'p_1' },
			{ name: 'p_3', value: 'p_3' },
			{ name: 'Street', value: 'p_2' },
		]);
	});

	it('ends after ten pages, which is more than anyone looks through', async () => {
		const many = Array.from({ length: 12 }, (_, page) => [{ uid: `p_${page}` }]);
		pages = { '/users/me/projects/': many };
		expect(await load()).toHaveLength(10);
	});

	it('says what is wrong where no list can be had', async () => {
		pages = {};
		await expect(load()).rejects.toThrow(/404/);
		await expect(load('')).rejects.toThrow(/'API Key' in the Avala credential is empty/);
	});
});
