import { createHash } from 'crypto';

import type { Webhook } from '../shared/webhook';
import { readWebhook } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { readCredential } from '../transport/credential';
import { avalaPages } from '../transport/pages';
import { all, WEBHOOKS } from '../transport/paths';

/** How old a list may get, in milliseconds. */
const LIFETIME_MS = 60_000;
/** However large the account is, the list takes at most 10 of Avala's 100 requests a minute. */
const MAX_PAGES = 10;
/** With the one for its own webhook, no trigger sends more than three requests. */
const MAX_PAGES_PER_TRIGGER = 2;

/** What has been read of Avala's list, newest webhook first. */
interface StartList {
	since: number;
	webhooks: Map<string, Webhook>;
	pagesLeft: number;
	/** Undefined before the first page. */
	next?: URL;
	reading?: Promise<void>;
}

/** By base URL and API key, as a hash: what one server or key shows is never used for another. */
const lists = new Map<string, StartList>();
const failures = new Map<string, { error: unknown; until: number }>();

/**
 * Reads the webhook of a trigger when n8n starts. Of the triggers that start within a minute the first
 * asks for its own webhook, and the others read the list as far as they need it and share it. What is
 * not on it is asked for by its ID: only a 404 there means that a webhook is gone.
 *
 * @param readOne asks Avala for a webhook by its ID
 * @throws what `readOne` throws. For as long as that took, the next triggers get the same error without
 * a request: n8n 2.8 starts one workflow after the other, and Avala may be down.
 */
export async function webhookAtStart(
	connection: Connection,
	uid: string,
	readOne: (connection: Connection, uid: string) => Promise<Webhook | undefined>,
): Promise<Webhook | undefined> {
	const key = keyOf(connection);
	const failure = failures.get(key);
	if (failure && Date.now() < failure.until) throw failure.error;
	const startedAt = Date.now();
	const listed = await onList(connection, key, uid);
	if (listed) return listed;
	return await readOne(connection, uid).catch((error: unknown) => {
		failures.set(key, { error, until: 2 * Date.now() - startedAt });
		throw error;
	});
}

/** To be called after each request that may have changed a webhook. */
export function forgetStart(connection: Connection): void {
	lists.clear();
	failures.delete(keyOf(connection));
}

async function onList(
	connection: Connection,
	key: string,
	uid: string,
): Promise<Webhook | undefined> {
	const list = currentList(key);
	if (!list) {
		begin(key);
		return undefined;
	}
	let mayRead = MAX_PAGES_PER_TRIGGER;
	try {
		while (!list.webhooks.has(uid) && list.pagesLeft > 0 && (list.reading || mayRead > 0)) {
			if (!list.reading) mayRead -= 1;
			list.reading ??= readPage(connection, list).finally(() => delete list.reading);
			await list.reading;
		}
	} catch {
		// The webhook itself may be read all the same; if not, `readOne` says why.
		lists.delete(key);
	}
	return currentList(key)?.webhooks.get(uid);
}

function currentList(key: string): StartList | undefined {
	const list = lists.get(key);
	return list && Date.now() - list.since < LIFETIME_MS ? list : undefined;
}

function begin(key: string): void {
	const list = { since: Date.now(), webhooks: new Map(), pagesLeft: MAX_PAGES };
	lists.set(key, list);
	AbortSignal.timeout(LIFETIME_MS).addEventListener('abort', () => {
		if (lists.get(key) === list) lists.delete(key);
	});
}

async function readPage(connection: Connection, list: StartList): Promise<void> {
	const pages = avalaPages(connection, all(WEBHOOKS), { start: list.next });
	for await (const { entries, next } of pages) {
		for (const webhook of entries.map(readWebhook)) {
			if (webhook) list.webhooks.set(webhook.uid, webhook);
		}
		list.next = next;
		list.pagesLeft = next ? list.pagesLeft - 1 : 0;
		break;
	}
}

function keyOf({ baseUrl, credential }: Connection): string {
	const { apiKey } = readCredential(credential);
	return createHash('sha256')
		.update(JSON.stringify([baseUrl, apiKey]))
		.digest('hex');
}
