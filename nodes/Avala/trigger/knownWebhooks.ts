import { createHash } from 'crypto';

import { idKey } from '../shared/values';
import type { Webhook } from '../shared/webhook';
import { readWebhook } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { readCredential } from '../transport/credential';
import { apiError } from '../transport/errors';
import { avalaList } from '../transport/pages';
import { all, WEBHOOKS } from '../transport/paths';

/** How long a list may be used, in milliseconds. */
const LIFETIME_MS = 60_000;
/** The newest 1,000 webhooks: at most 10 of the 100 requests that Avala allows a minute, however large the account is. */
const MAX_PAGES = 10;
/** So many that are not on the list are asked for by their IDs: the triggers of an account may be more than its limit. */
const MAX_SINGLE = 50;

interface StartList {
	/** Unix time in milliseconds. */
	until: number;
	/** How many webhooks may still be asked for by their IDs. */
	singleLeft: number;
	/** By the key of its ID; not read before the second trigger asks. */
	webhooks?: Promise<Map<string, Webhook>>;
}

/** By base URL and API key, as a hash: what one key may read is never used for another. */
const lists = new Map<string, StartList>();

/**
 * Looks up a webhook when n8n starts. Of the triggers that start within a minute the first begins a list, which
 * it does not need itself, and the others share it, also when it cannot be read: n8n 2.8 starts one workflow
 * after the other, and Avala may be down.
 *
 * @returns undefined when the list does not have it: then Avala has to be asked for it by its ID
 * @throws NodeApiError when the list cannot be read, or too many have been asked for by their IDs
 */
export async function listedAtStart(
	connection: Connection,
	uid: string,
): Promise<Webhook | undefined> {
	const account = accountOf(connection);
	const list = lists.get(account);
	if (!list || Date.now() >= list.until) {
		// The first trigger asks by the ID.
		const begun = { until: Date.now() + LIFETIME_MS, singleLeft: MAX_SINGLE - 1 };
		lists.set(account, begun);
		AbortSignal.timeout(LIFETIME_MS).addEventListener('abort', () => {
			if (lists.get(account) === begun) lists.delete(account);
		});
		return undefined;
	}
	list.webhooks ??= readNewest(connection);
	const webhook = (await list.webhooks).get(idKey(uid));
	if (webhook || list.singleLeft-- > 0) return webhook;
	throw apiError(
		connection,
		`In a minute n8n asks for at most ${MAX_SINGLE} webhooks that are not among the account’s newest.`,
		'Unpublish the workflow and publish it again to have its webhook checked.',
	);
}

/** To be called after each request that may have changed a webhook. */
export function forgetAtStart(connection: Connection, uid: string): void {
	const reading = lists.get(accountOf(connection))?.webhooks;
	void reading?.then(
		(webhooks) => webhooks.delete(idKey(uid)),
		() => undefined,
	);
}

async function readNewest(connection: Connection): Promise<Map<string, Webhook>> {
	const webhooks = new Map<string, Webhook>();
	for await (const webhook of avalaList(connection, all(WEBHOOKS), readWebhook, MAX_PAGES)) {
		webhooks.set(idKey(webhook.uid), webhook);
	}
	return webhooks;
}

/** For so long Avala's reads may not have a webhook that it has just created: its replicas lag behind. */
const LAG_MS = 15_000;

/** What was created in that time, in which account, and until when it counts (Unix time in milliseconds). */
let created: Array<{ uid: string; targetUrl: string; account: string; until: number }> = [];

/** What was created in this account in the last seconds, and not deleted again. */
export function justCreated(connection: Connection): Array<{ uid: string; targetUrl: string }> {
	created = created.filter(({ until }) => Date.now() < until);
	const account = accountOf(connection);
	return created.filter((one) => one.account === account);
}

export function noteCreated(connection: Connection, uid: string, targetUrl: string): void {
	created.push({ uid, targetUrl, account: accountOf(connection), until: Date.now() + LAG_MS });
}

export function forgetCreated(uid: string): void {
	created = created.filter((one) => one.uid !== uid);
}

/** What one key may read at one server, as a hash. */
export function accountOf({ baseUrl, credential }: Connection): string {
	const { apiKey } = readCredential(credential);
	return createHash('sha256')
		.update(JSON.stringify([baseUrl, apiKey]))
		.digest('hex');
}
