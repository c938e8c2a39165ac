import type { Delivery } from '../../shared/delivery';
import { deliveryFilters, limit, returnAll } from '../../shared/fields';
import type { Operation } from '../operation';
import { wantedCount } from '../parameters';
import { readFilters, sharedWalk, walkDeliveries } from './walk';

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many deliveries',
		description:
			'List deliveries over all webhooks, newest first, narrowed to a state, event types, a webhook or a time',
	},
	properties: [returnAll, limit, deliveryFilters],
	async execute(run) {
		const wanted = wantedCount(run);
		const narrowed = await readFilters(run);
		return await sharedWalk(run, 'getAll', wanted, narrowed, async () => {
			const found: Delivery[] = [];
			for await (const page of walkDeliveries(run, narrowed, wanted)) {
				for (const delivery of page) found.push(delivery);
			}
			return found;
		});
	},
};
