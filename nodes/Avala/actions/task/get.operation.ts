import { readText } from '../../shared/values';
import { one, TASKS } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { parameterOf } from '../parameters';
import { taskForms } from './simplify';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get task',
		description: 'Look up one task: its type, its status and its project',
	},
	properties: [
		{
			displayName: 'Task ID',
			name: 'taskId',
			type: 'string',
			required: true,
			default: '',
			placeholder: `e.g. ${TASKS.example}`,
			description:
				"The ID of the task, which is 'uid' in an event about it and in the output of Get Many",
			builderHint: {
				propertyHint:
					'The uid of a task. Behind the Avala Trigger it is the expression {{ $json.data.uid }} of a task event.',
			},
		},
		...outputProperties(taskForms),
	],
	async execute(run) {
		const { show } = outputOf(run, taskForms);
		const id = readText('Task ID', parameterOf(run, 'taskId', ''));
		const endpoint = one(TASKS, id, { parameter: 'Task ID' });
		const task = await avalaEntry(run.connection, { method: 'GET', endpoint });
		return itemsOf([show(task)]);
	},
};
