import type { IHookFunctions } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { expandEvents } from '../shared/eventCatalogue';
import type { WantedTypes } from '../shared/webhook';
import { readParameters } from './parameters';

/** The webhook that a trigger needs at Avala. */
export interface WantedWebhook {
	targetUrl: string;
	types: WantedTypes;
}

/** @throws UserError when the node's parameters or n8n's own URL cannot work */
export function wantedWebhook(context: IHookFunctions, targetUrl: string): WantedWebhook {
	if (!isHttps(targetUrl)) {
		throw new UserError(`n8n’s webhook URL is ${targetUrl}, which is not https.`, {
			description:
				'Avala delivers events to https addresses only. Set the environment variable WEBHOOK_URL to the public https address of n8n, restart n8n and publish the workflow again.',
		});
	}
	const { webhookId, name } = context.getNode();
	if (!webhookId && encodeURIComponent(name) !== name) {
		throw new UserError(`n8n has given the node "${name}" no webhook ID.`, {
			description:
				'With such a name n8n would respond to every event with 404. Open the workflow in the editor, save it, and publish it again.',
		});
	}
	const { events, customEvents } = readParameters(context);
	return { targetUrl, types: expandEvents(events, customEvents) };
}

/** @throws UserError when n8n has no usable URL for this trigger */
export function targetUrlOf(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (url !== undefined && URL.canParse(url)) return url;
	throw new UserError(`n8n gives ${JSON.stringify(url)} as this trigger’s webhook URL.`, {
		description: 'Check the environment variable WEBHOOK_URL: it must be a full https address.',
	});
}

export function isHttps(url: string): boolean {
	return new URL(url).protocol === 'https:';
}
