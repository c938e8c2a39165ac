import type { IDataObject } from 'n8n-workflow';

import { causeOf, hasFailed, normaliseDelivery, statusOf } from '../../shared/delivery';
import { textOf } from '../../shared/values';
import { DELIVERIES } from '../../transport/paths';
import { idField } from '../locator';
import type { Resource } from '../operation';
import type { OutputForms } from '../output';
import { readOperations } from '../usualOperations';
import { deliveryFilters, NEWEST_FIRST } from './filters';
import { getHealth } from './getHealth.operation';
import { getMissedEvents } from './getMissedEvents.operation';

/** The ten fields that tell what became of an event, by the same names and statuses in every wire format. */
function simplifyDelivery(sent: IDataObject): IDataObject {
	const delivery = normaliseDelivery(sent);
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
function completeDelivery(sent: IDataObject): IDataObject {
	const delivery = normaliseDelivery(sent);
	const { error_message: message } = delivery;
	const isReadable = message === null || typeof message === 'string';
	return isReadable && hasFailed(delivery)
		? { ...delivery, error_message: causeOf(delivery) }
		: delivery;
}

export const deliveryForms: OutputForms = {
	simplify: simplifyDelivery,
	complete: completeDelivery,
	fields: [...Object.keys(simplifyDelivery({})), 'payload'],
};

const { get, getAll } = readOperations({
	collection: DELIVERIES,
	id: {
		deliveryId: idField(DELIVERIES, 'Delivery ID', {
			description:
				"The ID of the delivery, which is 'uid' in the output of Get Many and Get Health",
			hint: 'The uid of a delivery: {{ $json.uid }} behind Delivery Get Many, {{ $json.recent_failures[0].uid }} behind Get Health, {{ $json.delivery_id }} behind the Avala Trigger.',
		}),
	},
	forms: deliveryForms,
	filters: deliveryFilters,
	query: NEWEST_FIRST,
	normalise: normaliseDelivery,
	getDescription: 'Look up one delivery: its event, its attempts and how the target responded',
	getAllDescription: 'List deliveries, newest first; filter by status, event type, webhook or time',
});

export const delivery: Resource = {
	name: 'Delivery',
	value: 'delivery',
	description: 'One event on its way to one webhook, with its attempts',
	operations: [get, getHealth, getAll, getMissedEvents],
};
