import type { Collection } from '../../transport/paths';
import { DATASETS } from '../../transport/paths';
import type { KnownWords } from '../fields';
import { partFilter, wordFilter } from '../filters';
import type { Resource } from '../operation';
import { formsOf } from '../output';
import { getAllOperation, readOperations } from '../readOperations';
import { getHealth } from './getHealth.operation';
import { datasetLocator, datasetPath, searchDatasets } from './locator';

const DATA_TYPES: KnownWords = [
	{ name: '3D Image', value: 'image_3d' },
	{ name: 'Image', value: 'image' },
	{ name: 'Lidar', value: 'lidar' },
	{ name: 'MCAP', value: 'mcap' },
	{ name: 'Splat', value: 'splat' },
	{ name: 'Video', value: 'video' },
];

const STATUSES: KnownWords = [
	{ name: 'Created', value: 'created' },
	{ name: 'Creating', value: 'creating' },
];

const VISIBILITIES: KnownWords = [
	{ name: 'Private', value: 'private' },
	{ name: 'Public', value: 'public' },
	{ name: 'Unlisted', value: 'unlisted' },
];

export const DATASET_ITEMS: Collection = {
	path: '/datasets/{dataset}/items/',
	noun: 'dataset item',
	plural: 'dataset items',
	example: 'item_1a2b3c4d',
	permissions: DATASETS.permissions,
};

const { get, getAll } = readOperations({
	collection: DATASETS,
	id: { datasetId: datasetLocator },
	forms: formsOf([
		'uid',
		'name',
		'slug',
		['owner', 'owner_name'],
		'item_count',
		'data_type',
		'status',
		'visibility',
		'created_at',
		'updated_at',
	]),
	filters: {
		dataType: wordFilter('Data Type', 'data_type', DATA_TYPES, {
			default: 'image',
			description:
				'Only datasets with this type of data. Use an expression for a type that is not in the list.',
		}),
		name: partFilter(
			'Name',
			['name', 'slug'],
			{
				placeholder: 'e.g. street',
				description: 'Only datasets whose name contains this text',
			},
			'name',
		),
		status: wordFilter('Status', 'status', STATUSES, {
			default: 'created',
			description:
				'Only datasets with this status. Use an expression for a status that is not in the list.',
		}),
		visibility: wordFilter('Visibility', 'visibility', VISIBILITIES, {
			default: 'private',
			description: 'Only datasets that are private, public or unlisted',
		}),
	},
	descriptions: {
		get: 'Look up one dataset: its type, its status and how many items it has',
		getAll: 'List the datasets of the account; filter by type, name, status or visibility',
	},
});

const getItems = getAllOperation(
	{
		collection: DATASET_ITEMS,
		parent: { datasetId: datasetPath },
		forms: formsOf(
			[
				'uid',
				'key',
				'dataset',
				['url', 'data_url'],
				'metadata',
				'related_sequence_uid',
				'is_hidden',
				'created_at',
				'updated_at',
			],
			{ further: ['annotations', 'thumbnails', 'video_thumbnail'] },
		),
	},
	{
		name: 'Get Items',
		value: 'getItems',
		description: 'List the files of a dataset with their links, which may be short-lived',
	},
);

export const dataset: Resource = {
	option: {
		name: 'Dataset',
		value: 'dataset',
		description: 'Images, videos or point clouds that are annotated',
	},
	operations: [get, getHealth, getItems, getAll],
	listSearch: { searchDatasets },
};
