import type { IDataObject } from 'n8n-workflow';

import { momentIn } from './moments';
import { idOf, numberOf, textOf, uidOf } from './values';

type JsonValue = IDataObject[string];

/** A delivery with the guide's names filled in. */
export type Delivery = ReturnType<typeof normaliseDelivery>;

export type DeliveryStatus = 'delivered' | 'failed' | 'pending';

/**
 * Where a delivery stands: `retrying` when its tries so far have failed and another one is to come,
 * `failed` when none is.
 */
export type DeliveryOutcome = 'succeeded' | 'failed' | 'retrying' | 'pending';

const MINUTE_MS = 60_000;
/** Avala tries five times: at once and after 1, 5, 15 and 60 minutes, and each try takes its time. */
const TRIES = 5;
const ALL_TRIES_MS = 90 * MINUTE_MS;
/** A try that is overdue for longer does not happen any more. */
const LONGEST_DELAY_MS = 60 * MINUTE_MS;

/**
 * Fills in the guide's names beside whatever the server sent in its own wire format. Values are as in the guide
 * where they can be read so, and otherwise as they were sent. It writes into what was sent, since a copy costs
 * more than all the rest of reading a long list.
 */
export function normaliseDelivery(sent: IDataObject) {
	return Object.assign(sent, {
		uid: kept(sent.uid, idOf) ?? '',
		webhook_uid:
			uidOf(sent.webhook_uid) ??
			uidOf(sent.subscription) ??
			kept(sent.webhook_uid ?? sent.subscription, uidOf),
		event_type: kept(sent.event_type, idOf) ?? '',
		response_status_code: kept(sent.response_status_code ?? sent.response_status, numberOf),
		response_body: kept(sent.response_body, textOf) ?? kept(sent.response_preview, textOf),
		attempt_count: kept(sent.attempt_count ?? sent.attempts, numberOf),
		error_message: kept(sent.error_message, textOf),
		created_at: kept(sent.created_at, textOf),
	});
}

/** A value as it is read, else as it was sent; null when nothing was sent. */
function kept(value: JsonValue, read: (value: unknown) => JsonValue): JsonValue {
	return read(value) ?? (value === '' ? null : value) ?? null;
}

/** The event type as text; empty when there is none. */
export function eventTypeOf({ event_type: sent }: IDataObject): string {
	return idOf(sent) ?? '';
}

/** Unix time in milliseconds; undefined when Avala sent no time that can be read. */
export function createdAt(delivery: IDataObject): number | undefined {
	return momentIn(delivery.created_at);
}

/**
 * The guide's `success` is what the later wire formats call `delivered`. Of a word that Avala's documents
 * do not have, the response of the target tells whether it means that.
 */
export function statusOf(delivery: IDataObject): DeliveryStatus {
	const word = wordOf(delivery);
	if (word === 'success' || word === 'delivered') return 'delivered';
	if (word === 'failed' || word === 'pending') return word;
	return isAccepted(numberOf(delivery.response_status_code)) ? 'delivered' : 'pending';
}

function isAccepted(code = 0): boolean {
	return code >= 200 && code < 300;
}

function wordOf({ status }: IDataObject): string | undefined {
	return textOf(status)?.trim().toLowerCase();
}

/** What n8n responds with status 200 while it starts, whatever node the request is for. */
const RESPONSE_OF_STARTING_N8N = 'n8n is starting up. Please wait';

/** @param now Unix time in milliseconds */
export function outcomeOf(delivery: IDataObject, now: number): DeliveryOutcome {
	const status = statusOf(delivery);
	if (!hasFailed(delivery)) return status === 'delivered' ? 'succeeded' : 'pending';
	if (status === 'delivered') return 'failed';
	if (status === 'failed') return isTriedAgain(delivery, now) ? 'retrying' : 'failed';
	// A word that Avala's documents do not have may mean the end.
	return wordOf(delivery) !== 'pending' && isOver(delivery, now) ? 'failed' : 'retrying';
}

/** Whether the event has not arrived although it was tried. */
export function hasFailed(delivery: IDataObject): boolean {
	const status = statusOf(delivery);
	if (status === 'delivered') return wasTakenByStartingN8n(delivery);
	return (
		status === 'failed' ||
		triesOf(delivery, 0) > 0 ||
		numberOf(delivery.response_status_code) !== undefined
	);
}

/** How often it was tried. */
export function triesOf({ attempt_count: sent }: IDataObject, whenNotTold: number): number {
	return numberOf(sent) ?? whenNotTold;
}

/** Why an event has not arrived, or not yet; null when it is pending although the target has accepted it. */
export function causeOf(delivery: IDataObject): string | null {
	if (wasTakenByStartingN8n(delivery)) {
		return 'n8n was starting up: it responded 200 and no workflow saw the event';
	}
	const message = textOf(delivery.error_message);
	if (message !== undefined) return message;
	const code = numberOf(delivery.response_status_code);
	if (code === undefined) return 'No response from the target';
	if (isAccepted(code) && statusOf(delivery) === 'pending') return null;
	return `The target responded ${code}`;
}

function wasTakenByStartingN8n(delivery: IDataObject): boolean {
	const isDelivered = statusOf(delivery) === 'delivered';
	return isDelivered && textOf(delivery.response_body)?.trim() === RESPONSE_OF_STARTING_N8N;
}

/** The guide's wire format says `failed` from the first failed try on; the later ones say when the next one is. */
function isTriedAgain(delivery: IDataObject, now: number): boolean {
	const isTold = momentIn(delivery.next_retry_at) !== undefined;
	const mayBe = delivery.next_retry_at !== null && createdAt(delivery) !== undefined;
	return (isTold || mayBe) && !isOver(delivery, now);
}

/** Whether no try can follow: by the time of the next one, else by their number and the time of the last one. */
function isOver(delivery: IDataObject, now: number): boolean {
	const next = momentIn(delivery.next_retry_at);
	if (next !== undefined) return now - next >= LONGEST_DELAY_MS;
	const created = createdAt(delivery) ?? now;
	return triesOf(delivery, 1) >= TRIES || now - created >= ALL_TRIES_MS;
}
