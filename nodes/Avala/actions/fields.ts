import type { INodeProperties } from 'n8n-workflow';

import { ALL_EVENTS, EVENT_CATALOGUE } from '../shared/eventCatalogue';
import { notUnderstood, readBoolean } from '../shared/values';
import type { ItemRun } from './operation';
import { isTool } from './operation';
import { parameterOf } from './parameters';

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	displayOptions: { show: { returnAll: [false] } },
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
};

export const webhookEvents: INodeProperties = {
	displayName: 'Event Types',
	name: 'events',
	type: 'multiOptions',
	default: [],
	description: 'What Avala sends to the webhook',
	options: [
		{
			name: 'All Event Types',
			value: ALL_EVENTS,
			description: 'All types below that your Avala server supports. Do not select others.',
		},
		...EVENT_CATALOGUE,
	],
};

export const customEvents: INodeProperties = {
	displayName: 'Custom Event Types',
	name: 'customEvents',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Event Type' },
	// With a list as its default, n8n adds the field with an empty list as its only entry.
	default: '',
	placeholder: 'e.g. task.submitted',
	description:
		'Event types that the list lacks, written as Avala writes them. Avala refuses a type that it does not know.',
};

/** Whether custom event types were added in this collection, so that no others need be selected. */
export const withCustomEvents = (collection: string) => ({
	[`/${collection}.customEvents`]: [{ _cnd: { exists: true as const } }],
});

/** As n8n's own nodes have it: a switch for people, a choice for AI agents. */
export const simplifyFields: INodeProperties[] = [
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		displayOptions: { hide: { '@tool': [true] } },
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		displayOptions: { show: { '@tool': [true] } },
		default: 'simplified',
		description: 'How much of what Avala sent to return',
		options: [
			{ name: 'Simplified', value: 'simplified', description: 'The most useful fields' },
			{ name: 'Raw', value: 'raw', description: 'All fields that Avala sent' },
		],
	},
];

/** Whether the output is to be simplified; an AI agent's choice counts where the node is its tool. */
export function isSimplified(run: ItemRun): boolean {
	const output = isTool(run.context) ? parameterOf(run, 'output', 'simplified') : undefined;
	if (output === undefined) return readBoolean('Simplify', parameterOf(run, 'simplify', true));
	const word = typeof output === 'string' ? output.trim().toLowerCase() : output;
	if (word === 'simplified' || word === 'raw') return word === 'simplified';
	throw notUnderstood('Output', 'simplified or raw', output);
}
