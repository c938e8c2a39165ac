import { UserError } from 'n8n-workflow';

import { chosenIn, idOf, isObject, shown } from '../../shared/values';
import type { Webhook } from '../../shared/webhook';
import { isSameUrl, readWebhook } from '../../shared/webhook';
import type { Connection } from '../../transport/connection';
import { avalaList } from '../../transport/pages';
import { all, checkedId, WEBHOOKS } from '../../transport/paths';
import { quote } from '../../transport/quote';
import type { Locator } from '../locator';
import { locatorField } from '../locator';

const LONGEST_SHOWN_URL = 24;
const SHOWN_END = 14;

const locator = locatorField(WEBHOOKS, {
	hint: 'The uid of a webhook (mode id), as Webhook Get Many gives it, or its whole target URL (mode url).',
	choices: (entry) => {
		const webhook = readWebhook(entry);
		if (webhook === undefined) return undefined;
		const { uid, targetUrl, events } = webhook;
		const searched = `${targetUrl} ${events.join(' ')} ${uid}`;
		return { name: nameOf(webhook), value: uid, searched };
	},
});

/** Picks one webhook: from a searchable list, by its ID, or by its target URL, which is understood in every mode. */
export const webhookLocator: Locator = {
	...locator,
	property: {
		...locator.property,
		modes: [
			...(locator.property.modes ?? []),
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: 'e.g. https://n8n.example.com/webhook/…',
				hint: 'The target URL that Avala delivers to. Exactly one webhook must have it.',
			},
		],
	},
	read: async (value, run) =>
		await chosenWebhook(value, async (targetUrl) => {
			const find = async () => await findWebhookId(run.connection, targetUrl);
			return await run.once(['webhookId', targetUrl], find);
		}),
};

/**
 * Picks the webhook that an operation changes. A target URL may lead to another webhook after the items
 * before, so each item looks for itself.
 */
export const webhookToChange: Locator = {
	...webhookLocator,
	read: async (value, { connection }) =>
		await chosenWebhook(value, async (targetUrl) => await findWebhookId(connection, targetUrl)),
};

/** @throws UserError when the locator is empty, or cannot be an ID or a target URL */
async function chosenWebhook(
	value: unknown,
	find: (targetUrl: string) => Promise<string>,
): Promise<string> {
	const text = idOf(chosenIn(value))?.trim() ?? '';
	const isUrl = isObject(value) && value.mode === 'url' && text !== '';
	if (isUrl || /^https?:\/\//i.test(text)) return await find(text);
	return checkedId(WEBHOOKS, text, 'Webhook');
}

/** @throws UserError when the target URL does not lead to exactly one webhook */
async function findWebhookId(connection: Connection, targetUrl: string): Promise<string> {
	const found: string[] = [];
	for await (const webhook of avalaList(connection, all(WEBHOOKS), readWebhook)) {
		if (isSameUrl(webhook.targetUrl, targetUrl)) found.push(webhook.uid);
	}
	const [only, ...others] = found;
	if (only !== undefined && others.length === 0) return only;
	throw only === undefined
		? new UserError(`No webhook has the target URL ${shown(targetUrl)}.`, {
				description:
					'Compare it with the target URLs in the list of webhooks: path and query must be the same.',
			})
		: new UserError(`${found.length} webhooks have the target URL ${shown(targetUrl)}.`, {
				description: `Select one of them by its ID: ${found
					.slice(0, 10)
					.map((uid) => quote(uid, connection.secrets))
					.join(', ')}.`,
			});
}

/**
 * `(test) task.completed – …000004/webhook on n8n.example.com`: what tells webhooks apart comes first, since n8n
 * cuts long names; n8n's test URLs and what is inactive are marked.
 */
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
