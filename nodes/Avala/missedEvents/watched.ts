import type { IDataObject } from 'n8n-workflow';

import { idKey, messageOf } from '../shared/values';
import type { Webhook } from '../shared/webhook';
import { isSameUrl, readWebhook } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { log } from '../transport/connection';
import { avalaList } from '../transport/pages';
import { all, one, WEBHOOKS } from '../transport/paths';
import { avalaEntry, avalaRequest, hasStatus, undefinedOnStatus } from '../transport/request';

/** How servers refuse an ID that they do not have. */
const UNKNOWN_ID: readonly number[] = [400, 404, 410, 422];

/**
 * The webhook with this target URL: the one that had it last, if it still has, else from the list.
 *
 * @param lastId its ID when it was last seen
 * @returns undefined when there is none, such as while its trigger is being published
 */
export async function watchedWebhook(
	connection: Connection,
	targetUrl: string,
	lastId: string | undefined,
): Promise<Webhook | undefined> {
	const isIt = (entry: IDataObject | undefined): Webhook | undefined => {
		const webhook = readWebhook(entry);
		return webhook && isSameUrl(webhook.targetUrl, targetUrl) ? webhook : undefined;
	};
	if (lastId !== undefined) {
		const endpoint = one(WEBHOOKS, lastId);
		const reading = avalaEntry(connection, { method: 'GET', endpoint });
		const last = isIt(await undefinedOnStatus(UNKNOWN_ID, reading));
		if (last && idKey(last.uid) === idKey(lastId)) return last;
	}
	for await (const entry of avalaList(connection, all(WEBHOOKS))) {
		const found = isIt(entry);
		if (found) return found;
	}
	return undefined;
}

/**
 * Activates a webhook again that Avala has deactivated since its deliveries kept failing.
 *
 * @returns whether the API key may do that; if not, n8n's log says so
 */
export async function reactivate(connection: Connection, { uid }: Webhook): Promise<boolean> {
	const endpoint = one(WEBHOOKS, uid);
	const body = { is_active: true };
	return await avalaRequest(connection, { method: 'PATCH', endpoint, body }).then(
		() => {
			log(
				connection,
				'info',
				`Avala Missed Events Trigger: activated webhook ${uid} again, which Avala had deactivated.`,
			);
			return true;
		},
		(error: unknown) => {
			if (!hasStatus(error, [403])) throw error;
			log(
				connection,
				'warn',
				`Avala Missed Events Trigger: webhook ${uid} is inactive, and the API key may not activate it. ${messageOf(error)}`,
			);
			return false;
		},
	);
}
