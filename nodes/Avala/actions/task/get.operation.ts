import { readText } from '../../shared/values';
import { one, TASKS } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { isSimplified, simplifyFields } from '../fields';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { parameterOf } from '../parameters';
import { simplifyTask } from './simplify';

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
			description: 'The ID of the task: uid in an event about it and in the output of Get Many',
			builderHint: {
				propertyHint:
					'The uid of a task. Behind the Avala Trigger it is the expression {{ $json.data.uid }} of a task event.',
			},
		},
		...simplifyFields,
	],
	async execute(run) {
		const isSimple = isSimplified(run);
		const id = readText('Task ID', parameterOf(run, 'taskId', ''));
		const endpoint = one(TASKS, id, { parameter: 'Task ID' });
		const task = await avalaEntry(run.connection, { method: 'GET', endpoint });
		return itemsOf([isSimple ? simplifyTask(task) : task]);
	},
};
