import type { IDataObject } from 'n8n-workflow';
import { NodeOperationError, tryToParseDateTime } from 'n8n-workflow';

import { isObject, textOf } from '../shared/types';
import { findWebhookId } from '../shared/webhooks';
import type { ItemRun } from './operation';

/** A collection of optional fields, as the user has filled it in for this item. */
export function collectionOf({ context, itemIndex }: ItemRun, name: string): IDataObject {
	const value: unknown = context.getNodeParameter(name, itemIndex, {});
	return isObject(value) ? value : {};
}

/** How many results are wanted: all of them, or the limit. */
export function wantedCount({ context, itemIndex }: ItemRun): number {
	const isAll = context.getNodeParameter('returnAll', itemIndex, false) === true;
	return isAll ? Infinity : limitOf({ context, itemIndex });
}

/** @throws NodeOperationError for a limit below 1 */
export function limitOf({ context, itemIndex }: Pick<ItemRun, 'context' | 'itemIndex'>): number {
	const limit = Number(context.getNodeParameter('limit', itemIndex, 50));
	if (Number.isInteger(limit) && limit >= 1) return limit;
	throw new NodeOperationError(context.getNode(), 'Limit must be a whole number of at least 1');
}

/**
 * The id that the webhook locator stands for.
 *
 * @throws NodeOperationError when none is chosen, or its target URL does not lead to exactly one
 */
export async function webhookIdOf(run: ItemRun): Promise<string> {
	const chosen: unknown = run.context.getNodeParameter('webhookId', run.itemIndex, '');
	const id = await resolveLocator(run, chosen);
	if (id !== undefined) return id;
	throw new NodeOperationError(run.context.getNode(), 'No webhook is chosen', {
		description: 'Choose a webhook from the list, or enter its ID or its target URL.',
	});
}

/** The id that a locator's value stands for; undefined when it is empty. */
export async function resolveLocator(run: ItemRun, locator: unknown): Promise<string | undefined> {
	const { mode, value } = isObject(locator) ? locator : { mode: 'id', value: locator };
	const text = textOf(value)?.trim();
	if (!text || mode !== 'url') return text;
	return await run.webhookIds.get(text, async () => await findWebhookId(run.context, text));
}

/**
 * A moment in Unix milliseconds. A time without a zone is meant in the workflow's time zone.
 *
 * @throws NodeOperationError when the value is no time
 */
export function momentOf({ context }: ItemRun, label: string, value: unknown): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	try {
		return tryToParseDateTime(value, context.getTimezone()).toMillis();
	} catch {
		throw new NodeOperationError(
			context.getNode(),
			`${label} is not a time: ${JSON.stringify(value)}`,
			{
				description:
					'Enter a date and time such as 2026-03-02T10:30:00Z, or choose one in the calendar.',
			},
		);
	}
}
