import { booleanOf } from '../../shared/values';
import { one, WEBHOOKS } from '../../transport/paths';
import { quoteAll } from '../../transport/quote';
import { avalaObject } from '../../transport/request';
import { propertiesOf, readParameters } from '../parameters';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { webhookLocator } from './locator';

const PARAMETERS = { webhookId: webhookLocator };

export const test: Operation = {
	option: {
		name: 'Send Test',
		value: 'test',
		action: 'Send test event to webhook',
		description:
			'Have Avala send a test event now and report the response; a failed test is not an error',
	},
	properties: propertiesOf(PARAMETERS, { required: true }),
	async execute(run) {
		const { webhookId } = await readParameters(run, PARAMETERS);
		const endpoint = one(WEBHOOKS, webhookId, 'test');
		const sent = await avalaObject(run.connection, { method: 'POST', endpoint });
		const said = quoteAll(sent, run.connection.secrets);
		// One of Avala's documents says `delivered` for `success`.
		const success = booleanOf(sent.success ?? sent.delivered) === true;
		return itemsOf([{ ...said, success }]);
	},
};
