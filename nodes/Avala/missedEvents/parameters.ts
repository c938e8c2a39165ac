import type { IPollFunctions } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { isExpression, notUnderstood, readNumber, readText, shown } from '../shared/values';
import type { EventSelection } from '../trigger/parameters';
import { evaluated, readOptions, readSelection } from '../trigger/parameters';

/** The parameters of the Avala Missed Events Trigger, checked. */
export interface PollParameters extends EventSelection {
	/** The target URL of the watched webhook; undefined for all webhooks of the account. */
	webhookUrl?: string;
	/** Hours before the first activation. */
	lookBackHours: number;
}

/** @throws UserError or NodeOperationError that names the parameter */
export function readParameters(context: IPollFunctions): PollParameters {
	const options = readOptions(context);
	return {
		...readSelection(context, options),
		webhookUrl: readWebhookUrl(context),
		lookBackHours: options.given('lookBack', 0, (value) =>
			readNumber('Look Back (Hours)', value, 0),
		),
	};
}

function readWebhookUrl(context: IPollFunctions): string | undefined {
	const value = evaluated(context, 'Webhook URL', 'webhookUrl');
	// What an expression gives is never taken for all webhooks.
	if (value === '' && !isExpression(context.getNode().parameters.webhookUrl)) return undefined;
	const url = readText('Webhook URL', value);
	if (!/^https:\/\//i.test(url) || !URL.canParse(url)) {
		throw notUnderstood('Webhook URL', 'the production URL of an Avala Trigger', value);
	}
	if (!new URL(url).pathname.includes('/webhook-test/')) return url;
	throw new UserError(`'Webhook URL' is a test URL: ${shown(url)}.`, {
		description: 'Copy the production URL from the Avala Trigger instead.',
	});
}
