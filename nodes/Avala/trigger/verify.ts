import { createHmac, timingSafeEqual } from 'crypto';
import type { IWebhookFunctions } from 'n8n-workflow';

import type { EventReading, NoEvent } from '../shared/event';
import { readEvent } from '../shared/event';
import { isObject, messageOf, parseJson, textOf } from '../shared/values';
import { configuredSecretForRequest, proofOf } from './secret';
import type { Registration } from './stored';
import { warnOnce } from './warnings';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;
type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;

/** The bytes as they were received; undefined where n8n has consumed them (multipart) or they cannot be had. */
export async function readRawBody(request: Request): Promise<Buffer | undefined> {
	const isMultipart =
		request.headers['content-type']?.toLowerCase().startsWith('multipart/') ?? false;
	if (!request.rawBody && !isMultipart) {
		try {
			await request.readRawBody();
		} catch {
			// Cut off, too large or wrongly compressed: there are no bytes then, which is reported.
		}
	}
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined;
}

/** The header's older and newer name. */
const SIGNATURE_HEADERS = ['x-avala-signature', 'x-avala-webhook-signature'] as const;

/** HMAC-SHA256 in lower-case hex, without a prefix. */
const SIGNATURE_SHAPE = /^[0-9a-f]{64}$/;

/** The signatures that a request carries, under either name. A proxy may have joined several with a comma. */
export function signaturesOf(headers: Headers): string[] {
	return SIGNATURE_HEADERS.map((name) => headers[name])
		.flat()
		.filter((value) => typeof value === 'string')
		.flatMap((value) => value.split(','))
		.map((value) => value.trim());
}

/**
 * True when one of the signatures is Avala's: the HMAC-SHA256 over the body as it was received,
 * keyed with the webhook's secret. The comparison takes the same time wherever the difference lies.
 * An empty secret verifies nothing.
 */
export function verifySignature(
	body: Buffer,
	signatures: readonly string[],
	secret: string,
): boolean {
	if (secret === '') return false;
	const given = signatures.filter((signature) => SIGNATURE_SHAPE.test(signature));
	const expected = createHmac('sha256', secret).update(body).digest();
	return given.some((signature) => timingSafeEqual(Buffer.from(signature, 'hex'), expected));
}

/** What the signature of a request shows. */
type Verdict = 'valid' | 'invalid' | 'made with another secret' | 'unknown';

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

/** Reads what was verified, the raw bytes, and not what n8n made of them by their content type. */
export function readBody(request: Request, rawBody: Buffer): EventReading | NoEvent {
	if (rawBody.length === 0) return { problem: 'The body is empty.' };
	const body = parseJson(rawBody.toString('utf8'));
	if (body === undefined) return { problem: 'The body is not JSON.' };
	if (!isObject(body)) return { problem: 'The body is not a JSON object.' };
	return readEvent(body, {
		type: firstOf(request.headers['x-avala-webhook-event']),
		deliveryId: firstOf(request.headers['x-avala-webhook-delivery']),
	});
}

/** A proxy may have joined a header that it sent twice; neither a type nor an ID contains a comma. */
function firstOf(header: string | string[] | undefined): string | undefined {
	return textOf([header].flat()[0]?.split(',')[0]?.trim());
}
