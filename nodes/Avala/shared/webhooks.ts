import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { avalaList, WEBHOOKS_PATH } from './transport';
import type { AvalaContext } from './types';
import { listOf, textOf } from './types';

/** More entries than these are found by typing a part of the URL. */
const MAX_LISTED = 100;

/** True for the same address, however it is written: case of the host, default port. */
export function isSameUrl(a: unknown, b: string): boolean {
	return (
		typeof a === 'string' &&
		URL.canParse(a) &&
		URL.canParse(b) &&
		new URL(a).href === new URL(b).href
	);
}

/**
 * The id of the one webhook with this target URL.
 *
 * @throws NodeOperationError when there is none, or more than one
 */
export async function findWebhookId(context: AvalaContext, targetUrl: string): Promise<string> {
	const found: string[] = [];
	for await (const { uid, target_url } of avalaList(context, WEBHOOKS_PATH)) {
		if (isSameUrl(target_url, targetUrl) && typeof uid === 'string') found.push(uid);
	}
	const [only, ...others] = found;
	if (only !== undefined && others.length === 0) return only;
	const problem = only === undefined ? 'No webhook has' : `${found.length} webhooks have`;
	throw new NodeOperationError(context.getNode(), `${problem} the target URL ${targetUrl}`, {
		description:
			only === undefined
				? 'Compare it with the target URLs in the list of webhooks: path and query must be the same.'
				: `Choose one of them by its ID: ${found.join(', ')}.`,
	});
}

/** The editor's list of webhooks: target URL and events, those that are switched off marked. */
export async function searchWebhooks(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const wanted = filter?.toLowerCase() ?? '';
	const results: INodeListSearchItems[] = [];
	for await (const webhook of avalaList(this, WEBHOOKS_PATH)) {
		const name = nameOf(webhook);
		const uid = textOf(webhook.uid);
		if (uid === undefined || !`${name} ${uid}`.toLowerCase().includes(wanted)) continue;
		results.push({ name, value: uid });
		if (results.length >= MAX_LISTED) break;
	}
	return { results };
}

function nameOf({ target_url: targetUrl, events, is_active: isActive }: IDataObject): string {
	const mark = isActive === false ? ' (inactive)' : '';
	return `${textOf(targetUrl) ?? 'no target URL'} – ${listOf(events).join(', ')}${mark}`;
}
