import type { IWebhookFunctions } from 'n8n-workflow';

import type { EventReading, NoEvent } from '../shared/event';
import { readEvent } from '../shared/event';
import { isObject, textOf } from '../shared/values';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

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

/** Reads what was verified, the raw bytes, and not what n8n made of them by their content type. */
export function readBody(request: Request, rawBody: Buffer): EventReading | NoEvent {
	if (rawBody.length === 0) return { problem: 'The body is empty.' };
	let body: unknown;
	try {
		// A byte order mark is signed with the rest, but is no JSON.
		body = JSON.parse(rawBody.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
	} catch {
		return { problem: 'The body is not JSON.' };
	}
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
