import type { INodePropertyOptions } from 'n8n-workflow';

import type { Delivery, DeliveryStatus } from '../../shared/delivery';
import { eventTypeOf, normaliseDelivery, statusOf } from '../../shared/delivery';
import {
	ALL_EVENTS,
	EVENT_CATALOGUE,
	FURTHER_TYPES,
	readEventTypes,
	readKnownEventTypes,
} from '../../shared/eventCatalogue';
import { textOf } from '../../shared/values';
import { all, DELIVERIES } from '../../transport/paths';
import { customEvents } from '../eventFields';
import { choiceField, propertyOf } from '../fields';
import type { Filter, Filters } from '../filters';
import { createdAfter, idFilter, momentField } from '../filters';
import type { WalkOptions } from '../getMany';
import { walk } from '../getMany';
import type { ItemRun } from '../operation';
import { webhookLocator } from '../webhook/locator';

export const NEWEST_FIRST = { ordering: '-created_at' };

const STATUSES: ReadonlyArray<INodePropertyOptions & { value: DeliveryStatus }> = [
	{ name: 'Delivered', value: 'delivered', description: 'The target responded with 2xx' },
	{ name: 'Failed', value: 'failed', description: 'The target did not accept it' },
	{ name: 'Pending', value: 'pending', description: 'Still being delivered or retried' },
];

/** A delivery passes when its event type is under either of the two parameters for them. */
const ofEventTypes = {
	group: 'event types',
	passes: (delivery, types) =>
		types.length === 0 ||
		types.includes(ALL_EVENTS) ||
		types.some((type) => type.toLowerCase() === eventTypeOf(delivery).toLowerCase()),
} satisfies Partial<Filter<string[]>>;

const eventType: Filter<string[]> = {
	property: propertyOf('Event Types', 'multiOptions', {
		default: [],
		description: 'Only deliveries of these event types',
		hint: "A list of exact values, such as ['task.completed', 'export.failed']. Leave it out for all types.",
		options: [...EVENT_CATALOGUE],
	}),
	read: (value) => readKnownEventTypes('Event Types', value, 'Custom Event Types'),
	...ofEventTypes,
};

const ofCustomTypes: Filter<string[]> = {
	property: {
		...customEvents,
		description: "Only deliveries of these event types, or of those under 'Event Types'",
	},
	known: [...EVENT_CATALOGUE, ...FURTHER_TYPES.map((value) => ({ name: value, value }))],
	read: (value) => readEventTypes('Custom Event Types', value),
	...ofEventTypes,
};

/** What deliveries can be narrowed to where all statuses have to be looked at; Avala itself has no filter. */
export const filtersWithoutStatus: Filters = {
	createdAfter: createdAfter('deliveries'),
	createdBefore: momentField('Created Before', 'Only deliveries created before this time'),
	customEvents: ofCustomTypes,
	eventType,
	webhookId: idFilter(
		webhookLocator,
		undefined,
		'Only deliveries to this webhook',
		({ webhook_uid: sent }) => [textOf(sent) ?? ''],
	),
};

const status: Filter<DeliveryStatus> = {
	...choiceField('Status', STATUSES, {
		default: 'failed',
		description: 'Only deliveries with this status',
	}),
	passes: (delivery, wanted) => statusOf(delivery) === wanted,
};

export const deliveryFilters: Filters = { ...filtersWithoutStatus, status };

/**
 * Hands over the deliveries that match, newest first.
 *
 * @returns how many matched, and how many were looked at for them
 */
export async function eachDelivery(
	{ connection }: ItemRun,
	options: Pick<WalkOptions, 'wanted' | 'narrowing'>,
	to: { add(delivery: Delivery): unknown },
): Promise<{ found: number; looked: number }> {
	const counts = { found: 0, looked: 0 };
	const pages = walk(connection, all(DELIVERIES), {
		...options,
		query: NEWEST_FIRST,
		normalise: normaliseDelivery,
	});
	for await (const page of pages) {
		for (const delivery of page.found) to.add(delivery);
		counts.found += page.found.length;
		counts.looked += page.looked;
	}
	return counts;
}
