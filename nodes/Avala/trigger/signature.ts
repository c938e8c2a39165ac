import { createHmac, timingSafeEqual } from 'crypto';
import type { IWebhookFunctions } from 'n8n-workflow';

type Headers = ReturnType<IWebhookFunctions['getHeaderData']>;

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
