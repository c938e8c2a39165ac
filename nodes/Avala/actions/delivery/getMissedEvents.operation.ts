import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { wasMissed, wasReceived } from '../../shared/delivery';
import type { AvalaEvent } from '../../shared/event';
import { normaliseEvent } from '../../shared/event';
import { limit, missedEventFilters, returnAll } from '../../shared/fields';
import { isObject } from '../../shared/types';
import type { Operation } from '../operation';
import { wantedCount } from '../parameters';
import type { DeliveryFilters } from './walk';
import { readFilters, sharedWalk, walkDeliveries } from './walk';

export const getMissedEvents: Operation = {
	option: {
		name: 'Get Missed Events',
		value: 'getMissedEvents',
		action: 'Get missed events',
		description:
			'Recover the events whose deliveries have failed for good, or met n8n while it was starting, as the items that the Avala Trigger would have given, each once and the oldest first; for example after n8n was down',
	},
	properties: [
		returnAll,
		{ ...limit, description: 'Max number of results to return. The oldest ones are returned.' },
		missedEventFilters,
	],
	async execute(run) {
		const wanted = wantedCount(run);
		const narrowed = await readFilters(run);
		return await sharedWalk(run, 'getMissedEvents', wanted, narrowed, async () => {
			// A later delivery that went well may lie beyond `createdBefore`, and tells all the same.
			const pages = walkDeliveries(run, { ...narrowed, createdBefore: undefined }, Infinity);
			return (await missedEvents(pages, narrowed)).slice(0, wanted);
		});
	},
};

/** Sorts out what never arrived. The deliveries come newest first; the events go oldest first. */
async function missedEvents(
	pages: AsyncIterable<Delivery[]>,
	{ createdBefore = Infinity }: DeliveryFilters,
): Promise<IDataObject[]> {
	const delivered = new Set<string>();
	const missed = new Map<string, IDataObject>();
	for await (const page of pages) {
		for (const delivery of page) {
			const event = eventOf(delivery);
			const key = event ? keyOf(event, delivery) : delivery.uid;
			const target = `${delivery.webhook_uid ?? ''} ${key}`;
			if (wasReceived(delivery)) delivered.add(target);
			else if (
				wasMissed(delivery) &&
				!delivered.has(target) &&
				Date.parse(delivery.created_at) < createdBefore
			) {
				// Deleting first moves a repeated event to its oldest delivery.
				missed.delete(key);
				missed.set(key, event ? { ...event, recovered: true } : unrecoverable(delivery));
			}
		}
	}
	return [...missed.values()].reverse();
}

function eventOf(delivery: Delivery): AvalaEvent | undefined {
	const payload = payloadOf(delivery.payload);
	return (
		payload && normaliseEvent(payload, { type: delivery.event_type, deliveryId: delivery.uid })
	);
}

function payloadOf(payload: unknown): IDataObject | undefined {
	if (isObject(payload)) return payload;
	if (typeof payload !== 'string') return undefined;
	try {
		const parsed: unknown = JSON.parse(payload);
		return isObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/** The event's own id; where it has none but that of the delivery, what it says. */
function keyOf({ id, type, data }: AvalaEvent, { uid }: Delivery): string {
	if (id !== uid) return id;
	return createHash('sha256')
		.update(JSON.stringify([type, data]))
		.digest('base64');
}

function unrecoverable(delivery: Delivery): IDataObject {
	const { uid, webhook_uid, event_type, created_at, error_message } = delivery;
	return {
		id: null,
		type: event_type,
		created_at,
		data: null,
		delivery_id: uid,
		webhook_uid,
		error_message,
		recoverable: false,
	};
}
