import { normaliseDelivery } from '../../shared/delivery';
import { readText } from '../../shared/values';
import { DELIVERIES, one } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { parameterOf } from '../parameters';
import { deliveryForms } from './simplify';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get delivery',
		description: 'Look up one delivery: its event, its attempts and how the target responded',
	},
	properties: [
		{
			displayName: 'Delivery ID',
			name: 'deliveryId',
			type: 'string',
			required: true,
			default: '',
			placeholder: `e.g. ${DELIVERIES.example}`,
			description:
				"The ID of the delivery, which is 'uid' in the output of Get Many and Get Health",
			builderHint: {
				propertyHint:
					'The uid of a delivery: {{ $json.uid }} behind Delivery Get Many, {{ $json.recent_failures[0].uid }} behind Get Health, {{ $json.delivery_id }} behind the Avala Trigger.',
			},
		},
		...outputProperties(deliveryForms),
	],
	async execute(run) {
		const { show } = outputOf(run, deliveryForms);
		const id = readText('Delivery ID', parameterOf(run, 'deliveryId', ''));
		const endpoint = one(DELIVERIES, id, { parameter: 'Delivery ID' });
		const delivery = await avalaEntry(run.connection, { method: 'GET', endpoint });
		return itemsOf([show(normaliseDelivery(delivery))]);
	},
};
