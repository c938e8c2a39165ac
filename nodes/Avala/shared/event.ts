import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import { isDeeperThan } from './depth';
import { isKnownEventType, looksLikeEventType } from './eventCatalogue';
import type { EventIds } from './eventIds';
import { idsOf } from './eventIds';
import { momentIn } from './moments';
import { idOf, isObject, textOf } from './values';

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
export interface EventHints {
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
		readGuide(body, type) ?? readOlder(body, type) ?? readNewer(body, { type, deliveryId });
	if (!read) {
		return {
			problem: 'No event type was found, neither in the body nor in the headers.',
			isEnvelope: isComplete(body, GUIDE_FIELDS) || isComplete(body, OLDER_FIELDS),
		};
	}
	return {
		event: {
			id: read.id ?? derivedId(read),
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

function readGuide(body: IDataObject, hinted: string | undefined): Read | undefined {
	const type = textOf(body.type);
	if (type === undefined || !isEnvelope(body, type, hinted, GUIDE_FIELDS)) return undefined;
	return {
		isEnvelope: true,
		id: exactId(body.id),
		type,
		time: body.created_at,
		data: body.data ?? null,
	};
}

function readOlder(body: IDataObject, hinted: string | undefined): Read | undefined {
	const type = textOf(body.event);
	if (type === undefined || !isEnvelope(body, type, hinted, OLDER_FIELDS)) return undefined;
	return { isEnvelope: true, type, time: body.timestamp, data: body.data ?? null };
}

const GUIDE_FIELDS = ['id', 'type', 'created_at', 'data'];
const OLDER_FIELDS = ['event', 'timestamp', 'data'];
const ENVELOPE_FIELDS = [...GUIDE_FIELDS, ...OLDER_FIELDS, 'test'];

function isComplete(body: IDataObject, fields: readonly string[]): boolean {
	return fields.every((field) => field in body);
}

/**
 * Without a hint only an envelope can have an event type: it is complete, or has a type that looks like one.
 * With a hint it is complete and of a type that Avala has, or of the hinted type and nothing in it would be lost.
 */
function isEnvelope(
	body: IDataObject,
	type: string,
	hinted: string | undefined,
	fields: readonly string[],
): boolean {
	const hasAll = isComplete(body, fields);
	if (hinted === undefined) return hasAll || looksLikeEventType(type) || isTestType(type);
	const isHinted = type.toLowerCase() === hinted.toLowerCase();
	const isKnown = isKnownEventType(type.toLowerCase()) || isTestType(type);
	if (hasAll && (isHinted || isKnown)) return true;
	return isHinted && Object.keys(body).every((field) => ENVELOPE_FIELDS.includes(field));
}

/** JavaScript rounds fractions and large numbers, so that two events might seem to have the same ID. */
function exactId(value: unknown): string | undefined {
	const isRounded = typeof value === 'number' && !Number.isSafeInteger(value);
	const id = isRounded ? undefined : idOf(value);
	return id?.trim() === '' ? undefined : id;
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

/** The same on each attempt, and in a delivery that is looked up later, whose fields may be in another order. */
function derivedId({ type, time, data }: Read): string {
	const digest = createHash('sha256')
		.update(JSON.stringify(sorted([type, time ?? null, data])))
		.digest('hex');
	return `evt_${digest.slice(0, 32)}`;
}

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (!isObject(value)) return value;
	const names = Object.keys(value).sort();
	return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
