import { createHmac } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IHookFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { readCredential } from '../transport/credential';
import type { Registration } from './stored';

type TriggerContext = IHookFunctions | IWebhookFunctions;

/** What the trigger's webhook is to be signed with. */
export interface Secret {
	value: string;
	/** Whether the user entered it in the credential; n8n keeps no copy of it anywhere else then. */
	isOwn: boolean;
}

/** How long a secret that was read for a request is used for the next ones, in milliseconds. */
const CACHE_MS = 10_000;
const MAX_CACHED = 1_000;

/** Unsigned and forged requests must not have n8n decrypt the credential each time. */
const cache = new Map<string, { until: number; reading: Promise<Secret> }>();

/**
 * The secret from the credential, else one that is derived from the API key: the same at every
 * registration of this node, so that it can be worked out again whenever n8n has lost the stored copy.
 *
 * @param credential `avalaApi` as n8n has just decrypted it
 * @throws UserError when the credential cannot be used
 */
export function configuredSecret(
	context: TriggerContext,
	credential: ICredentialDataDecryptedObject,
): Secret {
	cache.delete(cacheKey(context));
	return secretOf(context, credential);
}

/**
 * The same for a request: read anew every ten seconds at most.
 *
 * @throws when n8n cannot decrypt the credential, or it cannot be used
 */
export async function configuredSecretForRequest(context: IWebhookFunctions): Promise<Secret> {
	const key = cacheKey(context);
	const known = cache.get(key);
	if (known && known.until > Date.now()) return await known.reading;
	if (cache.size >= MAX_CACHED) cache.clear();
	const reading = context.getCredentials('avalaApi').then((data) => secretOf(context, data));
	cache.set(key, { until: Date.now() + CACHE_MS, reading });
	return await reading;
}

/** Reveals no more of the secret than each signed event does. */
export function proofOf(secret: string, webhookId: string): string {
	return createHmac('sha256', secret).update(`registered ${webhookId}`).digest('hex').slice(0, 32);
}

/** Whether requests that Avala signs for the stored webhook can be verified with what is known now. */
export function isSecretKnown({ webhookId, secret, secretProof }: Registration, current: Secret) {
	if (webhookId === undefined) return false;
	if (secretProof !== undefined || current.isOwn) {
		return current.isOwn && secretProof === proofOf(current.value, webhookId);
	}
	return secret !== undefined;
}

/** Whether the stored secret is the one that this node derives from this API key at every registration. */
export function isDerived({ secret }: Registration, current: Secret): boolean {
	return !current.isOwn && secret === current.value;
}

/**
 * Whether what Avala shows on creation is a secret that it made, and not a mask such as `********` in its place:
 * whoever knew a mask could sign with it.
 */
export function looksLikeSecret(shown: string): boolean {
	return /^[\w+/=-]{20,}$/.test(shown) && /\d/.test(shown) && new Set(shown).size >= 8;
}

function secretOf(context: TriggerContext, credential: ICredentialDataDecryptedObject): Secret {
	const { apiKey, webhookSecret } = readCredential(credential);
	if (webhookSecret !== undefined) return { value: webhookSecret, isOwn: true };
	const label = JSON.stringify(['n8n-nodes-avala webhook secret', ...identityOf(context)]);
	return { value: createHmac('sha256', apiKey).update(label).digest('hex'), isOwn: false };
}

/** The node's webhook ID and the mode: the test webhook has a secret of its own. */
function identityOf(context: TriggerContext): string[] {
	const { webhookId, name } = context.getNode();
	return [
		webhookId ?? `${context.getWorkflow().id ?? ''}/${name}`,
		context.getMode() === 'manual' ? 'test' : 'production',
	];
}

function cacheKey(context: TriggerContext): string {
	return JSON.stringify([
		context.getWorkflow().id,
		context.getNode().credentials?.avalaApi?.id,
		...identityOf(context),
	]);
}
