import type { IDataObject } from 'n8n-workflow';

import type { WantedTypes } from '../shared/subscription';
import { subscribe } from '../shared/subscription';
import { isObject, textOf } from '../shared/values';
import type { Webhook } from '../shared/webhook';
import { readWebhook } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { withSecret } from '../transport/connection';
import { apiError } from '../transport/errors';
import { all, one, WEBHOOKS } from '../transport/paths';
import type { AvalaRequest, AvalaResponse } from '../transport/request';
import { avalaRequest, undefinedOnStatus } from '../transport/request';
import { findWebhooks, webhookIn } from './lookup';
import { forgetStart } from './startList';
import type { WantedWebhook } from './wanted';

/** A webhook that was created a moment ago. */
export interface CreatedWebhook {
	uid: string;
	/** As Avala shows it in its response, if it does. */
	secret?: string;
	refusedEvents: string[];
}

/** The webhook that was just created, where the response does not contain it (204): no other has its target URL. */
async function findCreated(connection: Connection, targetUrl: string): Promise<Webhook> {
	const [found] = await findWebhooks(connection, targetUrl);
	return found ?? webhookIn(connection, undefined);
}

/** Counts a webhook that is gone already as deleted. */
export async function deleteWebhook(connection: Connection, uid: string): Promise<void> {
	const endpoint = one(WEBHOOKS, uid);
	await undefinedOnStatus([404], write(connection, { method: 'DELETE', endpoint }));
	connection.context.logger.debug(`Avala Trigger: deleted webhook ${uid}.`);
}

/** Creates an active webhook. Of the types that `*` stands for it has those that Avala accepts. */
export async function postWebhook(
	known: Connection,
	{ targetUrl, types }: WantedWebhook,
	secret: string,
): Promise<CreatedWebhook> {
	const connection = withSecret(known, secret);
	let created: { webhook: Webhook; secret?: string } | undefined;
	const { response: webhook, refused } = await subscribe(types, async (events) => {
		if (created) return await patchWebhook(connection, created.webhook.uid, events);
		const { value } = await write(connection, {
			method: 'POST',
			endpoint: all(WEBHOOKS),
			body: { target_url: targetUrl, events, is_active: true, secret },
		});
		created = {
			webhook: readWebhook(value) ?? (await findCreated(connection, targetUrl)),
			secret: isObject(value) ? textOf(value.secret)?.trim() : undefined,
		};
		return created.webhook;
	});
	tellRefused(connection, refused);
	const refusedEvents = await correctWebhook(connection, webhook, { targetUrl, types }, refused);
	return { uid: webhook.uid, secret: created?.secret, refusedEvents };
}

/**
 * Gives an existing webhook the wanted types and activates it; one that is right costs no request.
 *
 * @param known the types that Avala is known to refuse
 * @returns the types that it refuses now
 */
export async function correctWebhook(
	connection: Connection,
	webhook: Webhook,
	{ targetUrl, types }: WantedWebhook,
	known: readonly string[],
): Promise<string[]> {
	const optional = types.optional.filter((type) => !known.includes(type));
	if (webhook.isActive && hasExactly(webhook, { ...types, optional })) return [...known];

	const { response: corrected, refused } = await subscribe(
		types,
		async (events) => await patchWebhook(connection, webhook.uid, events),
		webhook.events,
	);
	connection.context.logger.debug(`Avala Trigger: corrected webhook ${webhook.uid}.`);
	if (!corrected.isActive) {
		throw apiError(
			connection,
			`Avala left webhook ${webhook.uid} inactive. It may not reach ${targetUrl}: check that this address responds from the internet, then publish the workflow again.`,
			'',
		);
	}
	const dropped = lacking(corrected, types.required);
	if (dropped.length > 0) {
		throw apiError(
			connection,
			`Avala registered webhook ${webhook.uid} without ${dropped.join(', ')}, which this server does not seem to know. In the Avala Trigger, deselect what is missing, or ask Avala for it, then publish the workflow again.`,
			'',
		);
	}
	const refusedNow = [...new Set([...refused, ...lacking(corrected, types.optional)])];
	tellRefused(
		connection,
		refusedNow.filter((type) => !known.includes(type)),
	);
	return refusedNow;
}

function hasExactly(webhook: Webhook, { required, optional }: WantedTypes): boolean {
	const wanted = [...required, ...optional];
	const hasNoMore = new Set(webhook.events).size === wanted.length;
	return hasNoMore && lacking(webhook, wanted).length === 0;
}

/** The types that a webhook does not have; none where Avala does not show what it has. */
function lacking({ events }: Webhook, wanted: readonly string[]): string[] {
	if (events.length === 0) return [];
	const present = new Set(events.map((type) => type.toLowerCase()));
	return wanted.filter((type) => !present.has(type.toLowerCase()));
}

/** @returns the changed webhook; it is read again where the response does not contain it (204) */
async function patchWebhook(
	connection: Connection,
	uid: string,
	events: string[],
): Promise<Webhook> {
	const endpoint = one(WEBHOOKS, uid);
	const body: IDataObject = { events, is_active: true };
	const { value } = await write(connection, { method: 'PATCH', endpoint, body });
	const changed = readWebhook(value);
	if (changed) return changed;
	const read = await avalaRequest(connection, { method: 'GET', endpoint });
	return webhookIn(connection, read.value);
}

/** After a failed request, too, the webhook may have changed. */
async function write(connection: Connection, request: AvalaRequest): Promise<AvalaResponse> {
	return await avalaRequest(connection, request).finally(() => forgetStart(connection));
}

function tellRefused({ context }: Connection, refused: readonly string[]): void {
	if (refused.length === 0) return;
	context.logger.warn(
		`Avala Trigger: this Avala server does not know the event types ${refused.join(', ')}, which 'All Event Types' includes. The webhook was registered without them.`,
	);
}
