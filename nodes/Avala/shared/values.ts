import type { IDataObject } from 'n8n-workflow';
import { tryToParseDateTime, UserError } from 'n8n-workflow';

/** True for what JSON calls an object: not null, not an array. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is a string with something in it. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An ID or a word from Avala, which some servers send as a number. */
export function idOf(value: unknown): string | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? String(value) : textOf(value);
}

/** The ID of what is named by it, or is given as a whole. */
export function uidOf(value: unknown): string | undefined {
	return idOf(isObject(value) ? value.uid : value);
}

/** A number from Avala, which some servers send as text. */
export function numberOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A yes or a no, which some servers and expressions give as text or as a number. */
export function booleanOf(value: unknown): boolean | undefined {
	const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (word === true || word === 'true' || word === 1 || word === '1') return true;
	if (word === false || word === 'false' || word === 0 || word === '0') return false;
	return undefined;
}

/** The texts in a list from Avala; whatever else stands in it is passed over. */
export function textsIn(value: unknown): string[] {
	const entries: unknown[] = Array.isArray(value) ? value : [];
	return entries.filter((entry) => typeof entry === 'string');
}

/** What an error says; anything may be thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Unix times from here on are milliseconds: as seconds they would lie beyond the year 5000. */
const LEAST_MILLISECONDS = 1e11;
const LEAST_SECONDS = 1e8;
const MOST_MILLISECONDS = 1e14;

/** A Unix time in seconds or milliseconds, as milliseconds; undefined for a number that is neither. */
function unixMilliseconds(value: number): number | undefined {
	if (value >= LEAST_MILLISECONDS && value < MOST_MILLISECONDS) return value;
	return value >= LEAST_SECONDS && value < LEAST_MILLISECONDS ? value * 1000 : undefined;
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
	// Only a date in ISO 8601 is in UTC by itself.
	const isUtc = isZoned || /^\d{4}-\d\d-\d\d$/.test(text);
	const moment = Date.parse(isUtc ? text : `${text.replace(' ', 'T')}Z`);
	return Number.isNaN(moment) ? undefined : moment;
}

/**
 * The readers below take what an expression or an AI agent gave for a parameter. Each understands the
 * spellings that are clear and throws a UserError that names the parameter for all others.
 */

export function readBoolean(name: string, value: unknown): boolean {
	const boolean = booleanOf(value);
	if (boolean === undefined) throw notUnderstood(name, 'true or false', value);
	return boolean;
}

/** A whole number of at least `least`. */
export function readWholeNumber(name: string, value: unknown, least: number): number {
	const number = numberOf(value);
	if (number !== undefined && Number.isInteger(number) && number >= least) return number;
	throw notUnderstood(name, `a whole number of at least ${least}`, value);
}

export function readNumber(name: string, value: unknown, least: number): number {
	const number = numberOf(value);
	if (number !== undefined && number >= least) return number;
	throw notUnderstood(name, `a number of at least ${least}`, value);
}

/** A text without blanks around it, never empty. */
export function readText(name: string, value: unknown): string {
	const text = idOf(value)?.trim();
	if (text) return text;
	throw notUnderstood(name, 'text', value);
}

/** A list: as the editor stores it, separated by commas, or as the text of a JSON list. Never empty. */
export function readTexts(name: string, value: unknown): string[] {
	const entries = entriesOf(value)
		.filter(isFilledIn)
		.flatMap((entry) => {
			if (typeof entry !== 'string') throw notUnderstood(name, 'a list of texts', value);
			return entry.split(',').map((part) => part.trim());
		});
	const texts = entries.filter((entry) => entry !== '');
	if (texts.length > 0) return [...new Set(texts)];
	throw notUnderstood(name, 'a list with at least one entry', value);
}

/** n8n fills a list field with an empty list when it is added. */
function isFilledIn(entry: unknown): boolean {
	return !Array.isArray(entry) || entry.length > 0;
}

/** Whether a field was left as it was added: an empty text or list, or a list of such. */
export function isBlank(value: unknown): boolean {
	if (Array.isArray(value)) return value.every(isBlank);
	return typeof value === 'string' && value.trim() === '';
}

function entriesOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	if (typeof value !== 'string' || !/^\s*\[/.test(value)) return [value];
	try {
		const parsed: unknown = JSON.parse(value);
		return Array.isArray(parsed) ? parsed : [value];
	} catch {
		return [value];
	}
}

/**
 * A moment in Unix milliseconds: a date, a Unix time in seconds or milliseconds, or what n8n's date
 * picker gives. Without a zone it is in the given time zone, the workflow's. Texts of which JavaScript only
 * guesses the date are refused.
 */
export function readMoment(name: string, value: unknown, timezone: string): number {
	const refusal = notUnderstood(name, 'a date such as 2026-03-02T10:30:00Z', value);
	if (
		typeof value === 'number' ||
		(typeof value === 'string' && /^\s*\d{9,}(\.\d+)?\s*$/.test(value))
	) {
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
	return exists ? text.toUpperCase().replaceAll('/', '-') : undefined;
}

/** "'Limit' must be a whole number of at least 1, but is "many"." */
export function notUnderstood(name: string, expected: string, value: unknown): UserError {
	const isEmpty = value === undefined || value === null || value === '';
	const hint = isEmpty
		? ' Enter a value, or remove the field if it is optional; an expression may have given nothing.'
		: '';
	return new UserError(`'${name}' must be ${expected}, but is ${shown(value)}.${hint}`);
}

/** A value for a message, shortened. */
function shown(value: unknown): string {
	if (value === undefined || value === null || value === '') return 'empty';
	const isPlain = typeof value === 'number' || typeof value === 'bigint';
	const text = isPlain ? String(value) : (jsonOf(value) ?? typeof value);
	return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** @returns undefined for what JSON cannot hold, such as an object that contains itself */
function jsonOf(value: unknown): string | undefined {
	try {
		return JSON.stringify(value);
	} catch {
		return undefined;
	}
}
