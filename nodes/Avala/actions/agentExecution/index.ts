import { isObject, projectsIn, textOf } from '../../shared/values';
import { PROJECTS } from '../../transport/paths';
import { agentLocator, taskTypesField } from '../agent';
import type { KnownWords } from '../fields';
import { isWord } from '../fields';
import type { Filter } from '../filters';
import { idFilter, wordFilter } from '../filters';
import type { Resource } from '../operation';
import { formsOf } from '../output';
import { projectLocator } from '../project';
import { getAllOperation } from '../readOperations';
import { decide, EXECUTIONS } from './decide.operation';

const STATUSES: KnownWords = [
	{ name: 'Pending', value: 'pending', description: 'It waits for a decision' },
	{ name: 'Running', value: 'running' },
	{ name: 'Success', value: 'success', description: 'It was decided' },
];

const taskTypes: Filter<string[]> = {
	...taskTypesField('Only executions about tasks of these types'),
	passes: ({ event_payload: event }, wanted) => {
		const type = isObject(event) ? textOf(event.task_type) : undefined;
		return type === undefined || wanted.some((word) => isWord(word, type));
	},
};

const getAll = getAllOperation(
	{
		collection: EXECUTIONS,
		parent: { agentId: agentLocator },
		forms: formsOf(
			[
				'uid',
				'registration',
				'event_type',
				'task',
				'result',
				'status',
				'action',
				'event_payload',
				'error_message',
				'created_at',
			],
			{ further: ['response_payload', 'started_at', 'completed_at', 'updated_at'] },
		),
		filters: {
			projectId: idFilter(
				projectLocator,
				{ sentAs: 'project', collection: PROJECTS },
				'Only executions about this project',
				({ event_payload: event }) => (isObject(event) ? projectsIn(event) : []),
			),
			status: wordFilter('Status', 'status', STATUSES, {
				default: 'pending',
				description: 'Only executions with this status: those that are pending wait for a decision',
			}),
			taskTypes,
		},
	},
	{ description: 'List what an agent is asked about, for example what waits for a decision' },
);

export const agentExecution: Resource = {
	option: {
		name: 'Agent Execution',
		value: 'agentExecution',
		description: 'One question to an agent, such as a submitted result, and the decision on it',
	},
	operations: [decide, getAll],
};
