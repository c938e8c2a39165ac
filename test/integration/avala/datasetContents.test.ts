import type { Sandbox } from '../../../sandbox';
import { byId, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));

const run = async (operation: string, wanted: string, parameters: object = {}) => {
	const dataset = avala.datasets().find(({ name }) => name === wanted);
	const datasetId = byId(dataset?.uid ?? '');
	return await jsonOn(avala, { resource: 'dataset', operation, datasetId, ...parameters });
};

inEachWireFormat(() => {
	it('the items of a dataset come with their links, page by page', async () => {
		const items = await run('getItems', 'Crop photos', { returnAll: true });
		expect(items).toHaveLength(240);
		expect(items[0]).toMatchObject({
			key: 'crop-photos-00240.jpg',
			url: expect.stringMatching(/^https:/),
		});
		expect(Object.keys(items[0] ?? {}).length).toBeLessThanOrEqual(10);
	});

	it('the health of a dataset says what has arrived, and what went wrong', async () => {
		const [health] = await run('getHealth', 'Night drives');
		expect(health).toMatchObject({
			dataset_status: 'creating',
			item_count: 12,
			ingest_ok: false,
			issues: ['3 of 15 videos could not be read.'],
		});
		expect(Object.keys(health ?? {})).toHaveLength(10);
		const [all] = await run('getHealth', 'Night drives', { simplify: false });
		expect(all?.sequences).toHaveLength(1);
	});
});

it('no secret is in what Avala sends about a dataset, but the metadata of an item is whole', async () => {
	const opening = { secret: 'x', accept_url: 'x', nested: { device_token: 'x' } };
	avala.fault({ path: /health/, status: 200, body: { item_count: 1, ...opening } });
	expect(await run('getHealth', 'Street scenes', { simplify: false })).toEqual([
		{ item_count: 1, nested: {} },
	]);
	const metadata = { secret: 'of the user' };
	avala.fault({ path: /items/, status: 200, body: [{ uid: 'i1', ...opening, metadata }] });
	expect(await run('getItems', 'Street scenes', { simplify: false })).toEqual([
		{ uid: 'i1', nested: {}, metadata },
	]);
});
