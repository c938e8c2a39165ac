import type { IHookFunctions } from 'n8n-workflow';

import type { Webhook } from '../shared/webhook';
import { isSameUrl } from '../shared/webhook';
import { messageOf } from '../shared/values';
import type { Connection } from '../transport/connection';
import { connect, withLimit } from '../transport/connection';
import { ACTIVATION_LIMIT_MS, CLEAN_UP_LIMIT_MS } from './limits';
import { findStored, findWebhooks } from './lookup';
import { deleteWebhook } from './remote';
import { NOT_REGISTERED, readRegistration, writeRegistration } from './stored';
import { isHttps, targetUrlOf } from './wanted';

/**
 * Deletes the trigger's webhook and forgets it.
 *
 * @throws NodeApiError when Avala could not do it and an ID is stored; what is stored is kept then
 */
export async function removeWebhook(context: IHookFunctions): Promise<void> {
	const targetUrl = targetUrlOf(context);
	// Avala has none that is not https; n8n calls this, too, when an activation has stopped for that reason.
	if (!isHttps(targetUrl)) return;
	const { webhookId } = readRegistration(context);
	// n8n calls this after a failed activation as well. If it threw then, n8n 2.41 would keep its own
	// record of the webhook and take the next activation for done, without asking Avala for anything.
	if (webhookId === undefined) await cleanUp(context, targetUrl);
	else await removeStored(context, webhookId, targetUrl);
	writeRegistration(context, NOT_REGISTERED);
}

async function removeStored(context: IHookFunctions, webhookId: string, targetUrl: string) {
	const connection = withLimit(await connect(context), ACTIVATION_LIMIT_MS);
	if ((await deleteOurs(connection, webhookId, targetUrl)) === 0)
		tellUnknown(connection, webhookId, targetUrl);
}

/** Someone has deleted the webhook at Avala, or the API key is of another account than before. */
export function tellUnknown({ context }: Connection, webhookId: string, targetUrl: string): void {
	context.logger.warn(
		`Avala Trigger: the API key of the credential knows no webhook ${webhookId} for ${targetUrl}. If the workflow was published with the key of another account, its webhook may still be there: delete it there with the Avala node (Webhook: Delete) and that key.`,
	);
}

/** Avala may have created a webhook although its response never came. */
export async function cleanUp(context: IHookFunctions, targetUrl: string): Promise<void> {
	try {
		const connection = withLimit(await connect(context), CLEAN_UP_LIMIT_MS);
		await deleteListed(connection, targetUrl);
	} catch (error) {
		context.logger.warn(
			`Avala Trigger: a webhook for ${targetUrl} may have been left at Avala; publishing the workflow again deletes it. ${messageOf(error)}`,
		);
	}
}

/**
 * Deletes the webhook whose ID is stored: two requests, however many webhooks the account has. No other
 * has this target URL then, since one is created only after `deleteListed` has found none left. The list
 * is needed when the ID is unknown to Avala or another workflow's: n8n may have lost it, brought back an
 * earlier one, or copied it with a workflow.
 *
 * @returns how many webhooks it has deleted
 */
export async function deleteOurs(
	connection: Connection,
	webhookId: string | undefined,
	targetUrl: string,
): Promise<number> {
	const stored = webhookId && (await findStored(connection, webhookId));
	if (!stored || !isOurs(connection, stored, targetUrl))
		return await deleteListed(connection, targetUrl);
	await deleteWebhook(connection, stored.uid);
	return 1;
}

/** @returns how many webhooks of the list have this target URL, all of which are deleted now */
export async function deleteListed(connection: Connection, targetUrl: string): Promise<number> {
	return await deleteAll(connection, await findWebhooks(connection, targetUrl));
}

/** @returns how many there were */
export async function deleteAll(
	connection: Connection,
	webhooks: readonly Webhook[],
): Promise<number> {
	for (const { uid } of webhooks) await deleteWebhook(connection, uid);
	return webhooks.length;
}

/** Whether the webhook whose ID is stored is this trigger's; if not, it is left alone, and the log says so. */
export function isOurs({ context }: Connection, webhook: Webhook, targetUrl: string): boolean {
	if (isSameUrl(webhook.targetUrl, targetUrl)) return true;
	context.logger.warn(
		`Avala Trigger: webhook ${webhook.uid} has the URL ${webhook.targetUrl}, and not this trigger’s (${targetUrl}), so it was left alone. If the address of n8n has changed, delete it with the Avala node (Webhook: Delete). If the workflow is a copy, it belongs to the original: do nothing.`,
	);
	return false;
}
