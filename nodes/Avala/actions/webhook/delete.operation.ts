import { avalaRequest } from '../../transport/request';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { webhookLocator, webhookToChange } from './locator';

export const deleteWebhook: Operation = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete webhook',
		description: 'Delete a webhook permanently, so that Avala sends nothing to it any more',
	},
	properties: [{ ...webhookLocator, required: true }],
	async execute(run) {
		const endpoint = await webhookToChange(run);
		await avalaRequest(run.connection, { method: 'DELETE', endpoint });
		return itemsOf([{ deleted: true }]);
	},
};
