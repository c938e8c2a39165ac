import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { causeOf, hasFailed, statusOf, webhookUidOf } from '../../shared/delivery';

/** The ten fields that tell what became of an event, by the same names and statuses in every wire format. */
export function simplifyDelivery(delivery: Delivery): IDataObject {
	return {
		uid: delivery.uid,
		webhook_uid: webhookUidOf(delivery),
		event_type: delivery.event_type,
		status: statusOf(delivery),
		response_status_code: delivery.response_status_code,
		response_body: delivery.response_body,
		attempt_count: delivery.attempt_count,
		error_message: hasFailed(delivery) ? causeOf(delivery) : delivery.error_message,
		next_retry_at: delivery.next_retry_at ?? null,
		created_at: delivery.created_at,
	};
}

/** All that Avala sent, with what has other names elsewhere under the names of the guide beside it. */
export function completeDelivery(delivery: Delivery): IDataObject {
	return hasFailed(delivery) ? { ...delivery, error_message: causeOf(delivery) } : delivery;
}
