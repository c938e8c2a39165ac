import type { INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import type { Delivery, DeliveryStatus } from '../../shared/delivery';
import { eventTypeOf, statusOf } from '../../shared/delivery';
import {
	ALL_EVENTS,
	EVENT_CATALOGUE,
	isKnownEventType,
	readEventTypes,
	readKnownEventTypes,
} from '../../shared/eventCatalogue';
import { notUnderstood } from '../../shared/values';
import { customEvents, filterCollection, MOMENT_HINT } from '../fields';
import type { ItemRun } from '../operation';
import { collectionOf, given, momentReader } from '../parameters';
import { explainNothing, isEvery } from '../filterWords';
import { webhookIdOf, webhookLocator } from '../webhook/locator';

const withoutStatus: INodeProperties[] = [
	{
		displayName: 'Created After',
		name: 'createdAfter',
		type: 'dateTime',
		default: '',
		description:
			'Only deliveries created at or after this time. The search ends there, which saves requests.',
		builderHint: { propertyHint: MOMENT_HINT },
	},
	{
		displayName: 'Created Before',
		name: 'createdBefore',
		type: 'dateTime',
		default: '',
		description: 'Only deliveries created before this time',
		builderHint: { propertyHint: MOMENT_HINT },
	},
	{
		...customEvents,
		description: "Only deliveries of these event types, or of those under 'Event Types'",
	},
	{
		displayName: 'Event Types',
		name: 'eventType',
		type: 'multiOptions',
		default: [],
		description: 'Only deliveries of these event types',
		builderHint: {
			propertyHint:
				"A list of exact values, such as ['task.completed', 'export.failed']. Leave it out for all types.",
		},
		options: [...EVENT_CATALOGUE],
	},
	{ ...webhookLocator, description: 'Only deliveries to this webhook' },
];

const status: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	default: 'failed',
	description: 'Only deliveries with this status',
	options: [
		{ name: 'Delivered', value: 'delivered', description: 'The target responded with 2xx' },
		{ name: 'Failed', value: 'failed', description: 'The target did not accept it' },
		{ name: 'Pending', value: 'pending', description: 'Still being delivered or retried' },
	],
};

/** What deliveries can be narrowed to; Avala itself has no filter, so the node looks at each of them. */
export const deliveryFilters: INodeProperties = {
	...filterCollection,
	options: [...withoutStatus.slice(0, -1), status, ...withoutStatus.slice(-1)],
};

/** The same where all statuses have to be looked at. */
export const filtersWithoutStatus: INodeProperties = { ...deliveryFilters, options: withoutStatus };

/** The filters as they are compared with. */
export interface DeliveryFilters {
	webhookId?: string;
	/** In lower case; empty for all. */
	eventTypes: string[];
	status?: DeliveryStatus;
	/** Unix time in milliseconds. */
	createdAfter?: number;
	createdBefore?: number;
}

/** @param property the filters that the operation has */
export async function readFilters(
	run: ItemRun,
	property: INodeProperties,
): Promise<DeliveryFilters> {
	const names = (property.options ?? []).map(({ name }) => name);
	const fields = collectionOf(run, 'filters', 'Filters', names);
	const createdAfter = given(fields, 'createdAfter', momentReader(run, 'Created After'));
	const createdBefore = given(fields, 'createdBefore', momentReader(run, 'Created Before'));
	if (createdAfter !== undefined && createdBefore !== undefined && createdAfter >= createdBefore) {
		throw new UserError(
			`'Created After' (${new Date(createdAfter).toISOString()}) must be earlier than 'Created Before' (${new Date(createdBefore).toISOString()}): no delivery can be between them.`,
		);
	}
	const known = given(fields, 'eventType', (value) =>
		readKnownEventTypes('Event Types', value, 'Custom Event Types'),
	);
	const custom = given(fields, 'customEvents', (value) =>
		readEventTypes('Custom Event Types', value),
	);
	const isEveryType = known?.length === 0 || custom?.includes(ALL_EVENTS) === true;
	return {
		webhookId: await given(fields, 'webhookId', async (value) =>
			isEvery(value) ? undefined : await webhookIdOf(run, value),
		),
		eventTypes: isEveryType
			? []
			: [...(known ?? []), ...(custom ?? [])].map((type) => type.toLowerCase()),
		status: given(fields, 'status', readStatus),
		createdAfter,
		createdBefore,
	};
}

function readStatus(value: unknown): DeliveryStatus | undefined {
	if (isEvery(value)) return undefined;
	const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (text === 'delivered' || text === 'success') return 'delivered';
	if (text === 'failed' || text === 'pending') return text;
	throw notUnderstood('Status', 'delivered, failed, pending or all', value);
}

export function isFiltered({ eventTypes, ...others }: DeliveryFilters): boolean {
	return eventTypes.length > 0 || Object.values(others).some((value) => value !== undefined);
}

/** Whether a delivery passes all filters but those by time. */
export function matches(
	delivery: Delivery,
	{ webhookId, eventTypes, status }: DeliveryFilters,
): boolean {
	return (
		(webhookId === undefined || delivery.webhook_uid === webhookId) &&
		(eventTypes.length === 0 || eventTypes.includes(eventTypeOf(delivery).toLowerCase())) &&
		(status === undefined || statusOf(delivery) === status)
	);
}

/** Under Event Types unknown ones are refused; under Custom Event Types they are what it is for. */
export function explainNoDeliveries(
	run: ItemRun,
	count: number,
	{ eventTypes }: DeliveryFilters,
): void {
	const custom = eventTypes.filter((type) => !isKnownEventType(type));
	const name = 'Custom Event Types';
	explainNothing(
		run,
		count,
		custom.map((word) => ({ name, word, known: EVENT_CATALOGUE })),
	);
}
