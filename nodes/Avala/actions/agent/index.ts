import { ALL_EVENTS, EVENT_CATALOGUE, readEventTypes } from '../../shared/eventCatalogue';
import { booleanOf } from '../../shared/values';
import { collectionOf } from '../../transport/paths';
import { activeField, describedAs, labelled, textField, wordsField } from '../fields';
import { locatorField, namedChoice } from '../locator';
import type { Resource } from '../operation';
import { formsOf } from '../output';
import { projectLocator } from '../project';
import { createOperation, deleteOperation, getAllOperation } from '../usualOperations';

const AGENTS = collectionOf('agent', 'agent_1a2b3c4d', { permissions: 'agents' });

/** Avala asks agents about no others. */
const ASKED_ABOUT = [
	'task.completed',
	'export.completed',
	'export.failed',
	'dataset.created',
	'dataset.deleted',
	'dataset.updated',
	'result.accepted',
	'result.rejected',
	'result.submitted',
];
const EVENTS = EVENT_CATALOGUE.filter(({ value }) => ASKED_ABOUT.includes(value));

const TASK_TYPES = labelled(
	'image-annotation',
	'point-cloud-annotation',
	'point-cloud-objects',
	'video-annotation',
);

export const agentLocator = locatorField(AGENTS, {
	hint: 'The uid of an agent (mode id), as Agent Get Many gives it. A name is not an ID.',
	// One that is not asked any more is marked.
	choices: (agent) =>
		namedChoice(agent, { more: booleanOf(agent.is_active) === false ? 'inactive' : undefined }),
});

/** The types of tasks that an agent is asked about. */
export const taskTypesField = (description: string) =>
	wordsField('Task Types', 'task_types', TASK_TYPES, {
		description,
		hint: "A list of exact values, such as ['image-annotation']",
	});

const create = createOperation({
	collection: AGENTS,
	fields: {
		name: textField('Name', 'name', {
			placeholder: 'e.g. Review in chat',
			description: 'How the agent is called in Avala',
			hint: 'Look with Agent Get Many first: Avala may make a second agent of the same name.',
		}),
		events: {
			...wordsField('Event Types', 'events', EVENTS, {
				description: 'What Avala asks the agent about: each one becomes an execution',
				hint: "The exact values of this list, such as ['result.submitted']",
			}),
			read: (value: unknown) => {
				const types = readEventTypes('Event Types', value);
				return types.includes(ALL_EVENTS) ? ASKED_ABOUT : types;
			},
		},
	},
	additionalFields: {
		description: textField('Description', 'description', { description: 'What the agent is for' }),
		isActive: activeField('Whether Avala asks it from now on'),
		projectId: describedAs(projectLocator, 'The only project that it works for', 'project'),
		taskTypes: taskTypesField('The only types of tasks that it is asked about'),
	},
	description:
		'Add an agent that Avala asks about events; Agent Execution: Get Many gives what it is asked',
	fieldsDescription:
		'Optional. Without them the agent is active, for all projects and all types of tasks.',
});

const deleteAgent = deleteOperation(
	{ collection: AGENTS, id: { agentId: agentLocator } },
	'Delete an agent permanently, so that Avala asks it about nothing any more',
);

const getAll = getAllOperation(
	{
		collection: AGENTS,
		forms: formsOf(
			[
				'uid',
				'name',
				'description',
				'events',
				'is_active',
				'project',
				'task_types',
				'created_at',
				'updated_at',
			],
			['callback_url'],
		),
	},
	'List the agents of the account, with what each is asked about',
);

export const agent: Resource = {
	name: 'Agent',
	value: 'agent',
	description: 'Decides on results: Avala keeps its questions until a workflow fetches them',
	operations: [create, deleteAgent, getAll],
	locators: [agentLocator],
};
