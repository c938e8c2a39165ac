import type { IDataObject } from 'n8n-workflow';

import { causeOf, hasFailed, normaliseDelivery, statusOf } from '../../shared/delivery';
import { textOf } from '../../shared/values';
import { DELIVERIES } from '../../transport/paths';
import { undefinedOnStatus } from '../../transport/request';
import { filtersProperty, readFilters } from '../filters';
import { explainNothing, hintAtMore } from '../getMany';
import { idField } from '../locator';
import type { ItemRun, Operation, Resource } from '../operation';
import { itemsOf } from '../operation';
import type { OutputForms } from '../output';
import { limit, returnAll, wantedCount } from '../parameters';
import { readOperations } from '../usualOperations';
import { deliveryFilters, eachDelivery, filtersWithoutStatus, NEWEST_FIRST } from './filters';
import { getHealth } from './getHealth.operation';
import { MissedEvents } from './missed';
import { recover, unrecoverable } from './recover';

/** The ten fields that tell what became of an event, by the same names and statuses in every wire format. */
function simplifyDelivery(sent: IDataObject): IDataObject {
	const delivery = normaliseDelivery(sent);
	return {
		uid: delivery.uid,
		webhook_uid: delivery.webhook_uid,
		event_type: delivery.event_type,
		status: statusOf(delivery),
		response_status_code: delivery.response_status_code,
		response_body: delivery.response_body,
		attempt_count: delivery.attempt_count,
		error_message: hasFailed(delivery)
			? causeOf(delivery)
			: (textOf(delivery.error_message) ?? null),
		next_retry_at: delivery.next_retry_at ?? null,
		created_at: delivery.created_at,
	};
}

/** All that Avala sent, with what has other names elsewhere under the names of the guide beside it. */
function completeDelivery(sent: IDataObject): IDataObject {
	const delivery = normaliseDelivery(sent);
	const { error_message: message } = delivery;
	const isReadable = message === null || typeof message === 'string';
	return isReadable && hasFailed(delivery)
		? { ...delivery, error_message: causeOf(delivery) }
		: delivery;
}

export const deliveryForms: OutputForms = {
	simplify: simplifyDelivery,
	complete: completeDelivery,
	fields: [...Object.keys(simplifyDelivery({})), 'payload'],
};

const { get, getAll } = readOperations({
	collection: DELIVERIES,
	id: {
		deliveryId: idField(DELIVERIES, 'Delivery ID', {
			description:
				"The ID of the delivery, which is 'uid' in the output of Get Many and Get Health",
			hint: 'The uid of a delivery: {{ $json.uid }} behind Delivery Get Many, {{ $json.recent_failures[0].uid }} behind Get Health, {{ $json.delivery_id }} behind the Avala Trigger.',
		}),
	},
	forms: deliveryForms,
	filters: deliveryFilters,
	query: NEWEST_FIRST,
	normalise: normaliseDelivery,
	getDescription: 'Look up one delivery: its event, its attempts and how the target responded',
	getAllDescription: 'List deliveries, newest first; filter by status, event type, webhook or time',
});

const getMissedEvents: Operation = {
	name: 'Get Missed Events',
	value: 'getMissedEvents',
	action: 'Get missed events',
	description: 'Recover events whose deliveries failed for good, as the Avala Trigger gives them',
	properties: [
		{ ...returnAll, default: true },
		{ ...limit, description: 'Max number of results to return. The oldest ones are returned.' },
		filtersProperty(
			filtersWithoutStatus,
			"Optional, but set at least 'Created After', the start of the outage, and the webhook of your workflow. Where Avala keeps what it sent with each delivery, events come back whole; elsewhere an event comes back if its delivery names a task, export, project or dataset that can be read.",
		),
	],
	async execute(run) {
		const wanted = wantedCount(run);
		const narrowing = await readFilters(run, filtersWithoutStatus);
		const { createdBefore } = narrowing;
		const key = ['getMissedEvents', wanted, narrowing.values];
		const { events, hasMore, found, looked } = await run.once(key, async () => {
			const missedEvents = new MissedEvents(Date.now());
			// A delivery after `createdBefore` can show that an earlier event has arrived after all.
			const options = { wanted: Infinity, narrowing: { ...narrowing, createdBefore: Infinity } };
			const counts = await eachDelivery(run, options, missedEvents);
			const missed = missedEvents.list(createdBefore);
			const recovered: IDataObject[] = [];
			for (const one of missed.slice(0, wanted)) {
				const recovering = undefinedOnStatus([500], recover(run.connection, one));
				recovered.push((await recovering) ?? unrecoverable(one.delivery));
			}
			return { events: recovered, hasMore: missed.length > wanted, ...counts };
		});
		if (found === 0) await explainNothing(run, filtersWithoutStatus, narrowing, looked);
		if (hasMore) hintAtMore(run, wanted, 'missed events');
		hintAtUnrecoverable(run, events);
		return itemsOf(events);
	},
};

function hintAtUnrecoverable(run: ItemRun, events: IDataObject[]): void {
	const count = events.filter(({ recoverable }) => recoverable === false).length;
	if (count === 0) return;
	run.hint(
		`${count === 1 ? '1 event' : `${count} events`} cannot be recovered: Avala kept no payload with the delivery. Look up what happened by 'type', 'created_at' and 'delivery_id'.`,
	);
}

export const delivery: Resource = {
	name: 'Delivery',
	value: 'delivery',
	description: 'One event on its way to one webhook, with its attempts',
	operations: [get, getHealth, getAll, getMissedEvents],
};
