import type { INodeProperties } from 'n8n-workflow';

import { ALL_EVENTS, EVENT_CATALOGUE } from './events';

/** Picks one webhook: from a searchable list, by its ID, or by its target URL. */
export const webhookLocator: INodeProperties = {
	displayName: 'Webhook',
	name: 'webhookId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'The webhook to work on',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a webhook…',
			typeOptions: { searchListMethod: 'searchWebhooks', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. wh_1a2b3c4d',
			hint: 'The uid that Avala gave the webhook',
		},
		{
			displayName: 'By Target URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://n8n.example.com/webhook/…',
			hint: 'The address that Avala delivers to; exactly one webhook must have it',
		},
	],
};

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
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	default: [],
	description: 'Event types that Avala sends to the webhook',
	options: [
		{ name: '*', value: ALL_EVENTS, description: 'Every event type in this list' },
		...EVENT_CATALOGUE,
	],
};

export const customEvents: INodeProperties = {
	displayName: 'Custom Events',
	name: 'customEvents',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Event Type' },
	default: [],
	placeholder: 'e.g. result.submitted',
	description:
		'Event types that the list of events lacks, written as Avala writes them. Avala refuses a type that it does not know.',
};

const deliveryFilterOptions: INodeProperties[] = [
	{
		displayName: 'Created After',
		name: 'createdAfter',
		type: 'dateTime',
		default: '',
		description:
			'Only deliveries made at or after this time. It also ends the search there, which saves requests.',
	},
	{
		displayName: 'Created Before',
		name: 'createdBefore',
		type: 'dateTime',
		default: '',
		description: 'Only deliveries made before this time',
	},
	{
		displayName: 'Event Types',
		name: 'eventType',
		type: 'multiOptions',
		default: [],
		description: 'Only deliveries of these event types. None means all.',
		options: [...EVENT_CATALOGUE],
	},
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		default: 'failed',
		description: 'Only deliveries in this state',
		options: [
			{ name: 'Delivered', value: 'delivered', description: 'The target has answered 2xx' },
			{ name: 'Failed', value: 'failed', description: 'The target did not accept it' },
			{ name: 'Pending', value: 'pending', description: 'Still being delivered or tried again' },
		],
	},
	{ ...webhookLocator, description: 'Only deliveries to this webhook' },
];

/** What deliveries can be narrowed to; Avala itself has no filter, so the node looks at each of them. */
export const deliveryFilters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: deliveryFilterOptions,
};

/** The same for missed events, whose status is given. */
export const missedEventFilters: INodeProperties = {
	...deliveryFilters,
	options: deliveryFilterOptions.filter(({ name }) => name !== 'status'),
};
