import type { IDataObject } from 'n8n-workflow';

import { momentIn } from './moments';
import { idOf, numberOf, textOf, uidOf } from './values';

/** A delivery under the guide's names, beside whatever the server sent in its own wire format. */
export interface Delivery extends IDataObject {
	uid: string;
	webhook_uid: string | null;
	event_type: string;
	response_status_code: number | null;
	response_body: string | null;
	attempt_count: number | null;
	/** Avala's own words where it has some, else what the response of the target tells. */
	error_message: string | null;
	/** As Avala sent it; `createdAt` reads it. */
	created_at: string | number | null;
}

export type DeliveryStatus = 'delivered' | 'failed' | 'pending';

/**
 * Where a delivery stands: `retrying` when its tries so far have failed and another one is to come,
 * `failed` when none is.
 */
export type DeliveryOutcome = 'succeeded' | 'failed' | 'retrying' | 'pending';

const MINUTE_MS = 60_000;
/** Avala tries five times: at once and after 1, 5, 15 and 60 minutes. */
const TRIES = 5;
const LAST_TRY_AFTER_MS = (1 + 5 + 15 + 60) * MINUTE_MS;
/** A try that is overdue for longer does not happen any more. */
const LONGEST_DELAY_MS = 60 * MINUTE_MS;

/**
 * Fills in the guide's names from the two later wire formats. It writes into what was sent, since a
 * copy costs more than all the rest of reading a long list.
 */
export function normaliseDelivery(sent: IDataObject): Delivery {
	const responseStatusCode = numberOf(sent.response_status_code ?? sent.response_status) ?? null;
	const { created_at: createdAt } = sent;
	return Object.assign(sent, {
		uid: idOf(sent.uid) ?? '',
		webhook_uid: uidOf(sent.webhook_uid) ?? uidOf(sent.subscription) ?? null,
		event_type: idOf(sent.event_type) ?? '',
		response_status_code: responseStatusCode,
		response_body: textOf(sent.response_body) ?? textOf(sent.response_preview) ?? null,
		attempt_count: numberOf(sent.attempt_count ?? sent.attempts) ?? null,
		error_message: textOf(sent.error_message) ?? null,
		created_at: typeof createdAt === 'number' ? createdAt : (textOf(createdAt) ?? null),
	});
}

/** Unix time in milliseconds; undefined when Avala sent no time that can be read. */
export function createdAt(delivery: Delivery): number | undefined {
	return momentIn(delivery.created_at);
}

/**
 * The guide's `success` is what the later wire formats call `delivered`. Of a word that Avala's documents
 * do not have, the response of the target tells whether it means that.
 */
export function statusOf(delivery: Delivery): DeliveryStatus {
	const word = wordOf(delivery);
	if (word === 'success' || word === 'delivered') return 'delivered';
	if (word === 'failed' || word === 'pending') return word;
	const { response_status_code: code } = delivery;
	return code !== null && code >= 200 && code < 300 ? 'delivered' : 'pending';
}

function wordOf({ status }: Delivery): string | undefined {
	return textOf(status)?.trim().toLowerCase();
}

/** What n8n responds with status 200 while it starts, whatever node the request is for. */
const RESPONSE_OF_STARTING_N8N = 'n8n is starting up. Please wait';

/** @param now Unix time in milliseconds */
export function outcomeOf(delivery: Delivery, now: number): DeliveryOutcome {
	const status = statusOf(delivery);
	if (status === 'delivered') return wasTakenByStartingN8n(delivery) ? 'failed' : 'succeeded';
	if (status === 'failed') return isTriedAgain(delivery, now) ? 'retrying' : 'failed';
	const hasFailedTries =
		(delivery.attempt_count ?? 0) > 0 || delivery.response_status_code !== null;
	if (!hasFailedTries) return 'pending';
	// A word that Avala's documents do not have may mean the end.
	return wordOf(delivery) !== 'pending' && isOver(delivery, now) ? 'failed' : 'retrying';
}

/** Why an event has not arrived, or not yet. */
export function causeOf(delivery: Delivery): string {
	if (wasTakenByStartingN8n(delivery)) {
		return 'n8n was starting up: it responded 200 and no workflow saw the event';
	}
	const { error_message, response_status_code } = delivery;
	if (error_message !== null) return error_message;
	return response_status_code === null
		? 'No response from the target'
		: `The target responded ${response_status_code}`;
}

function wasTakenByStartingN8n(delivery: Delivery): boolean {
	const isDelivered = statusOf(delivery) === 'delivered';
	return isDelivered && delivery.response_body?.trim() === RESPONSE_OF_STARTING_N8N;
}

/** The guide's wire format says `failed` from the first failed try on; the later ones say when the next one is. */
function isTriedAgain(delivery: Delivery, now: number): boolean {
	const isTold = momentIn(delivery.next_retry_at) !== undefined;
	const mayBe = delivery.next_retry_at !== null && createdAt(delivery) !== undefined;
	return (isTold || mayBe) && !isOver(delivery, now);
}

/** Whether no try can follow: by the time of the next one, else by their number and the time of the last one. */
function isOver(delivery: Delivery, now: number): boolean {
	const next = momentIn(delivery.next_retry_at);
	if (next !== undefined) return now - next >= LONGEST_DELAY_MS;
	const created = createdAt(delivery) ?? now;
	return (delivery.attempt_count ?? 1) >= TRIES || now - created >= LAST_TRY_AFTER_MS;
}
