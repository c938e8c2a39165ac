import { webhookLocator } from '../../shared/fields';
import { avalaObject, webhookPath } from '../../shared/transport';
import type { Operation } from '../operation';
import { webhookIdOf } from '../parameters';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get a webhook',
		description: 'Look up one webhook: where it sends events, which ones, and whether it is active',
	},
	properties: [{ ...webhookLocator, required: true }],
	async execute(run) {
		const path = webhookPath(run.context, await webhookIdOf(run));
		return [await avalaObject(run.context, { method: 'GET', path })];
	},
};
