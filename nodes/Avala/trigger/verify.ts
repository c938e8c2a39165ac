import type { IWebhookFunctions } from 'n8n-workflow';

import { messageOf } from '../shared/values';
import { configuredSecretForRequest, proofOf } from './secret';
import { verifySignature } from './signature';
import type { Registration } from './stored';
import { warnOnce } from './warnings';

/** What the signature of a request shows. */
export type Verdict = 'valid' | 'invalid' | 'made with another secret' | 'unknown';

/**
 * The stored secret is tried first, without reading the credential. Where n8n has lost it, or brought
 * back an older one, the secret that the credential gives decides.
 */
export async function verify(
	context: IWebhookFunctions,
	body: Buffer,
	signatures: readonly string[],
	{ webhookId, secret, secretProof }: Registration,
): Promise<Verdict> {
	if (signatures.length === 0) return 'invalid';
	if (secret !== undefined && verifySignature(body, signatures, secret)) return 'valid';
	let current;
	try {
		current = await configuredSecretForRequest(context);
	} catch (error) {
		warnOnce(
			context,
			`The signing secret cannot be read from the credential, so events are refused (503) and Avala sends them again: ${messageOf(error)}`,
		);
		return 'unknown';
	}
	if (verifySignature(body, signatures, current.value)) return 'valid';
	const isOther =
		webhookId !== undefined &&
		secretProof !== undefined &&
		secretProof !== proofOf(current.value, webhookId);
	if (!isOther) return 'invalid';
	warnOnce(
		context,
		'The webhook was created with another secret than the Avala credential contains now, so its events are refused (401). Unpublish the workflow and publish it again to register the webhook with the new secret.',
	);
	return 'made with another secret';
}
