import { avalaEntry } from '../../transport/entry';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { hintIfInactive } from './inactive';
import { webhookEndpoint, webhookLocator } from './locator';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get webhook',
		description: 'Look up one webhook: its target URL, its event types and whether it is active',
	},
	properties: [{ ...webhookLocator, required: true }],
	async execute(run) {
		const endpoint = await webhookEndpoint(run);
		const webhook = await avalaEntry(run.connection, { method: 'GET', endpoint });
		hintIfInactive(run, [webhook]);
		return itemsOf([webhook]);
	},
};
