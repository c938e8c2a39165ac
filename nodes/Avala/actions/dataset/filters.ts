import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import { filterCollection } from '../fields';
import type { ItemRun } from '../operation';
import { collectionOf, given } from '../parameters';
import type { KnownWords } from '../filterWords';
import { explainNothing, hasPart, isWord, readPart, readWord } from '../filterWords';

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
];

/** What datasets can be narrowed to, by Avala itself. */
export const datasetFilters: INodeProperties = {
	...filterCollection,
	options: [
		{
			displayName: 'Data Type',
			name: 'dataType',
			type: 'options',
			default: 'image',
			description:
				'Only datasets with this type of data. Use an expression for a type that is not in the list.',
			options: [...DATA_TYPES],
		},
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			placeholder: 'e.g. street',
			description: 'Only datasets whose name contains this text',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'options',
			default: 'created',
			description:
				'Only datasets with this status. Use an expression for a status that is not in the list.',
			options: [...STATUSES],
		},
		{
			displayName: 'Visibility',
			name: 'visibility',
			type: 'options',
			default: 'private',
			description: 'Only private datasets, or only public ones',
			options: [...VISIBILITIES],
		},
	],
};

export interface DatasetFilters {
	dataType?: string;
	name?: string;
	status?: string;
	visibility?: string;
}

export function readFilters(run: ItemRun): DatasetFilters {
	const names = ['dataType', 'name', 'status', 'visibility'];
	const fields = collectionOf(run, 'filters', 'Filters', names);
	return {
		dataType: given(fields, 'dataType', (value) => readWord('Data Type', value, DATA_TYPES)),
		name: given(fields, 'name', (value) => readPart('Name', value)),
		status: given(fields, 'status', (value) => readWord('Status', value, STATUSES)),
		visibility: given(fields, 'visibility', (value) => readWord('Visibility', value, VISIBILITIES)),
	};
}

/** How Avala is asked for them. */
export function queryOf(filters: DatasetFilters): Record<string, string> {
	const { dataType, name, status, visibility } = filters;
	return {
		...(dataType !== undefined && { data_type: dataType }),
		...(name !== undefined && { name }),
		...(status !== undefined && { status }),
		...(visibility !== undefined && { visibility }),
	};
}

/** A server that does not know a filter gives all datasets, so each is looked at again. */
export function matches(dataset: IDataObject, filters: DatasetFilters): boolean {
	const { dataType, name, status, visibility } = filters;
	const names = `${idOf(dataset.name) ?? ''} ${idOf(dataset.slug) ?? ''}`;
	return (
		(name === undefined || hasPart(names, name)) &&
		isWord(dataset.data_type, dataType) &&
		isWord(dataset.status, status) &&
		isWord(dataset.visibility, visibility)
	);
}

export function explainNoDatasets(run: ItemRun, count: number, filters: DatasetFilters): void {
	explainNothing(run, count, [
		{ name: 'Data Type', word: filters.dataType, known: DATA_TYPES },
		{ name: 'Status', word: filters.status, known: STATUSES },
		{ name: 'Visibility', word: filters.visibility, known: VISIBILITIES },
	]);
}
