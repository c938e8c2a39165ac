import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { byId, failureOf, runOn } from '../../support/resources';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());

const run = async (operation: string, parameters: object, isTool = false) => {
	const all = { resource: 'dataset', operation, ...parameters } as INodeParameters;
	return (await runOn(avala, all, { isTool })).map(({ json }) => json);
};
const named = (wanted: string) => {
	const dataset = avala.datasets().find(({ name }) => name === wanted);
	return { datasetId: byId(dataset?.uid ?? '') };
};

describe.each(['guide', 'older', 'newer'] as const)('in the %s wire format', (wireFormat) => {
	beforeEach(() => {
		avala.wireFormat = wireFormat;
		avala.reset();
	});

	it('the items of a dataset come with their links, page by page', async () => {
		const items = await run('getItems', { ...named('Crop photos'), returnAll: true });
		expect(items).toHaveLength(240);
		expect(items[0]).toMatchObject({
			key: 'crop-photos-00240.jpg',
			url: expect.stringMatching(/^https:/),
		});
		expect(Object.keys(items[0] ?? {}).length).toBeLessThanOrEqual(10);
	});

	it('the health of a dataset says what has arrived, and what went wrong', async () => {
		const [health] = await run('getHealth', named('Night drives'));
		expect(health).toMatchObject({
			dataset_status: 'creating',
			item_count: 12,
			ingest_ok: false,
			issues: ['3 of 15 videos could not be read.'],
		});
		expect(Object.keys(health ?? {})).toHaveLength(10);
		const [all] = await run('getHealth', { ...named('Night drives'), simplify: false });
		expect(all?.sequences).toHaveLength(1);
	});
});

it('no secret is in what Avala sends about a dataset, but the metadata of an item is whole', async () => {
	const dataset = { ...named('Street scenes'), simplify: false };
	const opening = { secret: 'x', accept_url: 'x', nested: { device_token: 'x' } };
	avala.fault({ path: /health/, times: 1, status: 200, body: { item_count: 1, ...opening } });
	expect(await run('getHealth', dataset)).toEqual([{ item_count: 1, nested: {} }]);
	const metadata = { secret: 'of the user' };
	avala.fault({
		path: /items/,
		times: 1,
		status: 200,
		body: [{ uid: 'i1', ...opening, metadata }],
	});
	expect(await run('getItems', dataset)).toEqual([{ uid: 'i1', nested: {}, metadata }]);
});

it('an AI agent gets the fields of a health report that it selects, and the ID of the dataset', async () => {
	const output = { output: 'selectedFields', fields: ['issues', 'ingest_ok'] };
	const { datasetId } = named('Street scenes');
	expect(await run('getHealth', { datasetId, ...output }, true)).toEqual([
		{ dataset_uid: datasetId.value, issues: [], ingest_ok: true },
	]);
});

it('a dataset that Avala does not know is an error that names it', async () => {
	for (const operation of ['getItems', 'getHealth']) {
		const { message } = await failureOf(run(operation, { datasetId: byId('ds_none') }));
		expect(message).toContain('Avala does not know dataset ds_none.');
	}
});
