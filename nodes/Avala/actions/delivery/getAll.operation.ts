import type { Delivery } from '../../shared/delivery';
import { deliveryFilters, deliveryStatus, filters, limit, returnAll } from '../../shared/fields';
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
	properties: [
		returnAll,
		limit,
		filters([...deliveryFilters.slice(0, 3), deliveryStatus, ...deliveryFilters.slice(3)]),
	],
	async execute(run) {
		const wanted = wantedCount(run);
		const narrowed = await readFilters(run);
		return await sharedWalk(run, 'getAll', wanted, narrowed, async () => {
			const found: Delivery[] = [];
			for await (const delivery of walkDeliveries(run, narrowed, wanted)) {
				found.push(delivery);
				if (found.length >= wanted) break;
			}
			return found;
		});
	},
};
