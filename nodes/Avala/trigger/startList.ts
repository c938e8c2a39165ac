import { createHash } from 'crypto';
import { NodeApiError } from 'n8n-workflow';

import { messageOf, numberOf } from '../shared/values';
import type { Webhook } from '../shared/webhook';
import { readWebhook } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { withLimit } from '../transport/connection';
import { readCredential } from '../transport/credential';
import { avalaPages } from '../transport/pages';
import { all, WEBHOOKS } from '../transport/paths';

/** How old a list may get, and how long a failure may count, in milliseconds. */
const LIFETIME_MS = 60_000;
/** However large the account is and whatever fails, the list takes at most 10 of Avala's 100 requests a minute. */
const MAX_PAGES = 10;
/** With the one for its own webhook, no trigger sends more than three requests. */
const MAX_PAGES_PER_TRIGGER = 2;
/** A page that fails within this time, in milliseconds, may be tried again at once. */
const SLOW_FAILURE_MS = 1_000;
/** For how many times as long as a slow failure took the list is left alone. */
const REST_AFTER_FAILURE = 10;

/** What has been read of Avala's list, newest webhook first. */
interface StartList {
	since: number;
	webhooks: Map<string, Webhook>;
	pagesLeft: number;
	/** Not read before this moment, Unix time in milliseconds. */
	restUntil: number;
	/** Undefined for the first page. */
	next?: URL;
	/** Gives false when the page could not be read; never rejects. */
	reading?: Promise<boolean>;
}

interface Failure {
	error: unknown;
	/** Unix time in milliseconds. */
	until: number;
}

/** By base URL and API key, as a hash: what one server or key shows is never used for another. */
const lists = new Map<string, StartList>();
const failures = new Map<string, Failure>();

/**
 * Reads the webhook of a trigger when n8n starts. Of the triggers that start within a minute the first
 * asks for its own webhook, and the others read the list as far as they need it and share it. What is
 * not on it is asked for by its ID: only a 404 there means that a webhook is gone.
 *
 * @param readOne asks Avala for a webhook by its ID
 * @throws what `readOne` throws. The next triggers fail for the same reason without a request, for as
 * long as that took or Avala asks to wait: n8n 2.8 starts one workflow after the other, and Avala may be down.
 */
export async function webhookAtStart(
	connection: Connection,
	uid: string,
	readOne: (connection: Connection, uid: string) => Promise<Webhook | undefined>,
): Promise<Webhook | undefined> {
	const key = keyOf(connection);
	const failure = failures.get(key);
	if (failure && Date.now() < failure.until) throw notAsked(failure);
	const startedAt = Date.now();
	const listed = await onList(connection, key, uid);
	if (listed) return listed;
	return await readOne(connection, uid).catch((error: unknown) => {
		const now = Date.now();
		const lastsMs = Math.min(Math.max(now - startedAt, askedWaitOf(error)), LIFETIME_MS);
		keepFor(lastsMs, failures, key, { error, until: now + lastsMs });
		throw error;
	});
}

/** To be called after each request that may have changed a webhook. */
export function forgetStart(connection: Connection): void {
	lists.clear();
	failures.delete(keyOf(connection));
}

/** The webhook if the list has it; the first trigger of all only begins a list, which it may not need. */
async function onList(
	connection: Connection,
	key: string,
	uid: string,
): Promise<Webhook | undefined> {
	const list = currentList(key);
	if (!list) {
		const since = Date.now();
		keepFor(LIFETIME_MS, lists, key, {
			since,
			webhooks: new Map(),
			pagesLeft: MAX_PAGES,
			restUntil: since,
		});
		return undefined;
	}
	let mayRead = MAX_PAGES_PER_TRIGGER;
	while (currentList(key) === list && !list.webhooks.has(uid)) {
		if (!list.reading) {
			if (mayRead === 0 || !isReadable(list)) break;
			mayRead -= 1;
			list.reading = readPage(connection, list).finally(() => delete list.reading);
		}
		if (!(await list.reading)) break;
	}
	return currentList(key)?.webhooks.get(uid);
}

function currentList(key: string): StartList | undefined {
	const list = lists.get(key);
	return list && Date.now() - list.since < LIFETIME_MS ? list : undefined;
}

function isReadable({ pagesLeft, restUntil }: StartList): boolean {
	return pagesLeft > 0 && Date.now() >= restUntil;
}

/** Takes half of the trigger's time at most: if the page fails, the webhook itself may be read all the same. */
async function readPage(connection: Connection, list: StartList): Promise<boolean> {
	const startedAt = Date.now();
	const halfMs = Math.floor((connection.deadline - startedAt) / 2);
	const half = withLimit(connection, Math.max(0, halfMs));
	const pages = avalaPages(half, all(WEBHOOKS), { start: list.next });
	list.pagesLeft -= 1;
	try {
		for await (const { entries, next } of pages) {
			for (const webhook of entries.map(readWebhook)) {
				if (webhook) list.webhooks.set(webhook.uid, webhook);
			}
			list.next = next;
			if (!next) list.pagesLeft = 0;
			break;
		}
		return true;
	} catch {
		const now = Date.now();
		const tookMs = now - startedAt;
		if (tookMs > SLOW_FAILURE_MS) list.restUntil = now + tookMs * REST_AFTER_FAILURE;
		// The page may be gone for good.
		delete list.next;
		return false;
	}
}

function keepFor<T>(ms: number, kept: Map<string, T>, key: string, value: T): void {
	kept.set(key, value);
	AbortSignal.timeout(ms).addEventListener('abort', () => {
		if (kept.get(key) === value) kept.delete(key);
	});
}

function notAsked({ error }: Failure): Error {
	return new Error(
		`n8n did not ask Avala, since it could not check another workflow: ${messageOf(error)}`,
	);
}

function askedWaitOf(error: unknown): number {
	const asked = error instanceof NodeApiError ? error.context.retryAfterMs : undefined;
	return numberOf(asked) ?? 0;
}

function keyOf({ baseUrl, credential }: Connection): string {
	const { apiKey } = readCredential(credential);
	return createHash('sha256')
		.update(JSON.stringify([baseUrl, apiKey]))
		.digest('hex');
}
