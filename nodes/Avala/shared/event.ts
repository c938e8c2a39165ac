import type { IDataObject } from 'n8n-workflow';

import { isKnownEventType, looksLikeEventType } from './eventCatalogue';
import type { EventIds } from './eventIds';
import { derivedId, exactId, idsOf } from './eventIds';
import { momentIn } from './moments';
import { idOf, textOf } from './values';

type JsonValue = IDataObject[string];

/** An event as both nodes output it, whichever of Avala's wire formats it came in. */
export interface AvalaEvent extends IDataObject, EventIds {
	/** The same for each attempt to deliver the event. */
	id: string;
	type: string;
	/** When it happened (ISO 8601); null where neither envelope nor resource carries a time. */
	created_at: string | null;
	/** As Avala sent it: the resource, as a rule. */
	data: JsonValue;
	/** Which delivery brought it, when that is known. */
	delivery_id?: string;
	test?: true;
}

/** What is known of an event beside its body: from the headers of a request, or the fields of a delivery. */
interface EventHints {
	type?: string;
	deliveryId?: string;
}

/** An event, and what its body says beside it. */
export interface EventReading {
	event: AvalaEvent;
	/** Whether the body has room for a time of the event itself; a bare resource has none. */
	hasOwnTime: boolean;
	/** Whether the envelope, not the resource in it, is marked as a test. */
	isMarkedAsTest: boolean;
}

/** Why there is no event in a body. */
export interface NoEvent {
	/** A sentence about what is wrong. */
	problem: string;
	/** Whether it is a complete envelope all the same, of a type that is no text: nobody can have selected it. */
	isEnvelope?: boolean;
}

/** Far more than any resource of Avala's has; n8n cannot store an execution with some thousands of levels. */
const MAX_DEPTH = 500;

/**
 * Reads the three wire formats: `{id, type, created_at, data}` (guide), `{event, timestamp, data}`
 * (older) and the bare resource with its type beside it (newer). A body that names its own type is
 * believed before the hints, since the signature covers the body alone. Where the hints name a type,
 * the body may be a bare resource, which may have fields of any name, and not every one is an envelope.
 */
export function readEvent(body: IDataObject, hints: EventHints): EventReading | NoEvent {
	if (isDeeperThan(MAX_DEPTH, body)) return { problem: 'The body is nested too deeply.' };
	const type = textOf(hints.type);
	const deliveryId = textOf(hints.deliveryId);
	const read =
		readEnvelope(GUIDE, body, type) ??
		readEnvelope(OLDER, body, type) ??
		readNewer(body, { type, deliveryId });
	if (!read) {
		return {
			problem: 'No event type was found, neither in the body nor in the headers.',
			isEnvelope: isComplete(body, GUIDE) || isComplete(body, OLDER),
		};
	}
	return {
		event: {
			id: read.id ?? derivedId([read.type, read.time ?? null, read.data]),
			type: read.type,
			created_at: isoTime(read.time),
			...idsOf(read.type, read.data),
			data: read.data,
			...(deliveryId !== undefined && { delivery_id: deliveryId }),
		},
		hasOwnTime: read.isEnvelope,
		isMarkedAsTest: read.isEnvelope && body.test === true,
	};
}

/** The event alone, marked as a test where Avala marks it as one. */
export function normaliseEvent(body: IDataObject, hints: EventHints): AvalaEvent | undefined {
	const reading = readEvent(body, hints);
	if ('problem' in reading) return undefined;
	const { event, isMarkedAsTest } = reading;
	return isMarkedAsTest || isTestType(event.type) ? { ...event, test: true } : event;
}

/** The types of test events and pings in Avala's documents. */
export function isTestType(type: string): boolean {
	return /^(?:webhook[._])?(?:test|ping)$/i.test(type);
}

interface Read {
	isEnvelope: boolean;
	/** What the payload itself says; for a bare resource that of its delivery, which is all there is. */
	id?: string;
	type: string;
	/** As it was sent. */
	time?: JsonValue;
	data: JsonValue;
}

/** An envelope by the names of its fields. */
interface Envelope {
	id?: string;
	type: string;
	time: string;
	data: string;
}

const GUIDE: Envelope = { id: 'id', type: 'type', time: 'created_at', data: 'data' };
const OLDER: Envelope = { type: 'event', time: 'timestamp', data: 'data' };
const ENVELOPE_FIELDS = [...Object.values(GUIDE), ...Object.values(OLDER), 'test'];

function isComplete(body: IDataObject, envelope: Envelope): boolean {
	return Object.values(envelope).every((field) => field in body);
}

/**
 * Without a hint only an envelope can have an event type: it is complete, or has a type that looks like one.
 * With a hint it is complete and of a type that Avala has, or of the hinted type and nothing in it would be lost.
 */
function readEnvelope(
	envelope: Envelope,
	body: IDataObject,
	hinted: string | undefined,
): Read | undefined {
	const type = textOf(body[envelope.type]);
	if (type === undefined) return undefined;
	const hasAll = isComplete(body, envelope);
	const isHinted = type.toLowerCase() === hinted?.toLowerCase();
	const isKnown = isKnownEventType(type.toLowerCase()) || isTestType(type);
	const isEnvelope =
		hinted === undefined
			? hasAll || looksLikeEventType(type) || isTestType(type)
			: (hasAll && (isHinted || isKnown)) ||
				(isHinted && Object.keys(body).every((field) => ENVELOPE_FIELDS.includes(field)));
	if (!isEnvelope) return undefined;
	const { id, time, data } = envelope;
	return {
		isEnvelope,
		id: id === undefined ? undefined : exactId(body[id]),
		type,
		time: body[time],
		data: body[data] ?? null,
	};
}

/** The resource's latest time is the closest to the event's, which this format does not send. */
function readNewer(body: IDataObject, { type, deliveryId }: EventHints): Read | undefined {
	if (type === undefined) return undefined;
	const times = [body.updated_at, body.completed_at, body.created_at];
	const time = times.find((value) => momentIn(value) !== undefined) ?? times.find(textOf);
	return { isEnvelope: false, id: deliveryId, type, time, data: body };
}

/** A Unix time becomes ISO 8601; any other text or number is kept. */
function isoTime(value: unknown): string | null {
	const text = idOf(value);
	if (text === undefined) return null;
	const moment = /^\d+(?:\.\d+)?$/.test(text) ? momentIn(text) : undefined;
	return moment === undefined ? text : new Date(moment).toISOString();
}

type Nested = IDataObject | unknown[];

/**
 * Whether a parsed JSON value is nested in more than so many levels. With plain loops, since each event waits
 * for this: by `Object.values` it takes ten times as long.
 */
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
