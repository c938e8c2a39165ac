import type { Resource } from '../operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { getHealth } from './getHealth.operation';
import { getMissedEvents } from './getMissedEvents.operation';

export const delivery: Resource = {
	option: {
		name: 'Delivery',
		value: 'delivery',
		description: 'One event on its way to one webhook, with its attempts',
	},
	operations: [get, getHealth, getAll, getMissedEvents],
};
