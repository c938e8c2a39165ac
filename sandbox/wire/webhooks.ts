import { createHash, createHmac } from 'node:crypto';

import type { EmittedEvent, Outcome, StoredDelivery, StoredWebhook } from '../webhookRecords';
import type { Resource } from '../resources/resourceRecords';
import type { WireFormat } from '../wireFormat';

/** The body of a delivery: an envelope in the guide and the older format, the bare resource in the newer. */
export function payloadOf(event: EmittedEvent, wireFormat: WireFormat): Resource {
	const { id, type, created_at, data } = event;
	switch (wireFormat) {
		case 'guide':
			return { id, type, created_at, data };
		case 'older':
			return { event: type, timestamp: created_at, data };
		case 'newer':
			return data;
	}
}

/** The headers of a delivery. The signature is over the body's bytes, in lower-case hex. */
export function signedHeaders(
	body: string,
	secret: string,
	wireFormat: WireFormat,
	{ type, deliveryUid }: { type: string; deliveryUid: string },
): Record<string, string> {
	const signature = createHmac('sha256', secret).update(body).digest('hex');
	const common = { 'content-type': 'application/json', 'user-agent': 'Avala-Webhooks/1.0' };
	return wireFormat === 'newer'
		? {
				...common,
				'x-avala-webhook-signature': signature,
				'x-avala-webhook-event': type,
				'x-avala-webhook-delivery': deliveryUid,
			}
		: { ...common, 'x-avala-signature': signature };
}

/** A webhook as the API shows it; with its secret only in the response to its creation. */
export function shownWebhook(webhook: StoredWebhook, secret?: string): Resource {
	return {
		uid: webhook.uid,
		target_url: webhook.targetUrl,
		events: webhook.events,
		is_active: webhook.isActive,
		...(secret !== undefined && { secret }),
		created_at: webhook.createdAt,
		updated_at: webhook.updatedAt,
	};
}

/** A delivery as the API shows it: in the format in which it was sent, whatever is sent later. */
export function shownDelivery(delivery: StoredDelivery): Resource {
	const { uid, webhookUid, event, wireFormat, status } = delivery;
	const { responseStatus, responseBody, createdAt, updatedAt } = delivery;
	if (wireFormat === 'guide') {
		return {
			uid,
			webhook_uid: webhookUid,
			event_type: event.type,
			status: status === 'delivered' ? 'success' : status,
			response_status_code: responseStatus,
			response_body: responseBody,
			attempt_count: delivery.attempts,
			error_message: delivery.errorMessage,
			created_at: createdAt,
		};
	}
	const response =
		wireFormat === 'older'
			? { response_body: responseBody }
			: {
					response_preview: responseBody.slice(0, 200),
					response_body_size: Buffer.byteLength(responseBody),
					response_body_sha256: createHash('sha256').update(responseBody).digest('hex'),
				};
	return {
		uid,
		subscription: webhookUid,
		event_type: event.type,
		payload: payloadOf(event, wireFormat),
		response_status: responseStatus,
		...response,
		attempts: delivery.attempts,
		next_retry_at:
			delivery.nextRetryAt === null ? null : new Date(delivery.nextRetryAt).toISOString(),
		status,
		created_at: createdAt,
		updated_at: updatedAt,
	};
}

/** What the API gives for Send Test, in the words of each wire format's documents. */
export function shownTestResult(outcome: Outcome, wireFormat: WireFormat): Resource {
	const { status, body, error } = outcome;
	if (error !== null) {
		const reason = status === null ? error : `The target responded with ${status}.`;
		return { success: false, [wireFormat === 'guide' ? 'error' : 'message']: reason };
	}
	return wireFormat === 'newer'
		? { success: true, message: `The target responded with ${status}.` }
		: { success: true, response: { status_code: status, body } };
}
