import type { IHookFunctions } from 'n8n-workflow';

import type { Webhook } from '../shared/webhook';
import { messageOf } from '../shared/values';
import type { Connection } from '../transport/connection';
import { connect, withLimit } from '../transport/connection';
import { ACTIVATION_LIMIT_MS, START_LIMIT_MS } from './limits';
import { findStored, findWebhooks, getWebhook } from './lookup';
import type { CreatedWebhook } from './remote';
import { correctWebhook, postWebhook } from './remote';
import { cleanUp, deleteAll, deleteOurs, isOurs, tellUnknown } from './removal';
import type { Secret } from './secret';
import { configuredSecret, isDerived, isMasked, isSecretKnown, proofOf } from './secret';
import { webhookAtStart } from './startList';
import type { Registration } from './stored';
import { NOT_REGISTERED, readRegistration, writeRegistration } from './stored';
import type { WantedWebhook } from './wanted';
import { wantedWebhook } from './wanted';

/**
 * Keeps the webhook whose ID is stored if it has this trigger's target URL and its secret is known, corrects
 * its event types and activates it if need be: one request, however many webhooks the account has. Without
 * such a webhook the whole list is needed, a request for each 100. A webhook on it with this target URL is
 * kept when n8n starts and its secret can only be the derived one; otherwise all such are deleted, since a
 * killed or failed activation may have left them. Webhooks with another target URL are not touched.
 *
 * @returns false when there is none to keep, and so none left with this target URL
 */
export async function keepWebhook(context: IHookFunctions): Promise<boolean> {
	const wanted = wantedWebhook(context);
	const registration = readRegistration(context);
	const unlimited = await connect(context);
	const secret = configuredSecret(context, unlimited.credential);
	const isKnown = isSecretKnown(registration, secret);
	const isStart = ['init', 'leadershipChange'].includes(context.getActivationMode());
	const keep = isStart ? keepAtStart : keepStored;
	const limitMs = isStart ? START_LIMIT_MS : ACTIVATION_LIMIT_MS;
	if (isKnown && (await keep(context, withLimit(unlimited, limitMs), registration, wanted)))
		return true;

	const connection = withLimit(unlimited, ACTIVATION_LIMIT_MS);
	if (isKnown) {
		const listed = await findWebhooks(connection, wanted.targetUrl);
		const [only, ...others] = listed;
		if (isStart && only && others.length === 0 && isDerived(registration, secret)) {
			await keepListed(context, connection, only, wanted, secret);
			return true;
		}
		await deleteAll(connection, listed);
	} else {
		await deleteOurs(connection, registration.webhookId, wanted.targetUrl);
	}
	writeRegistration(context, NOT_REGISTERED);
	return false;
}

/**
 * Keeps the webhook that was made after the one whose ID is stored: n8n may have brought back an earlier
 * state of its static data, and Avala still has events to send again to the present webhook.
 */
async function keepListed(
	context: IHookFunctions,
	connection: Connection,
	webhook: Webhook,
	wanted: WantedWebhook,
	secret: Secret,
): Promise<void> {
	const { uid } = webhook;
	const refusedEvents = await correctWebhook(connection, webhook, wanted, []);
	writeRegistration(context, registrationOf({ uid, refusedEvents }, secret));
	context.logger.debug(`Avala Trigger: kept webhook ${uid}, which n8n did not know.`);
}

/** @returns false when the webhook is gone, or is not this trigger's */
async function keepStored(
	context: IHookFunctions,
	connection: Connection,
	registration: Registration,
	wanted: WantedWebhook,
	read = findStored,
): Promise<boolean> {
	const { webhookId = '', refusedEvents } = registration;
	const webhook = await read(connection, webhookId);
	if (!webhook) tellUnknown(connection, webhookId, wanted.targetUrl);
	if (!webhook || !isOurs(connection, webhook, wanted.targetUrl)) return false;
	const refused = await correctWebhook(connection, webhook, wanted, refusedEvents);
	writeRegistration(context, { ...registration, refusedEvents: refused });
	context.logger.debug(`Avala Trigger: kept webhook ${webhook.uid}.`);
	return true;
}

/** The same; unless Avala says that the webhook is gone, whatever goes wrong leaves everything as it is. */
async function keepAtStart(
	context: IHookFunctions,
	connection: Connection,
	registration: Registration,
	wanted: WantedWebhook,
): Promise<boolean> {
	const read = async (from: Connection, uid: string) => await webhookAtStart(from, uid, getWebhook);
	try {
		return await keepStored(context, connection, registration, wanted, read);
	} catch (error) {
		context.logger.warn(
			`Avala Trigger: n8n could not check webhook ${registration.webhookId} at its start. The workflow is active with it as it is. ${messageOf(error)}`,
		);
		return true;
	}
}

/**
 * Creates the webhook and stores its ID, with its secret unless the credential holds it. n8n calls this
 * right after `keepWebhook` has found none. When it fails, no webhook is left and no ID is stored.
 */
export async function createWebhook(context: IHookFunctions): Promise<void> {
	const wanted = wantedWebhook(context);
	const connection = withLimit(await connect(context), ACTIVATION_LIMIT_MS);
	const secret = configuredSecret(context, connection.credential);
	const { webhookId } = readRegistration(context);
	if (webhookId !== undefined) await deleteOurs(connection, webhookId, wanted.targetUrl);
	let created: CreatedWebhook | undefined;
	try {
		created = await postWebhook(connection, wanted, secret.value);
		context.logger.debug(`Avala Trigger: created webhook ${created.uid}.`);
	} finally {
		writeRegistration(context, created ? registrationOf(created, secret) : NOT_REGISTERED);
		if (!created) await cleanUp(context, wanted.targetUrl);
	}
}

/** Avala decides what it signs with: should it have generated a secret of its own, that one counts. */
function registrationOf(created: CreatedWebhook, { value, isOwn }: Secret): Registration {
	const { uid: webhookId, refusedEvents } = created;
	const { secret: shown } = created;
	// A part of the given secret is a hint at it, and the credential's is not stored with a prefix either.
	const isOther =
		shown !== undefined &&
		!value.includes(shown) &&
		!(isOwn && shown.endsWith(value)) &&
		!isMasked(shown);
	const secret = isOther ? shown : value;
	return {
		webhookId,
		...((isOther || !isOwn) && { secret }),
		...(isOwn && { secretProof: proofOf(value, webhookId) }),
		refusedEvents,
	};
}
