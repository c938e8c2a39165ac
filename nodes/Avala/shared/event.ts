import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import { isObject, textOf } from './values';

/** An event as both nodes give it out, whichever generation of Avala's wire format it came in. */
export interface AvalaEvent extends IDataObject {
	/** The same for each try to deliver the event. */
	id: string;
	type: string;
	/** When it happened (ISO 8601); null where neither envelope nor resource carries a time. */
	created_at: string | null;
	/** The resource, as Avala sent it. */
	data: IDataObject;
	/** Which delivery brought it, when that is known. */
	delivery_id?: string;
	test?: true;
}

/** What is known of an event beside its body: from the headers of a request, or the fields of a delivery. */
export interface EventHints {
	type?: string;
	deliveryId?: string;
}

/**
 * Normalises the three generations of payloads: `{id, type, created_at, data}` (guide),
 * `{event, timestamp, data}` (older) and the bare resource with its type beside it (newer).
 * A body that names its own type is believed before the hints, since the signature covers the body alone.
 *
 * @returns undefined when no event type is to be found
 */
export function normaliseEvent(body: IDataObject, hints: EventHints): AvalaEvent | undefined {
	const read = readGuide(body) ?? readOlder(body) ?? readNewer(body, hints);
	if (!read) return undefined;
	const { type, createdAt, data } = read;
	return {
		id: read.id ?? derivedId(read),
		type,
		created_at: createdAt,
		data,
		...(hints.deliveryId !== undefined && { delivery_id: hints.deliveryId }),
		...(isTest(body, read) && { test: true as const }),
	};
}

interface Envelope {
	/** What the payload itself says; for a bare resource that of its delivery, which is all there is. */
	id?: string;
	type: string;
	createdAt: string | null;
	data: IDataObject;
}

function readGuide(body: IDataObject): Envelope | undefined {
	const type = textOf(body.type);
	if (!type || !isObject(body.data)) return undefined;
	return { id: textOf(body.id), type, createdAt: time(body.created_at), data: body.data };
}

function readOlder(body: IDataObject): Envelope | undefined {
	const type = textOf(body.event);
	if (!type || !isObject(body.data)) return undefined;
	return { type, createdAt: time(body.timestamp), data: body.data };
}

/** The resource's latest time is the closest to the event's, which this generation does not send. */
function readNewer(body: IDataObject, { type, deliveryId }: EventHints): Envelope | undefined {
	if (!type) return undefined;
	const createdAt = time(body.updated_at) ?? time(body.completed_at) ?? time(body.created_at);
	return { id: deliveryId, type, createdAt, data: body };
}

function time(value: unknown): string | null {
	return textOf(value) ?? null;
}

/** The same for each try, and in a delivery that is looked up later: from what one event alone has. */
function derivedId({ type, createdAt, data }: Envelope): string {
	const what = textOf(data.uid) ?? JSON.stringify(data);
	const digest = createHash('sha256')
		.update(JSON.stringify([type, createdAt, what]))
		.digest('hex');
	return `evt_${digest.slice(0, 32)}`;
}

/** Avala's documents do not fix how a test event or a ping is marked: by its type, or by a flag. */
function isTest(body: IDataObject, { type, data }: Envelope): boolean {
	return /(^|[._-])(test|ping)($|[._-])/i.test(type) || body.test === true || data.test === true;
}
