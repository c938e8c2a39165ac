import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import type { Resource, StoredDataset } from '../resources/resourceRecords';
import { shownDataset } from '../wire/resources';
import { uidFor } from '../wireFormat';
import { notFound } from './errors';
import { filterOf, pageOf } from './pages';

const READ = { config: { scope: 'datasets.read' } } as const;
const ITEMS_PER_SEQUENCE = 100;

interface BySlug {
	Params: { owner: string; slug: string };
}

/** `/datasets/`, with the items and the health report of each. */
export function mountDatasets(server: FastifyInstance, { settings, store }: Context): void {
	const findBySlug = ({ owner, slug }: BySlug['Params']): StoredDataset => {
		const found = store.datasets.list.find((each) => each.owner === owner && each.slug === slug);
		if (!found) throw notFound();
		return found;
	};

	server.get('/datasets/', READ, async (request) => {
		const dataType = filterOf(request, 'data_type');
		const name = filterOf(request, 'name')?.toLowerCase();
		const status = filterOf(request, 'status');
		const visibility = filterOf(request, 'visibility');
		return pageOf(request, settings, {
			list: store.datasets.list,
			show: (dataset) => shownDataset(dataset, settings.wireFormat),
			matches: (dataset) =>
				dataset.dataType === (dataType ?? dataset.dataType) &&
				dataset.name.toLowerCase().includes(name ?? '') &&
				dataset.status === (status ?? dataset.status) &&
				dataset.visibility === (visibility ?? dataset.visibility),
		});
	});
	server.get<{ Params: { uid: string } }>('/datasets/:uid/', READ, async ({ params: { uid } }) => {
		const dataset = store.datasets.get(uid);
		if (!dataset) throw notFound();
		return shownDataset(dataset, settings.wireFormat);
	});
	server.get<BySlug>('/datasets/:owner/:slug/items/', READ, async (request) => {
		const dataset = findBySlug(request.params);
		const list = Array.from({ length: dataset.itemCount }, (_, index) => ({
			uid: uidFor('ds', `${dataset.uid} item ${index}`, settings.wireFormat),
			index,
		}));
		return pageOf(request, settings, { list, show: (item) => shownItem(item, dataset) });
	});
	server.get<BySlug>('/datasets/:owner/:slug/health/', READ, async ({ params }) => {
		const { uid, itemCount, dataType, status, issues } = findBySlug(params);
		const hasSequences = dataType !== 'image';
		return {
			dataset: uid,
			item_count: itemCount,
			sequence_count: hasSequences ? Math.ceil(itemCount / ITEMS_PER_SEQUENCE) : 0,
			ingest_ok: status === 'created' && issues.length === 0,
			issues,
		};
	});
}

function shownItem(
	{ uid, index }: { uid: string; index: number },
	dataset: StoredDataset,
): Resource {
	const name = `${dataset.slug}-${String(index + 1).padStart(5, '0')}`;
	return {
		uid,
		key: `${name}${dataset.dataType === 'image' ? '.jpg' : ''}`,
		dataset: dataset.uid,
		created_at: dataset.createdAt,
		updated_at: dataset.createdAt,
	};
}
