import type { FastifyInstance } from 'fastify';

import { Collection } from '../collection';
import type { Context } from '../context';
import { itemsOf, shownHealth, shownItem } from '../resources/datasetContents';
import type { StoredDataset } from '../resources/resourceRecords';
import { shownDataset } from '../wire/resources';
import { equal, mountEndpoint } from './endpoint';
import { notFound } from './errors';
import type { Call, Route } from './pages';

const READ = { config: { scope: 'datasets.read' } } as const;
const BY_NAME = '/datasets/:owner/:slug/';

/** `/datasets/`, with the items and the health report of each. */
export function mountDatasets(server: FastifyInstance, context: Context): void {
	const { settings, store } = context;
	const show = (dataset: StoredDataset) => shownDataset(dataset, settings.wireFormat);
	const byName = (call: Call) => datasetOf(call, store.datasets);

	mountEndpoint(server, context, {
		path: '/datasets/',
		read: 'datasets.read',
		entries: () => store.datasets,
		filters: {
			data_type: equal(({ dataType }) => dataType),
			name: ({ name }, part) => name.toLowerCase().includes(part.toLowerCase()),
			status: equal(({ status }) => status),
			visibility: equal(({ visibility }) => visibility),
		},
		show,
	});
	mountEndpoint(server, context, {
		path: `${BY_NAME}items/`,
		read: 'datasets.read',
		entries: (call) => new Collection(itemsOf(byName(call))),
		show: (item) => shownItem(item, settings.wireFormat),
		showOne: null,
	});
	server.get<Route>(`${BY_NAME}health/`, READ, async (call) =>
		shownHealth(byName(call), settings.wireFormat),
	);
}

/** @throws ApiError 404 when no dataset has the owner and the slug of the path */
export function datasetOf(
	{ params: { owner, slug } }: Call,
	datasets: Collection<StoredDataset>,
): StoredDataset {
	const found = datasets.list.find((each) => each.owner === owner && each.slug === slug);
	if (!found) throw notFound();
	return found;
}
