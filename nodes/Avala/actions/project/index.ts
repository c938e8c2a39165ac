import type { Resource } from '../operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { searchProjects } from './locator';

export const project: Resource = {
	option: {
		name: 'Project',
		value: 'project',
		description: 'A set of annotation tasks that follow the same rules',
	},
	operations: [get, getAll],
	listSearch: { searchProjects },
};
