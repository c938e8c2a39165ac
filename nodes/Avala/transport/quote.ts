import type { IDataObject } from 'n8n-workflow';

import { typesNamedIn } from '../shared/eventCatalogue';
import { idOf, isObject, parseJson, textOf } from '../shared/values';

/**
 * What of a response may be shown. Everything that a response puts into an error, a hint, a log line or
 * the item of Send Test goes through here: it may repeat the API key, a secret or a signed link.
 */

/** Stands in the place of a text that may hold a secret. */
export const WITHHELD = '(withheld for safety)';

/** How many characters of a text are looked at, and how many are shown. */
const MAX_READ = 4_000;
const MAX_SHOWN = 400;
/** Of a text that was cut the end is not shown: it may be a piece of a secret. */
const UNSHOWN_END = 200;
const LONGEST_NAME = 60;
/** Of a known secret the longest run of letters and digits gives it away, if it has so many. */
const LEAST_RUN = 6;
const LEAST_SECRET = 4;
const LEAST_LONG = 12;
const LONGEST_SOUGHT = 64;

/** Of escaped text it cannot be told whether it holds a secret: `\u0061`, `\x61`, `%61`, `%2561`, `&#97;`. */
const ESCAPED_LETTER = /\\[ux\d]|%(?:25|3[0-9]|4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])|&(?:#|amp;)/i;

/** What Avala's own SDKs hide. No pattern repeats without a bound, so none is slow on any text. */
const SECRET_SHAPES: readonly RegExp[] = [
	// 40 digits are an Avala key, 64 a signing secret.
	/[0-9a-f]{40}/i,
	/\b(?:sk-|avk_)\w{6}|_live_/,
	/\beyJ[\w-]{8}/,
	/-----BEGIN /,
	/\b(?:bearer|basic)\s{1,3}[\w.~+/=-]{8}/i,
	/(?:secret|token|passw|api[-_]?key|authorization|credential|signature)\w{0,20}["']?\s{0,3}[:=]\s{0,3}["']?[^\s"']/i,
	// The query of an address may open what it leads to.
	/\?[^\s?=]{1,100}=/,
];

/**
 * A text from outside as one line of at most 400 characters.
 *
 * @param secrets known ones; the text is withheld as a whole when it holds one of them, an escaped
 * letter, or anything with the shape of a secret
 * @returns an empty text for anything but a text or a number
 */
export function quote(value: unknown, secrets: readonly string[]): string {
	const all = idOf(value) ?? '';
	const text = all.slice(0, MAX_READ);
	const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
	const holdsSecret = (part: string) =>
		ESCAPED_LETTER.test(part) || isShapedAsSecret(part) || holdsKnown(part, secrets);
	if (holdsSecret(text) || holdsSecret(line)) return WITHHELD;
	const end = all.length > MAX_READ ? Math.max(0, line.length - UNSHOWN_END) : line.length;
	return end > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line.slice(0, end);
}

function isShapedAsSecret(text: string): boolean {
	return SECRET_SHAPES.some((shape) => shape.test(text));
}

/** The whole secret, however it is split, or its longest run of letters and digits, in any case. */
function holdsKnown(text: string, secrets: readonly string[]): boolean {
	const lower = text.toLowerCase();
	const holdsRun = secrets.some((secret) => {
		const run = longestRun(secret.slice(0, MAX_READ).toLowerCase());
		return run.length >= LEAST_RUN && lower.includes(run);
	});
	return holdsRun || repeatsSecret(text, secrets);
}

function longestRun(secret: string): string {
	const runs = secret.match(/[a-z0-9]+/g) ?? [];
	const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
	return longest.slice(0, LONGEST_SOUGHT);
}

/**
 * Whether a text repeats a whole secret, whatever stands between its letters and digits. For names, IDs and
 * texts of our own, in which a part of a secret may be a word.
 */
export function repeatsSecret(text: string, secrets: readonly string[]): boolean {
	const lower = text.toLowerCase();
	const bare = bareOf(lower);
	return secrets.some((secret) => {
		const whole = secret.slice(0, MAX_READ).trim().toLowerCase();
		const sought = bareOf(whole).slice(0, LONGEST_SOUGHT);
		if (sought.length >= LEAST_RUN) return bare.includes(sought);
		return whole.length >= LEAST_SECRET && lower.includes(whole.slice(0, LONGEST_SOUGHT));
	});
}

function bareOf(lower: string): string {
	return lower.replace(/[^a-z0-9]+/g, '');
}

/** A text of our own, unless what was put into it repeats a secret; a short one may be a word of ours. */
export function unlessSecret(text: string, secrets: readonly string[]): string {
	const long = secrets.filter((secret) => bareOf(secret.toLowerCase()).length >= LEAST_LONG);
	return repeatsSecret(text, long) ? WITHHELD : text;
}

/** Whether the name of a field may be shown. */
function isShownName(name: string, secrets: readonly string[]): boolean {
	return name.length <= LONGEST_NAME && !isShapedAsSecret(name) && !repeatsSecret(name, secrets);
}

/** Headers, of which some are ours, and what is named like a secret. */
const UNSHOWN_NAME = /headers?$|^request|secret|token|passw|api[-_]?key|authorization|credential/i;

/** More than Avala says about a test event. */
const MAX_VALUES = 200;

/** All that Avala said about a test event, without its headers; each text in it is quoted. */
export function quoteAll(value: IDataObject, secrets: readonly string[]): IDataObject {
	let left = MAX_VALUES;
	const texts: string[] = [];
	const json = JSON.stringify(value, (name, one: unknown) => {
		left -= 1;
		if (left < 0 || UNSHOWN_NAME.test(name) || !isShownName(name, secrets)) return undefined;
		if (Array.isArray(one)) return one.slice(0, left);
		if (typeof one !== 'string' && typeof one !== 'number') return one;
		const text = quote(one, secrets);
		texts.push(text);
		return text === String(one) ? one : text;
	});
	const said = parseJson(json);
	// A secret may be spread over several of them.
	return isObject(said) && !repeatsSecret(texts.join(' '), secrets) ? said : {};
}

const MAX_FIELDS = 20;
const OTHER_FIELD = 'another field';

/** What the body of a refusal says. */
export interface ErrorBody {
	/** One line, ending with a full stop; empty when it says nothing in a shape that Avala documents. */
	text: string;
	/** The fields that it complains about. */
	fields: string[];
	/** The event types of the catalogue that it names anywhere, also where the text is cut off or withheld. */
	eventTypes: string[];
}

/**
 * Avala's words from the shapes that its documents have: `{detail}`, lists of texts by field, and
 * `{error: {message, details}}`. Each text is withheld by itself; the names of the fields are shown.
 */
export function readErrorBody(body: string, secrets: readonly string[]): ErrorBody {
	const value = parseJson(body);
	const eventTypes = typesNamedIn(body);
	if (!isObject(value)) return { text: '', fields: [], eventTypes };
	const error = isObject(value.error) ? value.error : undefined;
	const said = sentence(quote(textOf(error ? error.message : value.detail), secrets));
	const lists = Object.entries(error ? (isObject(error.details) ? error.details : {}) : value)
		.filter(([, texts]) => typeof texts === 'object' && texts !== null)
		.slice(0, MAX_FIELDS)
		.map(([name, texts]) => ({
			name: /^[\w.-]+$/.test(name) && isShownName(name, secrets) ? name : OTHER_FIELD,
			text: sentence(quote(textsWithin(texts, 3).join(' '), secrets)),
		}))
		.filter(({ text }) => text !== '');
	// A secret may be spread over several texts, or over several names.
	const isSpread = repeatsSecret([said, ...lists.map(({ text }) => text)].join(' '), secrets);
	const names = lists.map(({ name }) => name);
	const fields = repeatsSecret(names.join(' '), secrets) ? names.map(() => OTHER_FIELD) : names;
	const lines = lists.map(
		({ text }, index) => `${fields[index]}: ${isSpread ? `${WITHHELD}.` : text}`,
	);
	const all = [isSpread && said !== '' ? `${WITHHELD}.` : said, ...lines].join(' ').trim();
	const text = all.length > MAX_SHOWN ? `${all.slice(0, MAX_SHOWN)}…` : all;
	return { text, fields, eventTypes };
}

/** The texts in a list, or in the lists by which Avala names the entries of a list. */
function textsWithin(value: unknown, levels: number): string[] {
	if (typeof value === 'string') return [value.slice(0, MAX_READ)];
	if (levels === 0 || typeof value !== 'object' || value === null) return [];
	return Object.values(value)
		.slice(0, MAX_FIELDS)
		.flatMap((entry) => textsWithin(entry, levels - 1));
}

function sentence(text: string): string {
	return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}
