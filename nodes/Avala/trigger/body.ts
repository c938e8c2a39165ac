import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';

import type { EventReading } from '../shared/event';
import { readEvent } from '../shared/event';
import { isObject, textOf } from '../shared/values';

/** Far more than any resource of Avala's has; n8n cannot store an execution with some thousands of levels. */
const MAX_DEPTH = 500;

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
export function readBody(request: Request, rawBody: Buffer): EventReading | { problem: string } {
	if (rawBody.length === 0) return { problem: 'The body is empty.' };
	let body: unknown;
	try {
		// A byte order mark is signed with the rest, but is no JSON.
		body = JSON.parse(rawBody.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
	} catch {
		return { problem: 'The body is not JSON.' };
	}
	if (!isObject(body)) return { problem: 'The body is not a JSON object.' };
	if (isDeeperThan(MAX_DEPTH, body)) return { problem: 'The body is nested too deeply.' };
	const reading = readEvent(body, {
		type: firstOf(request.headers['x-avala-webhook-event']),
		deliveryId: firstOf(request.headers['x-avala-webhook-delivery']),
	});
	return reading ?? { problem: 'No event type was found, neither in the body nor in the headers.' };
}

type Nested = IDataObject | unknown[];

/** With plain loops, since each event waits for this: by `Object.values` it takes ten times as long. */
function isDeeperThan(levels: number, value: Nested): boolean {
	if (levels === 0) return true;
	if (Array.isArray(value)) {
		for (const entry of value) if (isNested(entry) && isDeeperThan(levels - 1, entry)) return true;
		return false;
	}
	for (const name in value) {
		const entry = value[name];
		if (isNested(entry) && isDeeperThan(levels - 1, entry)) return true;
	}
	return false;
}

function isNested(value: unknown): value is Nested {
	return typeof value === 'object' && value !== null;
}

/** A proxy may have joined a header that it sent twice; neither a type nor an ID contains a comma. */
function firstOf(header: string | string[] | undefined): string | undefined {
	return textOf([header].flat()[0]?.split(',')[0]?.trim());
}
