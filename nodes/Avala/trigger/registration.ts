import type { IHookFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Webhook } from '../shared/webhook';
import { isSameUrl } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { connect } from '../transport/connection';
import type { CreatedWebhook } from './remote';
import { correctWebhook, deleteWebhook, findWebhooks, getWebhook, postWebhook } from './remote';
import type { Secret } from './secret';
import { configuredSecret, isMasked, isSecretKnown, proofOf } from './secret';
import { webhookAtStart } from './startList';
import type { Registration } from './stored';
import { NOT_REGISTERED, readRegistration, writeRegistration } from './stored';
import type { WantedWebhook } from './wanted';
import { isHttps, targetUrlOf, wantedWebhook } from './wanted';

/**
 * n8n 2.41 gives up on an activation after 80 s without telling why, and calls `delete` after a failure:
 * both together end before that. This leaves time for the longest wait that Avala's rate limit asks for.
 */
const LONGEST_RATE_LIMIT_WAIT_MS = 60_000;
const TIME_FOR_REQUESTS_MS = 400;
const ACTIVATION_LIMIT_MS = LONGEST_RATE_LIMIT_WAIT_MS + TIME_FOR_REQUESTS_MS;
const CLEAN_UP_LIMIT_MS = 12_000;
/** n8n 2.8 activates its workflows one after the other when it starts. */
const START_LIMIT_MS = 10_000;

/**
 * Keeps the webhook whose ID is stored if it has this trigger's target URL and its secret is known, corrects
 * its event types and enables it if need be: one request, however many webhooks the account has. Without
 * such a webhook the whole list is needed, a request for each 100: a killed or failed activation may have
 * left webhooks with this target URL, which are deleted. Webhooks with another target URL are not touched.
 *
 * @returns false when there is none to keep, and so none left with this target URL
 */
export async function keepWebhook(context: IHookFunctions): Promise<boolean> {
	const wanted = wantedWebhook(context);
	const registration = readRegistration(context);
	const isKnown = isSecretKnown(registration, await configuredSecret(context));
	const isStart = ['init', 'leadershipChange'].includes(context.getActivationMode());
	const keep = isStart ? keepAtStart : keepStored;
	if (isKnown && (await keep(context, registration, wanted))) return true;

	const connection = await connect(context, { deadline: Date.now() + ACTIVATION_LIMIT_MS });
	await deleteListed(connection, wanted.targetUrl);
	writeRegistration(context, NOT_REGISTERED);
	return false;
}

/** @returns false when the webhook is gone, or is not this trigger's */
async function keepStored(
	context: IHookFunctions,
	registration: Registration,
	wanted: WantedWebhook,
	{ limitMs, read } = { limitMs: ACTIVATION_LIMIT_MS, read: getWebhook },
): Promise<boolean> {
	const { webhookId = '', refusedEvents } = registration;
	const connection = await connect(context, { deadline: Date.now() + limitMs });
	const webhook = await read(connection, webhookId);
	if (!webhook || !isOurs(webhook, webhookId, wanted.targetUrl)) return false;
	const refused = await correctWebhook(connection, webhook, wanted, refusedEvents);
	writeRegistration(context, { ...registration, refusedEvents: refused });
	return true;
}

/** The same; unless Avala says that the webhook is gone, whatever goes wrong leaves everything as it is. */
async function keepAtStart(
	context: IHookFunctions,
	registration: Registration,
	wanted: WantedWebhook,
): Promise<boolean> {
	const read: typeof getWebhook = async (connection, uid) =>
		await webhookAtStart(connection, uid, getWebhook);
	try {
		return await keepStored(context, registration, wanted, { limitMs: START_LIMIT_MS, read });
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
	const secret = await configuredSecret(context);
	const connection = await connect(context, { deadline: Date.now() + ACTIVATION_LIMIT_MS });
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
	const isOther =
		created.secret !== undefined && created.secret !== value && !isMasked(created.secret);
	const secret = isOther ? created.secret : value;
	return {
		webhookId,
		...((isOther || !isOwn) && { secret }),
		...(isOwn && { secretProof: proofOf(value, webhookId) }),
		refusedEvents,
	};
}

/**
 * Deletes the webhook whose ID is stored: two requests, however many webhooks the account has. No other
 * has this target URL then, since one is created only after `keepWebhook` has found none left. The list is
 * needed when no ID is stored, or the ID is unknown to Avala or another workflow's: n8n may have lost it,
 * brought back an earlier one, or copied it with a workflow.
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
	else await removeStored(context, targetUrl, webhookId);
	writeRegistration(context, NOT_REGISTERED);
}

async function removeStored(context: IHookFunctions, targetUrl: string, webhookId: string) {
	const connection = await connect(context, { deadline: Date.now() + ACTIVATION_LIMIT_MS });
	const stored = await getWebhook(connection, webhookId);
	if (stored && isOurs(stored, webhookId, targetUrl)) {
		await deleteWebhook(connection, webhookId);
	} else if ((await deleteListed(connection, targetUrl)) === 0) {
		context.logger.warn(
			`Avala Trigger: the API key of the credential knows no webhook ${webhookId}. If the workflow was published with the key of another account, its webhook for ${targetUrl} may still be there: delete it there with the Avala node (Webhook: Delete) and that key.`,
		);
	}
}

/** Avala may have created the webhook although its response never came. */
async function cleanUp(context: IHookFunctions, targetUrl: string): Promise<void> {
	try {
		const connection = await connect(context, { deadline: Date.now() + CLEAN_UP_LIMIT_MS });
		await deleteListed(connection, targetUrl);
	} catch (error) {
		context.logger.warn(
			`Avala Trigger: a webhook for ${targetUrl} may have been left at Avala; the next activation deletes it. ${messageOf(error)}`,
		);
	}
}

/** @returns how many webhooks of the list have this target URL, all of which are deleted now */
async function deleteListed(connection: Connection, targetUrl: string): Promise<number> {
	const found = await findWebhooks(connection, targetUrl);
	for (const { uid } of found) await deleteWebhook(connection, uid);
	return found.length;
}

function isOurs({ uid, targetUrl }: Webhook, storedId: string, ourUrl: string): boolean {
	return uid === storedId && isSameUrl(targetUrl, ourUrl);
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/**
 * Runs a lifecycle step so that its error says everything in the message and in the description: when an
 * activation fails n8n 2.41 shows the message alone, 2.8 the description.
 */
export async function lifecycleStep<T>(context: IHookFunctions, step: Promise<T>): Promise<T> {
	try {
		return await step;
	} catch (error) {
		const node = context.getNode();
		const message = messageOf(error);
		if (error instanceof NodeApiError) {
			const { httpCode } = error;
			const told = new NodeApiError(
				node,
				{ message, httpCode },
				{ message, description: message, httpCode: httpCode ?? undefined },
			);
			// n8n puts a general text in the place of a message that holds the name of a system error.
			told.message = message;
			throw told;
		}
		throw new NodeOperationError(node, message, { description: message });
	}
}
