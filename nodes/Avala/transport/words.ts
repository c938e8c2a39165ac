import { idOf, isObject, textOf, textsIn } from '../shared/values';
import { hideKnownSecrets } from './knownSecrets';
import { isMessageWord, isSecretName, MARK, redact } from './redact';

/** How much of a text is looked at, and how much of it is shown. */
const MAX_READ = 4000;
const MAX_SHOWN = 400;
/** Avala's are shorter. */
const LONGEST_KEY = 100;
/** Deeper than any of Avala's documents; without a bound a hostile response could exhaust the stack. */
const MAX_DEPTH = 5;
const MAX_PROBLEMS = 20;
/** What problems are listed under without being about a field of that name. */
const ENVELOPES: ReadonlySet<string> = new Set([
	'__all__',
	'detail',
	'details',
	'errors',
	'non_field_errors',
]);

/** What Avala says about a refusal. */
export interface AvalasWords {
	/** One line, ending with a full stop; empty when it says nothing. */
	text: string;
	/** The fields that it complains about. */
	fields: string[];
}

/**
 * Avala's own explanation, in the shapes that its documents show and those of common frameworks; of a
 * page that is no JSON its first words. It is read as it was received and redacted piece by piece, so
 * that a field that is called `secret` can be named, and a weak secret such as `null` breaks no JSON.
 */
export function avalasWords(body: string, known: readonly string[]): AvalasWords {
	const secrets = [...known, ...known.flatMap(readFromJson)];
	const value = parseJson(body);
	const problems = problemsIn(value, 0).slice(0, MAX_PROBLEMS);
	const fields = problems.flatMap(({ field }) => field ?? []);
	const lines = problems.map(({ field, texts }) => {
		const isOnSecret = field !== undefined && isSecretName(field);
		// One at a time, or two values would look like a sentence.
		const shown = texts.map((text) => {
			const words = tidy(text, secrets);
			return !isOnSecret || isSentence(text) || isMessageWord(words) ? words : MARK;
		});
		return `${field === undefined ? '' : `${tidy(field, secrets)}: `}${shown.join(' ')}`;
	});
	const isEmpty = isObject(value) && Object.keys(value).length === 0;
	const all = lines.length > 0 || isEmpty ? lines.join(' ') : tidy(body, secrets);
	// The words of a secret may have stood in several texts.
	const line = hideKnownSecrets(all, secrets, MARK);
	const short = line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
	return {
		text: short && !/[.!?…]$/.test(short) ? `${short}.` : short,
		fields: fields.map((field) => tidy(field, secrets)),
	};
}

/** What a secret becomes when a server quotes it in JSON without escaping it. */
function readFromJson(secret: string): string[] {
	return secret.includes('\\') ? textsIn([parseJson(`"${secret}"`)]) : [];
}

/** True for several words, unless they are a token and its kind. */
function isSentence(text: string): boolean {
	const [first = '', ...others] = text.trim().split(/\s+/);
	return others.length > (/^(?:bearer|basic)$/i.test(first) ? 1 : 0);
}

/** A text from outside as one line without tags and secrets. */
export function tidy(text: string, secrets: readonly string[]): string {
	// Each later step could change a known secret so that it is not found any more.
	const known = hideKnownSecrets(text.slice(0, 2 * MAX_READ), secrets, MARK, MAX_READ);
	const line = known
		.replace(/<[^<>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	const end = text.length > MAX_READ ? endBeforeCut(line) : line.length;
	return redact(line.slice(0, end), secrets);
}

/**
 * Where to end a line that was cut, so that no piece of a key stays: before its last word, or within it
 * where that is longer than any key, as in Japanese or minified text.
 */
function endBeforeCut(line: string): number {
	const word = line.lastIndexOf(' ') + 1;
	// A JWT is longer than keys, and a piece of one does not look like one.
	const jwt = line.indexOf('eyJ', word);
	const end = line.length - LONGEST_KEY;
	return Math.max(0, word - 1, jwt === -1 ? end : Math.min(jwt, end));
}

interface Problem {
	field?: string;
	/** All that is said about the field. */
	texts: string[];
}

function problemsIn(value: unknown, depth: number): Problem[] {
	if (typeof value === 'string') return value.trim() === '' ? [] : [{ texts: [value] }];
	if (depth >= MAX_DEPTH) return [];
	if (Array.isArray(value)) return joined(value.flatMap((entry) => problemsIn(entry, depth + 1)));
	if (!isObject(value)) return [];
	if (isObject(value.error)) {
		const { message, details } = value.error;
		const text = textOf(message);
		return [...(text ? [{ texts: [text] }] : []), ...problemsIn(details, depth + 1)];
	}
	const { detail, message, msg, error } = value;
	const text = textOf(detail) ?? textOf(message) ?? textOf(msg) ?? textOf(error);
	if (text === undefined) return Object.entries(value).flatMap((entry) => problemsOf(entry, depth));
	const field = textOf(value.field) ?? pathIn(value.loc);
	if (field !== undefined) return [{ field, texts: [text] }];
	// Beside a general text, codes and the like tell nothing; lists of fields do.
	const further = Object.entries(value).filter(([, inner]) => typeof inner === 'object');
	return [{ texts: [text] }, ...further.flatMap((entry) => problemsOf(entry, depth))];
}

function problemsOf([name, value]: [string, unknown], depth: number): Problem[] {
	const problems = joined(problemsIn(value, depth + 1));
	if (ENVELOPES.has(name)) return problems;
	return problems.map(({ field, texts }) => ({
		field: field === undefined ? name : `${name}.${field}`,
		texts,
	}));
}

/** `["body", "events", 0]` is the first of `events`. */
function pathIn(loc: unknown): string | undefined {
	const steps = Array.isArray(loc) ? loc.flatMap((step: unknown) => idOf(step) ?? []) : [];
	const path = steps[0] === 'body' ? steps.slice(1) : steps;
	return path.length === 0 ? undefined : path.join('.');
}

/** Several sentences about the same are one problem. */
function joined(problems: Problem[]): Problem[] {
	const isPlain = problems.every(({ field }) => field === undefined);
	if (!isPlain || problems.length < 2) return problems;
	return [{ texts: problems.flatMap(({ texts }) => texts).slice(0, MAX_PROBLEMS) }];
}

/** The value of a JSON text; undefined for any other text. */
function parseJson(text: string): unknown {
	try {
		// Also takes off a byte order mark.
		return JSON.parse(text.trim()) as unknown;
	} catch {
		return undefined;
	}
}
