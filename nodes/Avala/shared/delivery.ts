import type { IDataObject } from 'n8n-workflow';

import { isObject, textOf } from './types';

/** A delivery under the guide's names, beside whatever the server sent in its own generation. */
export interface Delivery extends IDataObject {
	uid: string;
	webhook_uid: string | null;
	event_type: string;
	response_status_code: number | null;
	response_body: string | null;
	attempt_count: number | null;
	/** Avala's own words where it has some, else what the answer of the target tells. */
	error_message: string | null;
	created_at: string;
}

export type DeliveryStatus = 'delivered' | 'failed' | 'pending';

/**
 * Fills in the guide's names from the two later generations of field names. It writes into what was
 * sent, since a copy costs more than all the rest of reading a long list.
 */
export function normaliseDelivery(sent: IDataObject): Delivery {
	const code = sent.response_status_code ?? sent.response_status;
	const attempts = sent.attempt_count ?? sent.attempts;
	const responseStatusCode = typeof code === 'number' ? code : null;
	return Object.assign(sent, {
		uid: textOf(sent.uid) ?? '',
		webhook_uid: uidOf(sent.webhook_uid) ?? uidOf(sent.subscription) ?? null,
		event_type: textOf(sent.event_type) ?? '',
		response_status_code: responseStatusCode,
		response_body: textOf(sent.response_body) ?? textOf(sent.response_preview) ?? null,
		attempt_count: typeof attempts === 'number' ? attempts : null,
		error_message: textOf(sent.error_message) ?? causeOf(sent, responseStatusCode),
		created_at: textOf(sent.created_at) ?? '',
	});
}

/** The guide's `success` is what the later generations call `delivered`. */
export function statusOf({ status }: Delivery): DeliveryStatus {
	if (status === 'success' || status === 'delivered') return 'delivered';
	return status === 'failed' ? 'failed' : 'pending';
}

/** What n8n answers with status 200 while it starts, whatever node the request is for. */
const ANSWER_OF_STARTING_N8N = 'n8n is starting up. Please wait';

/** True when the target itself has answered: not so when n8n, still starting, did in its stead. */
export function wasReceived(delivery: Delivery): boolean {
	return (
		statusOf(delivery) === 'delivered' && delivery.response_body?.trim() !== ANSWER_OF_STARTING_N8N
	);
}

/** True when it was not received and no further try will come. */
export function wasMissed(delivery: Delivery): boolean {
	const status = statusOf(delivery);
	if (status === 'delivered') return !wasReceived(delivery);
	return status === 'failed' && !textOf(delivery.next_retry_at);
}

function uidOf(value: unknown): string | undefined {
	return textOf(isObject(value) ? value.uid : value);
}

function causeOf({ status }: IDataObject, responseStatusCode: number | null): string | null {
	if (status !== 'failed') return null;
	return responseStatusCode === null
		? 'No answer from the target'
		: `The target answered ${responseStatusCode}`;
}
