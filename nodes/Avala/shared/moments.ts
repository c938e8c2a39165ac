import { tryToParseDateTime, UserError } from 'n8n-workflow';

import { idOf, isObject, notUnderstood, shown, textOf } from './values';

/** Unix times from here on are milliseconds: as seconds they would lie beyond the year 5000. */
const LEAST_MILLISECONDS = 1e11;
const LEAST_SECONDS = 1e8;
const MOST_MILLISECONDS = 1e14;

/** A Unix time in seconds or milliseconds, as milliseconds; undefined for a number that is neither. */
function unixMilliseconds(value: number): number | undefined {
	const isUnix = value >= LEAST_SECONDS && value < MOST_MILLISECONDS;
	if (!isUnix) return undefined;
	return value < LEAST_MILLISECONDS ? value * 1000 : value;
}

/**
 * When something happened at Avala, in Unix milliseconds: ISO 8601 (without a zone it is UTC), or a
 * Unix time in seconds or milliseconds; undefined for anything else.
 */
export function momentIn(value: unknown): number | undefined {
	if (typeof value === 'number') return unixMilliseconds(value);
	const text = textOf(value)?.trim();
	if (text === undefined) return undefined;
	if (/^\d+(\.\d+)?$/.test(text)) return unixMilliseconds(Number(text));
	const isZoned = /(?:z|[+-]\d\d(?::?\d\d)?|gmt|utc)$/i.test(text) && /[t\s]\d\d/i.test(text);
	// JavaScript reads no offset of hours alone.
	const whole = text.replace(/[+-]\d\d$/, '$&:00');
	const moment = Date.parse(isZoned ? whole : `${text.replace(' ', 'T')}Z`);
	return Number.isNaN(moment) ? undefined : moment;
}

/**
 * A moment in Unix milliseconds: an ISO date, a Unix time in seconds or milliseconds, or a date of n8n's.
 * Without a zone it is in the given one, the workflow's. Texts of which JavaScript only guesses the date are
 * refused.
 *
 * @throws UserError that names the parameter, and a zone that n8n does not know
 */
export function readMoment(name: string, value: unknown, timezone: string): number {
	const text = idOf(value)?.trim();
	const isUnix = text !== undefined && /^\d{9,}(\.\d+)?$/.test(text);
	const date = isObject(value) ? dateMilliseconds(value, timezone) : undefined;
	const written = text === undefined ? date : isoMilliseconds(name, text, timezone);
	const moment = isUnix ? unixMilliseconds(Number(text)) : written;
	if (moment !== undefined && !Number.isNaN(moment)) return moment;
	throw notUnderstood(name, 'a date such as 2026-03-02T10:30:00Z', value);
}

const OFFSET = /^(?:Z|UTC|[-+](?:0\d|1[0-4]):?(?:\d\d)?)$/i;
/** ISO 8601, and what databases write; behind the time an offset, or a zone by name, in brackets or not. */
const ISO_DATE =
	/^((\d{4})([-/]?)(\d\d)\3(\d\d)(?:[T ]\d\d(?::?\d\d){0,2}(?:[.,]\d+)?)?)\s?([^[\]]*)(?:\[([\w/+-]+)\])?$/i;

/** @returns undefined for any other text, and for a day that does not exist */
function isoMilliseconds(name: string, text: string, timezone: string): number | undefined {
	const [, date = '', year, , month, day, behind = '', named] = ISO_DATE.exec(text) ?? [];
	const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
	if (midnight.getUTCMonth() + 1 !== Number(month)) return undefined;
	const plain = date.replaceAll('/', '-');
	if (OFFSET.test(behind)) return dateMilliseconds(plain + behind, 'UTC');
	const zone = named ?? (behind === '' ? timezone : behind);
	const moment = dateMilliseconds(plain, zone);
	if (moment !== undefined || dateMilliseconds(plain, 'UTC') === undefined) return moment;
	throw new UserError(`'${name}' has a time zone that n8n does not know: ${shown(zone)}.`, {
		description: 'Write its offset, as in 2026-03-02T10:30:00+01:00, or Z for UTC.',
	});
}

/** A text in ISO format, or a date that an expression gave. */
function dateMilliseconds(date: string | object, zone: string): number | undefined {
	try {
		return tryToParseDateTime(date, zone).toMillis();
	} catch {
		return undefined;
	}
}
