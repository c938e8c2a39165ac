import { tryToParseDateTime } from 'n8n-workflow';

import { isObject, notUnderstood, textOf } from './values';

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
	const moment = Date.parse(isZoned ? text : `${text.replace(' ', 'T')}Z`);
	return Number.isNaN(moment) ? undefined : moment;
}

/**
 * A moment in Unix milliseconds: a date, a Unix time in seconds or milliseconds, or what n8n's date
 * picker gives. Without a zone it is in the given time zone, the workflow's. Texts of which JavaScript only
 * guesses the date are refused.
 */
export function readMoment(name: string, value: unknown, timezone: string): number {
	const refusal = notUnderstood(name, 'a date such as 2026-03-02T10:30:00Z', value);
	const isUnix = typeof value === 'string' && /^\d{9,}(\.\d+)?$/.test(value.trim());
	if (typeof value === 'number' || isUnix) {
		const unix = unixMilliseconds(Number(value));
		if (unix === undefined) throw refusal;
		return unix;
	}
	try {
		const date = typeof value === 'string' ? writtenDate(value) : isObject(value) && value;
		if (date) return tryToParseDateTime(date, timezone).toMillis();
	} catch {
		// n8n's own message would not name the parameter.
	}
	throw refusal;
}

const OFFSET = '[-+](?:0\\d|1[0-4]):?(?:\\d\\d)?';
/** ISO 8601, and what databases and n8n's dates write. */
const ISO_DATE = new RegExp(
	`^(\\d{4})([-/]?)(\\d\\d)\\2(\\d\\d)(?:[T ]\\d\\d(?::?\\d\\d){0,2}(?:[.,]\\d+)?\\s?(?:Z|UTC|${OFFSET})?)?$`,
	'i',
);
/** As in HTTP and in e-mails (RFC 2822). */
const MAIL_DATE = new RegExp(
	`^(?:[a-z]{3}, ?)?((\\d{1,2}) [a-z]{3} \\d{4}) \\d\\d:\\d\\d(?::\\d\\d)? (?:GMT|UTC|Z|${OFFSET})$`,
	'i',
);
/** As JavaScript prints it. */
const PRINTED_DATE = new RegExp(
	`^[a-z]{3} ([a-z]{3} (\\d\\d) \\d{4}) \\d\\d:\\d\\d:\\d\\d GMT${OFFSET}(?: \\([^()]*\\))?$`,
	'i',
);

/** The date as n8n reads it without guessing; undefined for any other text, and for a day that does not exist. */
function writtenDate(value: string): string | undefined {
	const text = value.trim().replace(/(\d)\[[\w/+-]+\]$/, '$1');
	const [, date = '', dayOfMonth] = MAIL_DATE.exec(text) ?? PRINTED_DATE.exec(text) ?? [];
	if (dayOfMonth !== undefined) {
		return new Date(`${date} UTC`).getUTCDate() === Number(dayOfMonth) ? text : undefined;
	}
	const [, year, , month, day] = ISO_DATE.exec(text) ?? [];
	const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
	const exists = midnight.getUTCMonth() + 1 === Number(month);
	return exists ? text.replaceAll('/', '-') : undefined;
}
