import { normaliseDelivery } from '../../shared/delivery';
import { readText } from '../../shared/values';
import { DELIVERIES, one } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { isSimplified, simplifyFields } from '../fields';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { parameterOf } from '../parameters';
import { completeDelivery, simplifyDelivery } from './simplify';

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
			description: 'The ID of the delivery: uid in the output of Get Many and Get Health',
		},
		...simplifyFields,
	],
	async execute(run) {
		const show = isSimplified(run) ? simplifyDelivery : completeDelivery;
		const id = readText('Delivery ID', parameterOf(run, 'deliveryId', ''));
		const endpoint = one(DELIVERIES, id, { parameter: 'Delivery ID' });
		const delivery = await avalaEntry(run.connection, { method: 'GET', endpoint });
		return itemsOf([show(normaliseDelivery(delivery))]);
	},
};
