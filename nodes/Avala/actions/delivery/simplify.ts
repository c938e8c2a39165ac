import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { causeOf, hasFailed, normaliseDelivery, statusOf } from '../../shared/delivery';
import { textOf } from '../../shared/values';
import type { OutputForms } from '../output';

/** The ten fields that tell what became of an event, by the same names and statuses in every wire format. */
export function simplifyDelivery(delivery: Delivery): IDataObject {
	return {
		uid: delivery.uid,
		webhook_uid: delivery.webhook_uid,
		event_type: delivery.event_type,
		status: statusOf(delivery),
		response_status_code: delivery.response_status_code,
		response_body: delivery.response_body,
		attempt_count: delivery.attempt_count,
		error_message: hasFailed(delivery)
			? causeOf(delivery)
			: (textOf(delivery.error_message) ?? null),
		next_retry_at: delivery.next_retry_at ?? null,
		created_at: delivery.created_at,
	};
}

/** All that Avala sent, with what has other names elsewhere under the names of the guide beside it. */
export function completeDelivery(delivery: Delivery): IDataObject {
	const { error_message: sent } = delivery;
	const isReadable = sent === null || typeof sent === 'string';
	return isReadable && hasFailed(delivery)
		? { ...delivery, error_message: causeOf(delivery) }
		: delivery;
}

export const deliveryForms: OutputForms<Delivery> = {
	simplify: simplifyDelivery,
	complete: completeDelivery,
	fields: [...Object.keys(simplifyDelivery(normaliseDelivery({}))), 'payload'],
};
