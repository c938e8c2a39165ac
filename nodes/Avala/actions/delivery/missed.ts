import type { IDataObject } from 'n8n-workflow';

import type { Delivery, DeliveryOutcome } from '../../shared/delivery';
import { createdAt, eventTypeOf, outcomeOf } from '../../shared/delivery';
import type { AvalaEvent } from '../../shared/event';
import { isTestType, normaliseEvent } from '../../shared/event';
import { idKey, idOf, isObject } from '../../shared/values';
import { parseJson } from '../../transport/errorBody';

/** A delivery that never arrived, and the event that it carries, if it carries one. */
export interface Missed {
	/** The same for every delivery of the event. */
	key: string;
	/** When the delivery was created, Unix time in milliseconds; undefined where Avala does not say. */
	time?: number;
	delivery: Delivery;
	event?: AvalaEvent;
}

/**
 * Sorts out what never arrived at a webhook and will not be tried again: no delivery of the event has
 * succeeded there, before or after, and none is still to come. Test events do not count.
 */
export class MissedEvents {
	/** The events that arrived at a webhook, or still may. */
	private readonly settled = new Set<string>();

	private readonly failed: Array<Missed & { place: string }> = [];

	/** @param now Unix time in milliseconds */
	constructor(private readonly now: number) {}

	/**
	 * @param time when it was created, where the delivery does not say
	 * @returns what became of the delivery
	 */
	add(delivery: Delivery, time = createdAt(delivery)): DeliveryOutcome {
		const outcome = outcomeOf(delivery, this.now);
		const event = eventIn(delivery, idOf(delivery.uid));
		if (event ? event.test : isTestType(eventTypeOf(delivery))) return outcome;
		const key = keyOf(delivery, event);
		const place = `${idKey(idOf(delivery.webhook_uid) ?? '')} ${key}`;
		if (outcome === 'failed') this.failed.push({ key, place, time, delivery, event });
		else this.settled.add(place);
		return outcome;
	}

	/**
	 * Each missed event once, at its oldest delivery, the oldest first.
	 *
	 * @param createdBefore later deliveries only tell what has arrived; Unix time in milliseconds
	 */
	list(createdBefore = Infinity): Missed[] {
		const missed = new Map<string, Missed>();
		// Avala lists them newest first, which is kept to where the times are the same.
		const oldestFirst = [...this.failed].reverse().sort((a, b) => timeOf(a) - timeOf(b));
		for (const { place, ...one } of oldestFirst) {
			const isWanted = !this.settled.has(place) && timeOf(one) < createdBefore;
			if (isWanted && !missed.has(one.key)) missed.set(one.key, one);
		}
		return [...missed.values()];
	}
}

/** One without a time comes first, so that it is not lost. */
function timeOf({ time = 0 }: Missed): number {
	return time;
}

function eventIn(delivery: Delivery, deliveryId: string | undefined): AvalaEvent | undefined {
	const payload = payloadOf(delivery);
	return payload && normaliseEvent(payload, { type: eventTypeOf(delivery), deliveryId });
}

function payloadOf({ payload }: Delivery): IDataObject | undefined {
	const value = typeof payload === 'string' ? parseJson(payload) : payload;
	return isObject(value) ? value : undefined;
}

/** An event is known by the ID that Avala gave it; where it has none, by what it says. */
function keyOf(delivery: Delivery, event: AvalaEvent | undefined): string {
	const { uid, webhook_uid, event_type, created_at } = delivery;
	if (event === undefined) {
		return idOf(uid) ?? JSON.stringify([webhook_uid, event_type, created_at].map(idOf));
	}
	const hasId = event.id !== idOf(uid);
	return hasId ? idKey(event.id) : (eventIn(delivery, undefined)?.id ?? event.id);
}
