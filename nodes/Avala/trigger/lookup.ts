import type { Webhook } from '../shared/webhook';
import { isSameUrl, readWebhook } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { apiError } from '../transport/errors';
import { avalaList } from '../transport/pages';
import { all, one, WEBHOOKS } from '../transport/paths';
import { avalaRequest, undefinedOnStatus } from '../transport/request';

/** How servers refuse an ID that is of another account or has another form than theirs. */
const UNKNOWN_ID: readonly number[] = [400, 403, 404, 410, 422];

/**
 * Reads the webhook with this ID.
 *
 * @returns undefined when Avala says for certain that there is none (404)
 * @throws NodeApiError for every other refusal, and for another webhook in its place
 */
export async function getWebhook(
	connection: Connection,
	uid: string,
): Promise<Webhook | undefined> {
	const webhook = await undefinedOnStatus([404], readOne(connection, uid));
	if (!webhook || isSameId(webhook.uid, uid)) return webhook;
	throw apiError(
		connection,
		`Avala responded with webhook ${webhook.uid} where ${uid} was asked for.`,
		'',
	);
}

/** For callers that look through the list next: every refusal of the ID counts as not found. */
export async function findStored(
	connection: Connection,
	uid: string,
): Promise<Webhook | undefined> {
	const webhook = await undefinedOnStatus(UNKNOWN_ID, readOne(connection, uid));
	return webhook && isSameId(webhook.uid, uid) ? webhook : undefined;
}

async function readOne(connection: Connection, uid: string): Promise<Webhook> {
	const endpoint = one(WEBHOOKS, uid);
	const { value } = await avalaRequest(connection, { method: 'GET', endpoint });
	return webhookIn(connection, value);
}

function isSameId(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}

/** All webhooks of the account with this target URL. */
export async function findWebhooks(connection: Connection, targetUrl: string): Promise<Webhook[]> {
	const found: Webhook[] = [];
	for await (const entry of avalaList(connection, all(WEBHOOKS))) {
		const webhook = readWebhook(entry);
		if (webhook && isSameUrl(webhook.targetUrl, targetUrl)) found.push(webhook);
	}
	return found;
}

/** @throws NodeApiError when there is no webhook in a response */
export function webhookIn(connection: Connection, value: unknown): Webhook {
	const webhook = readWebhook(value);
	if (webhook) return webhook;
	throw apiError(
		connection,
		`Avala’s response contains no webhook: it has no ID. Check that 'Base URL' in the Avala credential points to the API.`,
		'',
	);
}
