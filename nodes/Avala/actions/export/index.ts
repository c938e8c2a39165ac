import type { Resource } from '../operation';
import { create } from './create.operation';
import { download } from './download.operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { searchExports } from './locator';

export const exportResource: Resource = {
	option: {
		name: 'Export',
		value: 'export',
		description: 'A file with the annotations of a project or a dataset',
	},
	operations: [create, download, get, getAll],
	listSearch: { searchExports },
};
