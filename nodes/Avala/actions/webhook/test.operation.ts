import { webhookLocator } from '../../shared/fields';
import { avalaObject, webhookPath } from '../../shared/transport';
import type { Operation } from '../operation';
import { webhookIdOf } from '../parameters';

export const test: Operation = {
	option: {
		name: 'Send Test',
		value: 'test',
		action: 'Send a test event to a webhook',
		description:
			'Have Avala send a signed test event with sample data now, and tell how the target answered. A failed test is data, not an error.',
	},
	properties: [{ ...webhookLocator, required: true }],
	async execute(run) {
		const path = `${webhookPath(run.context, await webhookIdOf(run))}test/`;
		const result = await avalaObject(run.context, { method: 'POST', path });
		// One of Avala's documents says `delivered` for `success`.
		return [{ ...result, success: (result.success ?? result.delivered) === true }];
	},
};
