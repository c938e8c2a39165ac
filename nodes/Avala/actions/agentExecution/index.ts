import { UserError } from 'n8n-workflow';

import { booleanOf, isObject, projectsIn, textOf } from '../../shared/values';
import type { Collection } from '../../transport/paths';
import { all, collectionOf } from '../../transport/paths';
import { quote } from '../../transport/quote';
import { avalaRequest, toEntry } from '../../transport/request';
import { agentLocator, taskTypesField } from '../agent';
import type { KnownWords } from '../fields';
import { choiceField, isWord, optional, textField } from '../fields';
import type { Filter } from '../filters';
import { idFilter, wordFilter } from '../filters';
import { idField } from '../locator';
import type { Operation, Resource } from '../operation';
import { itemsOf } from '../operation';
import { formsOf } from '../output';
import { parameterOf, propertiesOf, readParameters, sentOf } from '../parameters';
import { projectLocator } from '../project';
import { getAllOperation } from '../usualOperations';

const EXECUTIONS = collectionOf('execution', 'exec_1a2b3c4d', {
	path: '/agents/{agent}/executions/',
	permissions: 'agents',
});

const DECISIONS: Collection = { ...EXECUTIONS, path: '/agent-actions/' };

const PARAMETERS = {
	executionId: idField(EXECUTIONS, 'Execution ID', {
		description: "The ID of the execution, which is 'uid' in the output of Get Many",
		hint: 'The uid of an execution: {{ $json.uid }} behind Agent Execution Get Many. The uid of a task or a result does not work.',
		sentAs: 'execution',
	}),
	decision: {
		...choiceField(
			'Decision',
			[
				{ name: 'Approve', value: 'approve', description: 'The result goes on in Avala' },
				{ name: 'Flag', value: 'flag', description: 'Someone reviews it in Avala' },
				{
					name: 'Reject',
					value: 'reject',
					description: 'It goes back to the annotator, who sees the reason',
				},
				{ name: 'Skip', value: 'skip', description: 'It has no effect' },
			],
			{
				// A decision that nobody chose has no effect.
				default: 'skip',
				description: 'What to do with the execution',
				hint: 'approve, flag, reject or skip. It takes effect at once and cannot be taken back: use it only as a person or a clear rule says.',
			},
		),
		sentAs: 'action',
	},
};

const REASON = {
	reason: optional(
		textField('Reason', 'reason', {
			placeholder: 'e.g. The box is too wide',
			description:
				'Optional. The reason for the decision; the annotator sees it when a result is rejected.',
		}),
	),
};

const decide: Operation = {
	name: 'Decide',
	value: 'decide',
	action: 'Decide on agent execution',
	description:
		'Approve, reject, flag or skip what an agent was asked about; it takes effect at once',
	properties: [...propertiesOf(PARAMETERS, { required: true }), ...propertiesOf(REASON)],
	async execute(run) {
		const given = await readParameters(run, PARAMETERS);
		const reason = await REASON.reason.read(parameterOf(run, 'reason', '') ?? '', run);
		const endpoint = { ...all(DECISIONS), subject: `execution ${given.executionId}` };
		const { value: sent } = await avalaRequest(run.connection, {
			method: 'POST',
			endpoint,
			body: { ...sentOf(PARAMETERS, given), ...sentOf(REASON, { reason }) },
		});
		// What Avala responds is not documented.
		const said = isObject(sent) ? toEntry(sent) : {};
		if (booleanOf(said.success) === false) {
			const words = quote(said.error ?? said.message ?? said.detail, run.connection.secrets);
			throw new UserError(`Avala did not take the decision on ${endpoint.subject}.`, {
				description:
					`${words} Look at the execution in Avala: it may have been decided before.`.trim(),
			});
		}
		const decided = { ...given, success: true };
		return itemsOf([{ ...decided, ...said, ...decided }]);
	},
};

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
			['response_payload', 'started_at', 'completed_at', 'updated_at'],
		),
		filters: {
			projectId: idFilter(
				projectLocator,
				'project',
				'Only executions about this project',
				({ event_payload: event }) => (isObject(event) ? projectsIn(event) : []),
			),
			status: wordFilter('executions', 'status', STATUSES, 'pending'),
			taskTypes,
		},
	},
	'List what an agent is asked about, for example what waits for a decision',
);

export const agentExecution: Resource = {
	name: 'Agent Execution',
	value: 'agentExecution',
	description: 'One question to an agent, such as a submitted result, and the decision on it',
	operations: [decide, getAll],
};
