import { DATASETS } from '../../transport/paths';
import { avalaObject } from '../../transport/request';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { formsOf, outputOf, outputProperties } from '../output';
import { listIn, placeProperties } from '../place';
import { datasetPath } from './locator';

const HEALTH = {
	collection: { ...DATASETS, path: '/datasets/{dataset}/health/', plural: 'health' },
	parent: { datasetId: datasetPath },
};

const FORMS = formsOf(
	[
		'dataset_uid',
		'dataset_slug',
		'dataset_status',
		'data_type',
		'item_count',
		'sequence_count',
		'total_frames',
		'ingest_ok',
		'issues',
		'last_updated_at',
	],
	{ further: ['is_sequence', 'sequences', 's3_prefix', 'gc_storage_prefix'] },
);

export const getHealth: Operation = {
	option: {
		name: 'Get Health',
		value: 'getHealth',
		action: 'Get dataset health',
		description: 'Check what has arrived in a dataset: counts, and what went wrong on the way',
	},
	properties: [...placeProperties(HEALTH), ...outputProperties(FORMS)],
	async execute(run) {
		const { show } = outputOf(run, FORMS);
		const endpoint = await listIn(run, HEALTH);
		return itemsOf([show(await avalaObject(run.connection, { method: 'GET', endpoint }))]);
	},
};
