import type { IDataObject } from 'n8n-workflow';

import type { Delivery, DeliveryOutcome } from '../../shared/delivery';
import { createdAt, eventTypeOf, outcomeOf } from '../../shared/delivery';
import type { AvalaEvent } from '../../shared/event';
import { isTestType, normaliseEvent } from '../../shared/event';
import { idKey, idOf, isObject, parseJson } from '../../shared/values';

/** A delivery that never arrived, and the event that it carries, if it carries one. */
export interface Missed {
	/** What the event is known by: its ID, or those of its deliveries where it has none of its own. */
	keys: string[];
	/** When the delivery was created, Unix time in milliseconds; undefined where Avala does not say. */
	time?: number;
	delivery: Delivery;
	event?: AvalaEvent;
}

/** Deliveries of one event to several webhooks are created within this time. */
export const SAME_EVENT_MS = 5 * 60_000;

/** Something that happened, with all its deliveries. */
interface Occurrence {
	readonly keys: Set<string>;
	/** The webhooks that it was sent to. */
	readonly webhooks: Set<string>;
	/** Those of them at which it arrived, or still may. */
	readonly settledAt: Set<string>;
	first: number;
	last: number;
}

/**
 * Sorts out what never arrived at a webhook and will not be tried again: no delivery of the event has
 * succeeded there, before or after, and none is still to come. Test events do not count.
 */
export class MissedEvents {
	/** The latest added by its ID: where that is what it says, the same may be said again. */
	private readonly occurrences = new Map<string, Occurrence>();

	private readonly failed: Array<
		Omit<Missed, 'keys'> & { occurrence: Occurrence; webhook: string }
	> = [];

	/** @param now Unix time in milliseconds */
	constructor(private readonly now: number) {}

	/**
	 * @param time when it was created, where the delivery does not say
	 * @returns what became of the delivery
	 */
	add(delivery: Delivery, time = createdAt(delivery)): DeliveryOutcome {
		const outcome = outcomeOf(delivery, this.now);
		const identity = identityOf(delivery);
		if (identity.isTest) return outcome;
		const webhook = idKey(idOf(delivery.webhook_uid) ?? '');
		const occurrence = this.occurrenceOf(identity, webhook, time ?? 0);
		if (outcome === 'failed') {
			this.failed.push({ occurrence, webhook, time, delivery, event: identity.event });
		} else occurrence.settledAt.add(webhook);
		return outcome;
	}

	/**
	 * Each missed event once, at its oldest delivery, the oldest first.
	 *
	 * @param createdBefore later deliveries only tell what has arrived; Unix time in milliseconds
	 */
	list(createdBefore = Infinity): Missed[] {
		const missed = new Map<Occurrence, Missed>();
		// Avala lists them newest first, which is kept to where the times are the same.
		const oldestFirst = [...this.failed].reverse().sort((a, b) => timeOf(a) - timeOf(b));
		for (const { occurrence, webhook, ...one } of oldestFirst) {
			const isWanted = !occurrence.settledAt.has(webhook) && timeOf(one) < createdBefore;
			if (isWanted && !missed.has(occurrence)) {
				missed.set(occurrence, { ...one, keys: [...occurrence.keys] });
			}
		}
		return [...missed.values()];
	}

	/** What has no ID of its own is one event as long as no webhook gets the same again. */
	private occurrenceOf({ id, isUnique, key }: Identity, webhook: string, time: number): Occurrence {
		const known = this.occurrences.get(id);
		const isNear = ({ first, last }: Occurrence) =>
			time >= last - SAME_EVENT_MS && time <= first + SAME_EVENT_MS;
		const isSame = known && (isUnique || (!known.webhooks.has(webhook) && isNear(known)));
		const occurrence = isSame
			? known
			: {
					keys: new Set<string>(),
					webhooks: new Set<string>(),
					settledAt: new Set<string>(),
					first: time,
					last: time,
				};
		this.occurrences.set(id, occurrence);
		occurrence.keys.add(key);
		occurrence.webhooks.add(webhook);
		occurrence.first = Math.min(occurrence.first, time);
		occurrence.last = Math.max(occurrence.last, time);
		return occurrence;
	}
}

/** One without a time comes first, so that it is not lost. */
function timeOf({ time = 0 }: Pick<Missed, 'time'>): number {
	return time;
}

interface Identity {
	/** The ID that Avala gave the event; without one what it says, or else its delivery. */
	id: string;
	/** Whether no other event can have the same ID. */
	isUnique: boolean;
	/** One of `Missed.keys`. */
	key: string;
	event?: AvalaEvent;
	isTest: boolean;
}

/** What a delivery carries, and by what it is known. */
export function identityOf(delivery: Delivery): Identity {
	const { uid, webhook_uid, event_type, created_at } = delivery;
	const type = eventTypeOf(delivery);
	const deliveryId = idOf(uid) ?? JSON.stringify([webhook_uid, event_type, created_at].map(idOf));
	const payload = payloadOf(delivery);
	const event = payload && normaliseEvent(payload, { type, deliveryId });
	if (!event) {
		return { id: deliveryId, isUnique: true, key: deliveryId, isTest: isTestType(type) };
	}
	const isTest = event.test === true;
	// A payload without an ID and a time of its own may be the same for two events.
	const isBare = event.id === deliveryId;
	if (!isBare && (event.created_at !== null || idOf(payload.id) !== undefined)) {
		const id = idKey(event.id);
		return { id, isUnique: true, key: id, event, isTest };
	}
	const id = normaliseEvent(payload, { type })?.id ?? event.id;
	return { id, isUnique: false, key: deliveryId, event, isTest };
}

function payloadOf({ payload }: Delivery): IDataObject | undefined {
	const value = typeof payload === 'string' ? parseJson(payload) : payload;
	return isObject(value) ? value : undefined;
}
