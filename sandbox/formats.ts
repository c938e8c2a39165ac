import { createHash, createHmac } from 'node:crypto';

import type { Resource } from './samples';
import type { EmittedEvent, Generation, StoredDelivery, StoredWebhook } from './store';

/** The body of a delivery: an envelope in the guide and the older format, the bare resource in the newer. */
export function payloadOf(event: EmittedEvent, generation: Generation): Resource {
	const { id, type, created_at, data } = event;
	switch (generation) {
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
	generation: Generation,
	{ type, deliveryUid }: { type: string; deliveryUid: string },
): Record<string, string> {
	const signature = createHmac('sha256', secret).update(body).digest('hex');
	const common = { 'content-type': 'application/json', 'user-agent': 'Avala-Webhooks/1.0' };
	return generation === 'newer'
		? {
				...common,
				'x-avala-webhook-signature': signature,
				'x-avala-webhook-event': type,
				'x-avala-webhook-delivery': deliveryUid,
			}
		: { ...common, 'x-avala-signature': signature };
}

/** A webhook as the API shows it; the secret only in the answer to its creation. */
export function shownWebhook(webhook: StoredWebhook, withSecret = false): Resource {
	return {
		uid: webhook.uid,
		target_url: webhook.targetUrl,
		events: webhook.events,
		is_active: webhook.isActive,
		...(withSecret && { secret: webhook.secret }),
		created_at: webhook.createdAt,
		updated_at: webhook.updatedAt,
	};
}

/** A delivery as the API of the generation shows it. */
export function shownDelivery(delivery: StoredDelivery, generation: Generation): Resource {
	const { uid, webhookUid, event, status, responseStatus, responseBody, createdAt, updatedAt } =
		delivery;
	if (generation === 'guide') {
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
	const answer =
		generation === 'older'
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
		payload: payloadOf(event, generation),
		response_status: responseStatus,
		...answer,
		attempts: delivery.attempts,
		next_retry_at:
			delivery.nextRetryAt === null ? null : new Date(delivery.nextRetryAt).toISOString(),
		status,
		created_at: createdAt,
		updated_at: updatedAt,
	};
}

/** What the API answers to Send Test, in the words of each generation's documents. */
export function shownTestResult(
	result: { status: number; body: string } | { error: string },
	generation: Generation,
): Resource {
	if ('error' in result) {
		if (generation === 'newer') return { delivered: false, error: result.error };
		return generation === 'older'
			? { success: false, message: result.error }
			: { success: false, error: result.error };
	}
	if (generation === 'newer') return { delivered: true };
	return { success: true, response: { status_code: result.status, body: result.body } };
}
