import { normaliseDelivery } from '../../shared/delivery';
import { avalaObject, deliveryPath } from '../../shared/transport';
import type { Operation } from '../operation';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get a delivery',
		description:
			'Look up one delivery: what was sent, how the target answered, how often it was tried',
	},
	properties: [
		{
			displayName: 'Delivery ID',
			name: 'deliveryId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. whd_1a2b3c4d',
			description: 'The uid of the delivery, such as Get Many and Get Health show it',
		},
	],
	async execute({ context, itemIndex }) {
		const path = deliveryPath(context, String(context.getNodeParameter('deliveryId', itemIndex)));
		return [normaliseDelivery(await avalaObject(context, { method: 'GET', path }))];
	},
};
