import { sleep } from 'n8n-workflow';

import { idKey, isObject, textOf } from '../shared/values';
import type { WantedTypes, Webhook } from '../shared/webhook';
import { isSameUrl, readWebhook, subscribe } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { log, withSecret } from '../transport/connection';
import { apiError } from '../transport/errors';
import { avalaList } from '../transport/pages';
import { all, one, WEBHOOKS } from '../transport/paths';
import { avalaRequest, undefinedOnStatus } from '../transport/request';
import { forgetAtStart, forgetCreated, justCreated, noteCreated } from './knownWebhooks';

/** A webhook as Avala has it after it was created or corrected. */
export interface RegisteredWebhook {
	uid: string;
	/** As Avala shows it when it creates a webhook, if it does. */
	secret?: string;
	/** The types that `*` stands for and that this server does not accept. */
	refusedEvents: string[];
}

/** How servers refuse an ID that is of another account or has another form than theirs. */
const UNKNOWN_ID: readonly number[] = [400, 403, 404, 410, 422];

/**
 * The webhook with this ID.
 *
 * @param refusals the statuses by which Avala says that there is none
 * @throws NodeApiError also when Avala responds with another webhook
 */
export async function findWebhook(
	connection: Connection,
	uid: string,
	refusals = UNKNOWN_ID,
): Promise<Webhook | undefined> {
	return await undefinedOnStatus(refusals, readOne(connection, uid));
}

/** `findWebhook` that asks again for one that was just created, once a second. */
export async function awaitWebhook(
	connection: Connection,
	uid: string,
): Promise<Webhook | undefined> {
	while (justCreated(connection).some((one) => one.uid === uid)) {
		const webhook = await findWebhook(connection, uid, [404]);
		if (webhook) return webhook;
		await sleep(1_000);
	}
	return await findWebhook(connection, uid);
}

async function readOne(connection: Connection, uid: string): Promise<Webhook> {
	const { value } = await avalaRequest(connection, { method: 'GET', endpoint: one(WEBHOOKS, uid) });
	const webhook = readWebhook(value);
	if (webhook && idKey(webhook.uid) === idKey(uid)) return webhook;
	throw notInResponse(connection, `webhook ${uid}`);
}

/** All webhooks of the account with this target URL. */
export async function listWebhooks(connection: Connection, targetUrl: string): Promise<Webhook[]> {
	const found: Webhook[] = [];
	for await (const webhook of avalaList(connection, all(WEBHOOKS), readWebhook)) {
		if (isSameUrl(webhook.targetUrl, targetUrl)) found.push(webhook);
	}
	return found;
}

/** Creates an active webhook. Of the types that `*` stands for it has those that Avala accepts. */
export async function createWebhook(
	known: Connection,
	targetUrl: string,
	types: WantedTypes,
	secret: string,
): Promise<RegisteredWebhook> {
	const connection = withSecret(known, secret);
	let shown: string | undefined;
	const registered = await subscribed(connection, targetUrl, types, [], async (events) => {
		const body = { target_url: targetUrl, events, is_active: true, secret };
		const endpoint = all(WEBHOOKS);
		const { value } = await avalaRequest(connection, { method: 'POST', endpoint, body });
		if (isObject(value)) shown = textOf(value.secret)?.trim();
		// Where the response does not contain it (204), it is the one that the list has now.
		const webhook = readWebhook(value) ?? (await listWebhooks(connection, targetUrl))[0];
		if (!webhook) throw notInResponse(connection, 'new webhook');
		noteCreated(connection, webhook.uid, targetUrl);
		return webhook;
	});
	return { ...registered, secret: shown };
}

/**
 * Gives an existing webhook the wanted types and activates it; one that is right costs no request.
 *
 * @param refusedBefore the types that Avala is known to refuse
 */
export async function updateWebhook(
	connection: Connection,
	webhook: Webhook,
	wanted: WantedTypes,
	refusedBefore: readonly string[],
): Promise<RegisteredWebhook> {
	const { uid } = webhook;
	const accepted = wanted.optional.filter((type) => !refusedBefore.includes(type));
	const types = [...wanted.required, ...accepted];
	const hasNoOthers = new Set(webhook.events).size === types.length;
	if (webhook.isActive && hasNoOthers && missingTypes(webhook, types).length === 0)
		return { uid, refusedEvents: [...refusedBefore] };

	const { targetUrl } = webhook;
	const updated = await subscribed(connection, targetUrl, wanted, refusedBefore, async (events) => {
		const body = { events, is_active: true };
		const endpoint = one(WEBHOOKS, uid);
		const updating = avalaRequest(connection, { method: 'PATCH', endpoint, body });
		const { value } = await updating.finally(() => forgetAtStart(connection, uid));
		// The response may not contain it (204).
		return readWebhook(value) ?? (await readOne(connection, uid));
	});
	log(connection, 'debug', `Avala Trigger: corrected webhook ${uid}.`);
	return updated;
}

/**
 * Deletes these webhooks, and what was just created with the target URL, which the list may not have yet.
 * One that is gone already counts as deleted.
 */
export async function deleteWebhooks(
	connection: Connection,
	webhooks: readonly Webhook[],
	targetUrl: string,
): Promise<void> {
	const recent = justCreated(connection).filter((created) => created.targetUrl === targetUrl);
	for (const uid of new Set([...webhooks, ...recent].map((webhook) => webhook.uid))) {
		const deleting = avalaRequest(connection, { method: 'DELETE', endpoint: one(WEBHOOKS, uid) });
		await undefinedOnStatus([404], deleting).finally(() => forgetAtStart(connection, uid));
		forgetCreated(uid);
		log(connection, 'debug', `Avala Trigger: deleted webhook ${uid}.`);
	}
}

/**
 * Has Avala accept the wanted types, and checks what the webhook has become.
 *
 * @param send creates or changes the webhook so that it has these types and is active
 * @throws NodeApiError when it is not active, or lacks a type that the user has chosen
 */
async function subscribed(
	connection: Connection,
	targetUrl: string,
	types: WantedTypes,
	refusedBefore: readonly string[],
	send: (events: string[]) => Promise<Webhook>,
): Promise<RegisteredWebhook> {
	const { response: webhook, refused } = await subscribe(types, send);
	const { uid } = webhook;
	if (!webhook.isActive) {
		throw apiError(
			connection,
			`Avala left webhook ${uid} inactive.`,
			`It may not reach ${targetUrl}: check that this address responds from the internet, then publish the workflow again.`,
		);
	}
	const dropped = missingTypes(webhook, types.required);
	if (dropped.length > 0) {
		throw apiError(
			connection,
			`Avala registered webhook ${uid} without some event types that are selected.`,
			`This server does not seem to know ${dropped.join(', ')}. In the Avala Trigger, deselect what is missing, or ask Avala for it, then publish the workflow again.`,
		);
	}
	const refusedEvents = [...new Set([...refused, ...missingTypes(webhook, types.optional)])];
	const refusedNow = refusedEvents.filter((type) => !refusedBefore.includes(type));
	if (refusedNow.length > 0) {
		log(
			connection,
			'warn',
			`Avala Trigger: this Avala server does not know the event types ${refusedNow.join(', ')}, which 'All Event Types' includes. The webhook was registered without them.`,
		);
	}
	return { uid, refusedEvents };
}

/** The types that a webhook does not have; none where Avala does not show what it has. */
function missingTypes({ events }: Webhook, wanted: readonly string[]): string[] {
	if (events.length === 0) return [];
	const present = new Set(events.map((type) => type.toLowerCase()));
	return wanted.filter((type) => !present.has(type.toLowerCase()));
}

function notInResponse(connection: Connection, what: string): Error {
	return apiError(
		connection,
		`Avala’s response contains no ${what}.`,
		"Check that 'Base URL' in the Avala credential points to the API.",
	);
}
