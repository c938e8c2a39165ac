import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Delivery, DeliveryOutcome } from '../../shared/delivery';
import { createdAt, eventTypeOf, outcomeOf } from '../../shared/delivery';
import type { AvalaEvent } from '../../shared/event';
import { isTestType, normaliseEvent } from '../../shared/event';
import { idKey, idOf, isObject } from '../../shared/values';

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

	/** Deliveries are added newest first. @returns where the delivery stands */
	add(delivery: Delivery, time = createdAt(delivery)): DeliveryOutcome {
		const outcome = outcomeOf(delivery, this.now);
		const event = eventIn(delivery);
		if (event ? event.test : isTestType(eventTypeOf(delivery))) return outcome;
		const key = event ? keyOf(event, delivery) : (idOf(delivery.uid) ?? digest(delivery));
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
		for (const { place, ...one } of this.failed) {
			if (this.settled.has(place)) continue;
			if ((one.time ?? -Infinity) >= createdBefore) continue;
			// Deleting first moves an event that several webhooks missed to its oldest delivery.
			missed.delete(one.key);
			missed.set(one.key, one);
		}
		return [...missed.values()].reverse();
	}
}

function eventIn(delivery: Delivery): AvalaEvent | undefined {
	const payload = payloadOf(delivery);
	const hints = { type: eventTypeOf(delivery), deliveryId: idOf(delivery.uid) };
	return payload && normaliseEvent(payload, hints);
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
function keyOf({ id, type, data }: AvalaEvent, delivery: Delivery): string {
	return id === idOf(delivery.uid) ? digest([type, data]) : id;
}

function digest(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}
