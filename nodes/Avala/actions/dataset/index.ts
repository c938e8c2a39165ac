import { UserError } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import { collectionOf, DATASETS, isId, one } from '../../transport/paths';
import { quote } from '../../transport/quote';
import { avalaEntry, avalaObject } from '../../transport/request';
import type { Field, KnownWords } from '../fields';
import { labelled } from '../fields';
import { partFilter, wordFilter } from '../filters';
import { locatorField, namedChoice } from '../locator';
import type { Operation, Resource } from '../operation';
import { itemsOf } from '../operation';
import { formsOf, outputOf, outputProperties } from '../output';
import { listIn, placeProperties } from '../parameters';
import { getAllOperation, readOperations } from '../usualOperations';

export const datasetLocator = locatorField(DATASETS, {
	hint: 'The uid of a dataset (mode id), as Dataset Get Many gives it, or resource_uid of a dataset event. A name or a slug is not an ID.',
	choices: (dataset) =>
		namedChoice(dataset, { more: idOf(dataset.data_type), searched: idOf(dataset.slug) }),
});

/**
 * Picks what lies below a dataset. Avala has that under its owner and slug, such as `ann/street`, which
 * are looked up, once for all items: unlike the ID they change when a dataset is transferred.
 */
export const datasetPath: Field<string> = {
	...datasetLocator,
	read: async (value, run) => {
		const uid = (await datasetLocator.read(value, run)) ?? '';
		return await run.once(['datasetPath', uid], async () => {
			const endpoint = one(DATASETS, uid);
			const dataset = await avalaEntry(run.connection, { method: 'GET', endpoint });
			const owner = idOf(dataset.owner_name) ?? idOf(dataset.owner);
			const slug = idOf(dataset.slug);
			for (const [name, part] of Object.entries({ owner, slug })) {
				if (part !== undefined && isId(part)) continue;
				const problem =
					part === undefined
						? 'Avala did not send it'
						: `it is "${quote(part, run.connection.secrets)}" in Avala`;
				throw new UserError(`The ${name} of ${endpoint.subject} cannot be used: ${problem}.`, {
					description:
						'Avala has what belongs to a dataset under its owner and slug. Check both in Avala.',
				});
			}
			return `${owner}/${slug}`;
		});
	},
};

const DATA_TYPES: KnownWords = [
	{ name: '3D Image', value: 'image_3d' },
	...labelled('image', 'lidar'),
	{ name: 'MCAP', value: 'mcap' },
	...labelled('splat', 'video'),
];

const STATUSES = labelled('created', 'creating');
const VISIBILITIES = labelled('private', 'public', 'unlisted');

export const DATASET_ITEMS = collectionOf('dataset item', 'item_1a2b3c4d', {
	path: '/datasets/{dataset}/items/',
	permissions: 'datasets',
});

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
		dataType: wordFilter('datasets', 'data_type', DATA_TYPES, 'image'),
		name: partFilter(
			'Name',
			['name', 'slug'],
			{ placeholder: 'e.g. street', description: 'Only datasets whose name contains this text' },
			'name',
		),
		status: wordFilter('datasets', 'status', STATUSES, 'created'),
		visibility: wordFilter('datasets', 'visibility', VISIBILITIES, 'private'),
	},
	getDescription: 'Look up one dataset: its type, its status and how many items it has',
	getAllDescription: 'List the datasets of the account; filter by type, name, status or visibility',
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
			['annotations', 'thumbnails', 'video_thumbnail'],
		),
	},
	'List the files of a dataset with their links, which may be short-lived',
	{ name: 'Get Items', value: 'getItems' },
);

const HEALTH = {
	collection: { ...DATASETS, path: '/datasets/{dataset}/health/', plural: 'health' },
	parent: { datasetId: datasetPath },
};

const HEALTH_FORMS = formsOf(
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
	['is_sequence', 'sequences', 's3_prefix', 'gc_storage_prefix'],
);

const getHealth: Operation = {
	name: 'Get Health',
	value: 'getHealth',
	action: 'Get dataset health',
	description: 'Check what has arrived in a dataset: counts, and what went wrong on the way',
	properties: [...placeProperties(HEALTH), ...outputProperties(HEALTH_FORMS)],
	async execute(run) {
		const { show } = outputOf(run, HEALTH_FORMS);
		const endpoint = await listIn(run, HEALTH);
		return itemsOf([show(await avalaObject(run.connection, { method: 'GET', endpoint }))]);
	},
};

export const dataset: Resource = {
	name: 'Dataset',
	value: 'dataset',
	description: 'Images, videos or point clouds that are annotated',
	operations: [get, getHealth, getItems, getAll],
	locators: [datasetLocator],
};
