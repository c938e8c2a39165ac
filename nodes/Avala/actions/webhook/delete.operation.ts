import { webhookLocator } from '../../shared/fields';
import { avalaRequest, webhookPath } from '../../shared/transport';
import type { Operation } from '../operation';
import { webhookIdOf } from '../parameters';

export const deleteWebhook: Operation = {
	option: {
		name: 'Delete',
		value: 'delete',
		action: 'Delete a webhook',
		description: 'Remove a webhook for good, so that Avala sends nothing to it any more',
	},
	properties: [{ ...webhookLocator, required: true }],
	async execute(run) {
		const path = webhookPath(run.context, await webhookIdOf(run));
		await avalaRequest(run.context, { method: 'DELETE', path });
		return [{ deleted: true }];
	},
};
