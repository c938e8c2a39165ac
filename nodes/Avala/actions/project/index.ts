import type { Resource } from '../operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { searchProjects } from './locator';

export const project: Resource = {
	option: {
		name: 'Project',
		value: 'project',
		description: 'What tasks belong to: the annotation of some data by some rules',
	},
	operations: [get, getAll],
	listSearch: { searchProjects },
};
