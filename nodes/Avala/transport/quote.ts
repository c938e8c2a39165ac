import { idOf, isObject, textOf } from '../shared/values';

/**
 * What of a response may be shown. Everything that a response puts into an error, a hint, a log line or
 * the item of Send Test goes through here: it may repeat the API key, a secret or a signed link.
 */

/** Stands in the place of a text that may hold a secret. */
export const WITHHELD = '(withheld for safety)';

/** How many characters of a text are looked at, and how many are shown. */
const MAX_READ = 4_000;
const MAX_SHOWN = 400;
const MAX_FIELDS = 20;
const LONGEST_NAME = 60;
/** Of a known secret the longest run of letters and digits gives it away, if it has so many. */
const LEAST_RUN = 6;
const LEAST_SECRET = 4;
const LONGEST_RUN = 64;

/** Of escaped text it cannot be told whether it holds a secret: `\u0061`, `%61`, `&#97;`. */
const ESCAPED_LETTER = /\\[ux][0-9a-f]|%(?:3[0-9]|4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])|&#[x\d]/i;

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
	const text = (idOf(value) ?? '').slice(0, MAX_READ);
	if (holdsSecret(text, secrets)) return WITHHELD;
	const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
	return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

function holdsSecret(text: string, secrets: readonly string[]): boolean {
	return ESCAPED_LETTER.test(text) || isShapedAsSecret(text) || holdsKnown(text, secrets);
}

function isShapedAsSecret(text: string): boolean {
	return SECRET_SHAPES.some((shape) => shape.test(text));
}

/** In any case of the letters. */
function holdsKnown(text: string, secrets: readonly string[]): boolean {
	const lower = text.toLowerCase();
	return secrets.some((secret) => {
		const sought = soughtOf(secret.slice(0, MAX_READ).trim().toLowerCase());
		return sought.length >= LEAST_SECRET && lower.includes(sought);
	});
}

/** A server may escape or cut a secret, but hardly a run of letters and digits in it. */
function soughtOf(secret: string): string {
	const runs = secret.match(/[a-z0-9]+/g) ?? [];
	const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
	return (longest.length >= LEAST_RUN ? longest : secret).slice(0, LONGEST_RUN);
}

/** What the body of a refusal says. */
export interface ErrorBody {
	/** One line, ending with a full stop; empty when it says nothing in a shape that Avala documents. */
	text: string;
	/** The fields that it complains about. */
	fields: string[];
	/** Whether it is a web page, which Avala does not send. */
	isPage: boolean;
}

/**
 * Avala's words from the shapes that its documents have: `{detail}`, lists of texts by field, and
 * `{error: {message, details}}`. Each text is withheld by itself; the names of the fields are shown.
 */
export function readErrorBody(body: string, secrets: readonly string[]): ErrorBody {
	const value = parseJson(body);
	if (!isObject(value)) return { text: '', fields: [], isPage: /^\s*</.test(body) };
	const error = isObject(value.error) ? value.error : undefined;
	const said = sentence(quote(textOf(error ? error.message : value.detail), secrets));
	const lists = Object.entries(error ? (isObject(error.details) ? error.details : {}) : value)
		.filter(([, texts]) => typeof texts === 'object' && texts !== null)
		.slice(0, MAX_FIELDS)
		.map(([name, texts]) => ({ name: fieldName(name, secrets), texts: textsIn(texts, 3) }))
		.filter(({ texts }) => texts.length > 0)
		.map(({ name, texts }) => ({ name, text: sentence(quote(texts.join(' '), secrets)) }));
	const all = [said, ...lists.map(({ name, text }) => `${name}: ${text}`)].join(' ').trim();
	return {
		text: all.length > MAX_SHOWN ? `${all.slice(0, MAX_SHOWN)}…` : all,
		fields: lists.map(({ name }) => name),
		isPage: false,
	};
}

/** The name of a field, unless a secret stands in its place. */
function fieldName(name: string, secrets: readonly string[]): string {
	return /^[\w.-]+$/.test(name) && isShownName(name, secrets) ? name : 'another field';
}

function isShownName(name: string, secrets: readonly string[]): boolean {
	return name.length <= LONGEST_NAME && !isShapedAsSecret(name) && !repeatsSecret(name, secrets);
}

/** Whether a name or an ID repeats a whole secret. A run of letters in it may be a word of every name. */
export function repeatsSecret(name: string, secrets: readonly string[]): boolean {
	const lower = name.toLowerCase();
	return secrets.some(
		(secret) => secret.length >= LEAST_SECRET && lower.includes(secret.toLowerCase()),
	);
}

/** The texts in a list, or in the lists by which Avala names the entries of a list. */
function textsIn(value: unknown, levels: number): string[] {
	if (typeof value === 'string') return [value.slice(0, MAX_READ)];
	if (levels === 0 || typeof value !== 'object' || value === null) return [];
	return Object.values(value)
		.slice(0, MAX_FIELDS)
		.flatMap((entry) => textsIn(entry, levels - 1));
}

function sentence(text: string): string {
	return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Headers, of which some are ours, and what is named like a secret. */
const UNSHOWN_NAME = /headers?$|^request|secret|token|passw|api[-_]?key|authorization|credential/i;

/** All that Avala said about a test event, without its headers; each text in it is quoted. */
export function quoteAll(value: unknown, secrets: readonly string[], levels = 4): unknown {
	if (typeof value === 'string') return quote(value, secrets);
	if (typeof value === 'number') return holdsKnown(String(value), secrets) ? WITHHELD : value;
	if (typeof value !== 'object' || value === null) return value;
	if (levels === 0) return WITHHELD;
	if (Array.isArray(value)) return value.map((entry) => quoteAll(entry, secrets, levels - 1));
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => isShownName(name, secrets) && !UNSHOWN_NAME.test(name))
			.map(([name, entry]) => [name, quoteAll(entry, secrets, levels - 1)]),
	);
}

/** The value of a JSON text, behind a byte order mark or not; undefined for any other text. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text.trim()) as unknown;
	} catch {
		return undefined;
	}
}
