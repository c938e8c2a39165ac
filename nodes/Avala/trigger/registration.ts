import { createHmac, randomBytes } from 'crypto';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { expandEvents } from '../shared/eventCatalogue';
import { isObject, textOf, textsIn } from '../shared/values';
import { isSameUrl } from '../shared/webhook';
import { connect } from '../transport/connection';
import { avalaList } from '../transport/pages';
import { all, one, WEBHOOKS } from '../transport/paths';
import { avalaRequest } from '../transport/request';
import { invalidEntries } from './ipAllowlist';
import { readParameters } from './options';

/**
 * n8n 2.41 gives up on an activation after 80 s without telling why. This leaves time for the longest
 * wait that Avala's rate limit asks for, but not for a second try after one that took 30 s in vain:
 * n8n calls `delete` after a failure, and both together end in time to be told.
 */
const LIMIT_MS = 60_400;
const CLEAN_UP_LIMIT_MS = 12_000;

/** What the trigger keeps in n8n's static data of the node. */
export interface Registration {
	webhookId?: string;
	/** Only for a secret that the trigger made; one from the credential is nowhere else. */
	secret?: string;
	/** Tells whether the webhook was made with the secret that the credential holds now. */
	secretProof?: string;
}

interface RemoteWebhook {
	uid: string;
	targetUrl: string;
	events: string[];
	isActive: boolean;
}

export function readRegistration(context: IHookFunctions | IWebhookFunctions): Registration {
	const stored = context.getWorkflowStaticData('node');
	return {
		webhookId: textOf(stored.webhookId),
		secret: textOf(stored.webhookSecret),
		secretProof: textOf(stored.secretProof),
	};
}

function writeRegistration(context: IHookFunctions, registration: Registration): void {
	const stored = context.getWorkflowStaticData('node');
	const { webhookId, secret, secretProof } = registration;
	for (const [name, value] of Object.entries({ webhookId, webhookSecret: secret, secretProof })) {
		if (value === undefined) delete stored[name];
		else stored[name] = value;
	}
}

/** The signing secret that the user keeps in the credential, if there is one. */
export async function secretInCredential(
	context: IHookFunctions | IWebhookFunctions,
): Promise<string | undefined> {
	const { webhookSecret } = await context.getCredentials('avalaApi');
	return textOf(webhookSecret);
}

/**
 * Keeps the webhook of this trigger if there is a right one whose secret is known, corrects its
 * events and switches it on if need be, and removes every other webhook with the same target URL.
 * Webhooks with another target URL are not touched.
 *
 * When n8n starts it asks only for the webhook whose id is stored, one request for each workflow:
 * the list of an account with hundreds of webhooks has many pages, and Avala a rate limit.
 *
 * @returns false when there is none to keep, and so none left with this target URL
 */
export async function keepWebhook(context: IHookFunctions): Promise<boolean> {
	const wanted = wantedWebhook(context);
	const deadline = Date.now() + LIMIT_MS;
	const registration = readRegistration(context);
	const isSecretKnown = await knowsSecret(context, registration);
	const isOurs = ({ uid, targetUrl }: RemoteWebhook) =>
		uid === registration.webhookId && isSameUrl(targetUrl, wanted.targetUrl);

	if (isSecretKnown && registration.webhookId !== undefined && isStartOfN8n(context)) {
		const webhook = await getWebhook(context, registration.webhookId, deadline);
		if (webhook && isOurs(webhook)) {
			await correctWebhook(context, webhook, wanted, deadline);
			return true;
		}
	}

	const found = await findWebhooks(context, wanted.targetUrl, deadline);
	const kept = isSecretKnown ? found.find(isOurs) : undefined;
	for (const webhook of found) {
		if (webhook !== kept) await deleteWebhook(context, webhook.uid, deadline);
	}
	if (kept) await correctWebhook(context, kept, wanted, deadline);
	else writeRegistration(context, {});
	return kept !== undefined;
}

/**
 * Makes the webhook and stores its id, with the secret unless the credential holds it. n8n calls this
 * right after `keepWebhook` has found none. When it fails, no webhook is left and no id is stored.
 */
export async function createWebhook(context: IHookFunctions): Promise<void> {
	const wanted = wantedWebhook(context);
	let registration: Registration = {};
	try {
		registration = await registerWebhook(context, wanted);
	} finally {
		writeRegistration(context, registration);
		if (registration.webhookId === undefined) await cleanUp(context, wanted.targetUrl);
	}
}

/**
 * Removes every webhook with this trigger's target URL: found by the URL, since an id may be lost, or
 * copied with a workflow. One that is gone already counts as removed.
 *
 * @throws NodeApiError when Avala could not do it and a webhook is known; what is known of it is kept then
 */
export async function removeWebhook(context: IHookFunctions): Promise<void> {
	const targetUrl = targetUrlOf(context);
	// Avala has none that is not https; n8n calls this, too, when an activation has stopped for that reason.
	if (!isHttps(targetUrl)) return;
	// n8n calls this after a failed activation as well. If it threw then, n8n 2.41 would keep its own
	// record of the webhook and take the next activation for done, without asking Avala for anything.
	if (readRegistration(context).webhookId === undefined) await cleanUp(context, targetUrl);
	else await deleteByUrl(context, targetUrl, Date.now() + LIMIT_MS);
	writeRegistration(context, {});
}

interface WantedWebhook {
	targetUrl: string;
	events: string[];
}

/** @throws NodeOperationError when the node's parameters or n8n's own URL cannot work */
function wantedWebhook(context: IHookFunctions): WantedWebhook {
	const targetUrl = targetUrlOf(context);
	if (!isHttps(targetUrl)) {
		throw new NodeOperationError(
			context.getNode(),
			'Avala delivers events to https addresses only',
			{
				description: `n8n’s webhook URL is ${targetUrl}, and Avala delivers events to https addresses only. Set the environment variable WEBHOOK_URL to the public https address of n8n, restart n8n and activate the workflow again.`,
			},
		);
	}
	const { events, customEvents, ipAllowlist } = readParameters(context);
	const wanted = expandEvents(events, customEvents);
	if (wanted.length === 0) {
		throw new NodeOperationError(context.getNode(), 'No event is chosen', {
			description: 'No event is chosen in the Avala Trigger. Choose at least one under Events.',
		});
	}
	const [invalid] = invalidEntries(ipAllowlist);
	if (invalid !== undefined) {
		throw new NodeOperationError(context.getNode(), 'The IP allowlist is not valid', {
			description: `"${invalid}" on the IP allowlist of the Avala Trigger is neither an IP address nor a CIDR range such as 192.0.2.0/24. Correct or remove it.`,
		});
	}
	return { targetUrl, events: wanted };
}

function targetUrlOf(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (url !== undefined && URL.canParse(url)) return url;
	throw new NodeOperationError(context.getNode(), 'n8n has no valid webhook URL for this trigger', {
		description: `n8n gives ${JSON.stringify(url)} as this trigger’s webhook URL. Check the environment variable WEBHOOK_URL: it must be a full https address.`,
	});
}

function isHttps(url: string): boolean {
	return new URL(url).protocol === 'https:';
}

function isStartOfN8n(context: IHookFunctions): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}

/** Whether requests that Avala signs for the stored webhook can be verified with what is configured now. */
async function knowsSecret(context: IHookFunctions, registration: Registration): Promise<boolean> {
	const { webhookId, secret, secretProof } = registration;
	const ownSecret = await secretInCredential(context);
	if (webhookId === undefined) return false;
	if (ownSecret === undefined) return secret !== undefined;
	return secretProof === proofOf(ownSecret, webhookId);
}

/** Reveals no more of the secret than each signed event does. */
function proofOf(secret: string, webhookId: string): string {
	return createHmac('sha256', secret).update(`registered ${webhookId}`).digest('hex').slice(0, 32);
}

async function registerWebhook(
	context: IHookFunctions,
	wanted: WantedWebhook,
): Promise<Registration> {
	const deadline = Date.now() + LIMIT_MS;
	const ownSecret = await secretInCredential(context);
	const secret = ownSecret ?? randomBytes(32).toString('hex');
	const { value: created } = await avalaRequest(await connect(context, { deadline }), {
		method: 'POST',
		endpoint: all(WEBHOOKS),
		body: { target_url: wanted.targetUrl, events: wanted.events, is_active: true, secret },
	});
	const webhook = readWebhook(context, created);
	await correctWebhook(context, webhook, wanted, deadline);

	// Avala decides what it signs with: should it have made a secret of its own, that one counts.
	const usedSecret = (isObject(created) ? textOf(created.secret) : undefined) ?? secret;
	return usedSecret === ownSecret
		? { webhookId: webhook.uid, secretProof: proofOf(ownSecret, webhook.uid) }
		: { webhookId: webhook.uid, secret: usedSecret };
}

/** Gives an existing webhook the wanted events and switches it on; one that is right costs no request. */
async function correctWebhook(
	context: IHookFunctions,
	webhook: RemoteWebhook,
	wanted: WantedWebhook,
	deadline: number,
): Promise<void> {
	const events = new Set(webhook.events);
	const isRight =
		webhook.isActive &&
		events.size === wanted.events.length &&
		wanted.events.every((event) => events.has(event));
	if (isRight) return;

	const { value: corrected } = await avalaRequest(await connect(context, { deadline }), {
		method: 'PATCH',
		endpoint: one(WEBHOOKS, webhook.uid),
		body: { events: wanted.events, is_active: true },
	});
	if (readWebhook(context, corrected).isActive) return;
	throw apiProblem(
		context,
		'Avala keeps the webhook switched off',
		`Avala does not switch on webhook ${webhook.uid}. It may not reach ${wanted.targetUrl}: check that this address answers from the internet, then activate the workflow again.`,
	);
}

async function getWebhook(
	context: IHookFunctions,
	uid: string,
	deadline: number,
): Promise<RemoteWebhook | undefined> {
	const request = { method: 'GET', endpoint: one(WEBHOOKS, uid) } as const;
	const answer = await unlessNotFound(avalaRequest(await connect(context, { deadline }), request));
	return answer === undefined ? undefined : readWebhook(context, answer.value);
}

async function findWebhooks(
	context: IHookFunctions,
	targetUrl: string,
	deadline: number,
): Promise<RemoteWebhook[]> {
	const found: RemoteWebhook[] = [];
	for await (const entry of avalaList(await connect(context, { deadline }), all(WEBHOOKS))) {
		const webhook = readWebhook(context, entry);
		if (isSameUrl(webhook.targetUrl, targetUrl)) found.push(webhook);
	}
	return found;
}

async function deleteByUrl(
	context: IHookFunctions,
	targetUrl: string,
	deadline: number,
): Promise<void> {
	for (const { uid } of await findWebhooks(context, targetUrl, deadline)) {
		await deleteWebhook(context, uid, deadline);
	}
}

async function deleteWebhook(
	context: IHookFunctions,
	uid: string,
	deadline: number,
): Promise<void> {
	const request = { method: 'DELETE', endpoint: one(WEBHOOKS, uid) } as const;
	await unlessNotFound(avalaRequest(await connect(context, { deadline }), request));
}

async function unlessNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
	return await answer.catch((error: unknown) => {
		if (error instanceof NodeApiError && error.httpCode === '404') return undefined;
		throw error;
	});
}

/** Avala may have made the webhook although its answer never came. */
async function cleanUp(context: IHookFunctions, targetUrl: string): Promise<void> {
	try {
		await deleteByUrl(context, targetUrl, Date.now() + CLEAN_UP_LIMIT_MS);
	} catch (error) {
		context.logger.warn(
			`Avala Trigger: a webhook for ${targetUrl} may have been left at Avala; the next activation removes it.`,
			{ reason: error instanceof Error ? error.message : String(error) },
		);
	}
}

function readWebhook(context: IHookFunctions, value: unknown): RemoteWebhook {
	const uid = isObject(value) ? textOf(value.uid) : undefined;
	if (!isObject(value) || uid === undefined) {
		throw apiProblem(
			context,
			'Avala’s answer holds no webhook',
			'Avala answered without the ID of a webhook. Check that the base URL of the Avala credential points to the API.',
		);
	}
	return {
		uid,
		targetUrl: textOf(value.target_url) ?? '',
		events: textsIn(value.events),
		isActive: value.is_active !== false,
	};
}

function apiProblem(context: IHookFunctions, message: string, description: string): NodeApiError {
	return new NodeApiError(context.getNode(), { message }, { message, description });
}
