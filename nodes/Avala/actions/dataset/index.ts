import type { Resource } from '../operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { searchDatasets } from './locator';

export const dataset: Resource = {
	option: {
		name: 'Dataset',
		value: 'dataset',
		description: 'Images, videos or point clouds that are annotated',
	},
	operations: [get, getAll],
	listSearch: { searchDatasets },
};
