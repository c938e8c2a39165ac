import { booleanOf } from '../../shared/values';
import { avalaObject } from '../../transport/request';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { webhookEndpoint, webhookLocator } from './locator';

export const test: Operation = {
	option: {
		name: 'Send Test',
		value: 'test',
		action: 'Send test event to webhook',
		description:
			'Have Avala send a test event now and report the response; a failed test is not an error',
	},
	properties: [{ ...webhookLocator, required: true }],
	async execute(run) {
		const endpoint = await webhookEndpoint(run, 'test');
		const result = await avalaObject(run.connection, { method: 'POST', endpoint });
		// One of Avala's documents says `delivered` for `success`.
		return itemsOf([
			{ ...result, success: booleanOf(result.success ?? result.delivered) === true },
		]);
	},
};
