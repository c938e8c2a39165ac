import type { IHookFunctions } from 'n8n-workflow';

import { messageOf } from '../shared/values';
import type { Webhook } from '../shared/webhook';
import { isSameUrl } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { connect, log, withLimit } from '../transport/connection';
import { quote } from '../transport/quote';
import { listedAtStart } from './knownWebhooks';
import { isHttps, wantedTypes } from './parameters';
import type { Secret } from './secret';
import { configuredSecret, isDerived, isSecretKnown, looksLikeSecret, proofOf } from './secret';
import type { Registration } from './stored';
import { inTurn, isStartOfN8n, NOT_REGISTERED, readRegistration } from './stored';
import type { RegisteredWebhook } from './webhook';
import {
	awaitWebhook,
	createWebhook,
	deleteWebhooks,
	findWebhook,
	listWebhooks,
	updateWebhook,
} from './webhook';

/**
 * n8n 2.41 gives up on an activation after 80 s without saying why, so it has ended by then, with its clean-up.
 * A minute is the longest wait that Avala's rate limit asks for.
 */
const ACTIVATION_LIMIT_MS = 63_000;
const CLEAN_UP_LIMIT_MS = 12_000;
/** n8n 2.8 activates its workflows one after the other when it starts. */
const START_LIMIT_MS = 10_000;

/**
 * Leaves one webhook with the trigger's target URL at Avala, active, with the wanted event types and a
 * secret that is known. The one whose ID is stored is kept if it is such a webhook, or can be corrected.
 * Otherwise all with the target URL are deleted, which a killed activation may have left, and one is created.
 * Webhooks with another target URL are not touched. When n8n starts, whatever goes wrong leaves the stored one
 * as it is, unless Avala says that it is gone.
 *
 * @throws NodeApiError or NodeOperationError; a webhook that was just created is deleted again
 */
export async function register(context: IHookFunctions): Promise<void> {
	await inTurn(context, async (targetUrl, earlier) => {
		const types = wantedTypes(context, targetUrl);
		const connection = withLimit(await connect(context), ACTIVATION_LIMIT_MS);
		const secret = configuredSecret(context, connection.credential);
		const registration = earlier ?? readRegistration(context);
		const isKnown = isSecretKnown(registration, secret);
		const isStart = isStartOfN8n(context);

		let stored: Webhook | undefined;
		const keep = async (limited: Connection, find: Find) => {
			stored = await findStored(limited, registration, targetUrl, find);
			if (!stored || !isKnown) return undefined;
			const updated = await updateWebhook(limited, stored, types, registration.refusedEvents);
			log(connection, 'debug', `Avala Trigger: kept webhook ${stored.uid}.`);
			return { ...registration, refusedEvents: updated.refusedEvents };
		};
		const keepAtStart = async () =>
			await keep(withLimit(connection, START_LIMIT_MS), findAtStart).catch((error: unknown) => {
				if (!isKnown) throw error;
				const text = `Avala Trigger: n8n could not check webhook ${registration.webhookId} at its start. The workflow is active with it as it is. ${messageOf(error)}`;
				log(connection, 'warn', text);
				return registration;
			});
		const kept = await (isStart ? keepAtStart() : keep(connection, awaitWebhook));
		if (kept) return kept;

		const webhooks = stored ? [stored] : await listWebhooks(connection, targetUrl);
		const [only, ...others] = webhooks;
		if (isStart && only && others.length === 0 && isDerived(registration, secret)) {
			// n8n has brought back an earlier state of its static data: this is the present webhook, and Avala
			// may have events to send to it again.
			const updated = await updateWebhook(connection, only, types, []);
			log(connection, 'debug', `Avala Trigger: kept webhook ${only.uid}, which n8n did not know.`);
			return registrationOf(updated, secret);
		}
		await deleteWebhooks(connection, webhooks, targetUrl);
		const creating = createWebhook(connection, targetUrl, types, secret.value);
		const created = await creating.catch(async (error: unknown) => {
			await cleanUp(context, targetUrl);
			throw error;
		});
		log(connection, 'debug', `Avala Trigger: created webhook ${created.uid}.`);
		return registrationOf(created, secret);
	});
}

/**
 * Deletes the trigger's webhook and forgets it.
 *
 * @throws NodeApiError when Avala could not do it and an ID is stored; what is stored is kept then
 */
export async function unregister(context: IHookFunctions): Promise<void> {
	await inTurn(context, async (targetUrl, earlier) => {
		// Avala has none that is not https; n8n calls this, too, when an activation has stopped for that reason.
		if (!isHttps(targetUrl)) return undefined;
		const registration = earlier ?? readRegistration(context);
		if (registration.webhookId === undefined) {
			// n8n calls this after a failed activation as well. If it threw then, n8n 2.41 would keep its own
			// record of the webhook and take the next activation for done, without asking Avala for anything.
			await cleanUp(context, targetUrl);
			return NOT_REGISTERED;
		}
		const connection = withLimit(await connect(context), ACTIVATION_LIMIT_MS);
		const stored = await findStored(connection, registration, targetUrl, findWebhook);
		const webhooks = stored ? [stored] : await listWebhooks(connection, targetUrl);
		await deleteWebhooks(connection, webhooks, targetUrl);
		return NOT_REGISTERED;
	});
}

type Find = (connection: Connection, uid: string) => Promise<Webhook | undefined>;

/** Of what Avala says then, 404 alone means that the webhook is gone. */
const findAtStart: Find = async (connection, uid) =>
	(await listedAtStart(connection, uid)) ?? (await findWebhook(connection, uid, [404]));

/**
 * The webhook whose ID is stored, if it has the target URL: no other has it then, since one is created only
 * when none is left. n8n may have lost the ID, brought back an earlier one, or copied it with a workflow.
 */
async function findStored(
	connection: Connection,
	{ webhookId }: Registration,
	targetUrl: string,
	find: Find,
): Promise<Webhook | undefined> {
	if (webhookId === undefined) return undefined;
	const webhook = await find(connection, webhookId);
	if (webhook && isSameUrl(webhook.targetUrl, targetUrl)) return webhook;
	log(
		connection,
		'warn',
		webhook
			? `Avala Trigger: webhook ${webhook.uid} has the URL ${quote(webhook.targetUrl, connection.secrets)}, and not this trigger’s (${targetUrl}), so it was left alone. If the address of n8n has changed, delete it with the Avala node (Webhook: Delete). If the workflow is a copy, it belongs to the original: do nothing.`
			: `Avala Trigger: the API key of the credential knows no webhook ${webhookId} for ${targetUrl}. If the workflow was published with the key of another account, its webhook may still be there: delete it there with the Avala node (Webhook: Delete) and that key.`,
	);
	return undefined;
}

/** Avala may have created a webhook although its response never came. */
async function cleanUp(context: IHookFunctions, targetUrl: string): Promise<void> {
	try {
		const connection = withLimit(await connect(context), CLEAN_UP_LIMIT_MS);
		await deleteWebhooks(connection, await listWebhooks(connection, targetUrl), targetUrl);
	} catch (error) {
		context.logger.warn(
			`Avala Trigger: a webhook for ${targetUrl} may have been left at Avala; publishing the workflow again deletes it. ${messageOf(error)}`,
		);
	}
}

/** Avala decides what it signs with: should it have generated a secret of its own, that one counts. */
function registrationOf(webhook: RegisteredWebhook, { value, isOwn }: Secret): Registration {
	const { uid: webhookId, secret: shown, refusedEvents } = webhook;
	// A part of the given secret is a hint at it, and the credential's is not stored with a prefix either.
	const isOther =
		shown !== undefined &&
		looksLikeSecret(shown) &&
		!value.includes(shown) &&
		!(isOwn && shown.includes(value));
	const secret = isOther ? shown : value;
	return {
		webhookId,
		...((isOther || !isOwn) && { secret }),
		...(isOwn && { secretProof: proofOf(value, webhookId) }),
		refusedEvents,
	};
}
