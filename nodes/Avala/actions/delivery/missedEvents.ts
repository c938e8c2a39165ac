import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { createdAt, eventTypeOf, outcomeOf } from '../../shared/delivery';
import type { AvalaEvent } from '../../shared/event';
import { isTestType, normaliseEvent } from '../../shared/event';
import { idOf, isObject } from '../../shared/values';
import { entryKey } from '../../transport/entry';
import type { FoundPage } from './list';

/** A delivery that never arrived, and the event that it carries, if it carries one. */
export interface Missed {
	delivery: Delivery;
	event?: AvalaEvent;
}

/**
 * Sorts out what never arrived at a webhook and will not be tried again. Test events do not count.
 *
 * @param pages deliveries, newest first
 * @param createdBefore later deliveries only tell what has arrived after all; Unix time in milliseconds
 * @returns each event once, the oldest first
 */
export async function findMissed(
	pages: AsyncIterable<FoundPage>,
	createdBefore: number,
	now: number,
): Promise<Missed[]> {
	/** How often an event has arrived at a webhook. */
	const arrived = new Map<string, number>();
	/** How often it was missed there: events may be alike in all that they carry. */
	const occurrences = new Map<string, number>();
	const missed = new Map<string, Missed>();
	for await (const { found } of pages) {
		for (const delivery of found) {
			const event = eventIn(delivery);
			const { key, isUnique } = event
				? keyOf(event, delivery)
				: { key: entryKey(delivery), isUnique: true };
			const place = `${idOf(delivery.webhook_uid) ?? ''} ${key}`;
			const outcome = outcomeOf(delivery, now);
			if (outcome === 'succeeded') increase(arrived, place);
			if (outcome !== 'failed' || (createdAt(delivery) ?? -Infinity) >= createdBefore) continue;
			if (event ? event.test : isTestType(eventTypeOf(delivery))) continue;
			if ((arrived.get(place) ?? 0) > 0) {
				if (!isUnique) increase(arrived, place, -1);
				continue;
			}
			const occurrence = isUnique ? 0 : increase(occurrences, place);
			// Deleting first moves an event that several webhooks missed to its oldest delivery.
			missed.delete(`${key} ${occurrence}`);
			missed.set(`${key} ${occurrence}`, { delivery, event });
		}
	}
	return [...missed.values()].reverse();
}

function increase(counts: Map<string, number>, key: string, by = 1): number {
	const count = (counts.get(key) ?? 0) + by;
	counts.set(key, count);
	return count;
}

function eventIn(delivery: Delivery): AvalaEvent | undefined {
	const payload = payloadOf(delivery);
	return (
		payload &&
		normaliseEvent(payload, { type: eventTypeOf(delivery), deliveryId: idOf(delivery.uid) })
	);
}

function payloadOf({ payload }: Delivery): IDataObject | undefined {
	if (isObject(payload)) return payload;
	if (typeof payload !== 'string') return undefined;
	try {
		const parsed: unknown = JSON.parse(payload);
		return isObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/** An event is known by the ID that Avala gave it; where it has none, by what it says. */
function keyOf(event: AvalaEvent, delivery: Delivery): { key: string; isUnique: boolean } {
	const { id, type, data } = event;
	if (payloadOf(delivery)?.id === id) return { key: id, isUnique: true };
	if (id !== delivery.uid) return { key: id, isUnique: false };
	const digest = createHash('sha256').update(JSON.stringify([type, data]));
	return { key: digest.digest('base64'), isUnique: false };
}
