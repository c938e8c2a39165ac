import type { ILoadOptionsFunctions, INodeListSearchResult, INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { idOf, isObject } from '../../shared/values';
import type { Webhook } from '../../shared/webhook';
import { isSameUrl, readWebhook } from '../../shared/webhook';
import type { Connection } from '../../transport/connection';
import { avalaList } from '../../transport/pages';
import type { Endpoint } from '../../transport/paths';
import { all, checkedId, one, WEBHOOKS } from '../../transport/paths';
import { searchEntries } from '../listSearch';
import type { ItemRun } from '../operation';
import { parameterOf } from '../parameters';

const LONGEST_SHOWN_URL = 24;
const SHOWN_END = 14;

/** Picks one webhook: from a searchable list, by its ID, or by its target URL. */
export const webhookLocator: INodeProperties = {
	displayName: 'Webhook',
	name: 'webhookId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'The webhook to work on',
	builderHint: {
		propertyHint:
			'The uid of a webhook (mode id), as Webhook Get Many gives it, or its whole target URL (mode url).',
	},
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a webhook…',
			typeOptions: { searchListMethod: 'searchWebhooks', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: `e.g. ${WEBHOOKS.example}`,
			hint: "The ID of the webhook, which is 'uid' in the output",
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://n8n.example.com/webhook/…',
			hint: 'The target URL that Avala delivers to. Exactly one webhook must have it.',
		},
	],
};

/** The endpoint of the webhook that the node's locator stands for, or of what lies below it. */
export async function webhookEndpoint(run: ItemRun, action?: string): Promise<Endpoint> {
	return one(WEBHOOKS, await webhookIdOf(run, parameterOf(run, 'webhookId', '')), { action });
}

/** The same for an operation after which a target URL may lead to another webhook: each item looks for itself. */
export async function webhookToChange(run: ItemRun): Promise<Endpoint> {
	const { id, targetUrl } = readLocator(parameterOf(run, 'webhookId', ''));
	return one(WEBHOOKS, id ?? (await findWebhookId(run.connection, targetUrl)));
}

/**
 * The ID that a locator's value stands for. A URL is understood in every mode.
 *
 * @throws UserError when it is empty, or its target URL does not lead to exactly one webhook
 */
export async function webhookIdOf(run: ItemRun, locator: unknown): Promise<string> {
	const { id, targetUrl } = readLocator(locator);
	return (
		id ??
		(await run.once(
			['webhookId', targetUrl],
			async () => await findWebhookId(run.connection, targetUrl),
		))
	);
}

function readLocator(
	locator: unknown,
): { id: string; targetUrl?: undefined } | { id?: undefined; targetUrl: string } {
	const text = idOf(isObject(locator) ? locator.value : locator)?.trim();
	if (!text) {
		throw new UserError(
			"'Webhook' is empty. Select a webhook from the list, or enter its ID or its target URL; an expression may have given nothing.",
		);
	}
	const isUrl = (isObject(locator) && locator.mode === 'url') || /^https?:\/\//i.test(text);
	return isUrl ? { targetUrl: text } : { id: checkedId(WEBHOOKS, text, 'Webhook') };
}

async function findWebhookId(connection: Connection, targetUrl: string): Promise<string> {
	const found: string[] = [];
	for await (const entry of avalaList(connection, all(WEBHOOKS))) {
		const webhook = readWebhook(entry);
		if (webhook && isSameUrl(webhook.targetUrl, targetUrl)) found.push(webhook.uid);
	}
	const [only, ...others] = found;
	if (only !== undefined && others.length === 0) return only;
	throw new UserError(
		only === undefined
			? `No webhook has the target URL ${targetUrl}. Compare it with the target URLs in the list of webhooks: path and query must be the same.`
			: `${found.length} webhooks have the target URL ${targetUrl}. Select one of them by its ID: ${found.join(', ')}.`,
	);
}

/** The editor's list of webhooks; what tells them apart comes first, since n8n cuts long names. */
export async function searchWebhooks(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchEntries(this, all(WEBHOOKS), { filter, paginationToken }, (entry) => {
		const webhook = readWebhook(entry);
		return (
			webhook && {
				name: nameOf(webhook),
				value: webhook.uid,
				searched: `${webhook.targetUrl} ${webhook.events.join(' ')} ${webhook.uid}`,
			}
		);
	});
}

/** `(test) task.completed – …000004/webhook on n8n.example.com`, where n8n's test URLs and what is inactive are marked. */
function nameOf({ targetUrl, events, isActive }: Webhook): string {
	const [first = 'no event types', ...others] = events;
	const types = others.length === 0 ? first : `${first} +${others.length}`;
	const marks = [
		...(isActive ? [] : ['inactive']),
		...(targetUrl.includes('/webhook-test/') ? ['test'] : []),
	];
	return `${marks.length === 0 ? '' : `(${marks.join(', ')}) `}${types} – ${shortened(targetUrl)}`;
}

/** The end first: in n8n's URLs that is what differs. */
function shortened(targetUrl: string): string {
	if (targetUrl.length <= LONGEST_SHOWN_URL) return targetUrl || 'no target URL';
	const host = URL.canParse(targetUrl) ? ` on ${new URL(targetUrl).host}` : '';
	return `…${targetUrl.slice(-SHOWN_END)}${host}`;
}
