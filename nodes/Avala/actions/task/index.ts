import type { Resource } from '../operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';

export const task: Resource = {
	option: {
		name: 'Task',
		value: 'task',
		description: 'One piece of annotation work in a project',
	},
	operations: [get, getAll],
};
