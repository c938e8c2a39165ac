import { hideKnownSecrets } from './knownSecrets';

/** What stands in the place of a secret. */
export const MARK = '[redacted]';

/** Names of fields whose value is a secret, whatever stands around the word. */
const SECRET_NAME = /secret|token|password|passwd|api[_-]?key|authorization|credential/i;

/** What stands between such a name and its value, or the first of a list of values. */
const SIGN = /["']?\s*([:=])\s*((?:(?!\[redacted\])\[\s*)+)?/y;
/** A value in quotes, or up to the next blank. */
const VALUE =
	/"((?:[^"\\]|\\.)*)"?|'((?:[^'\\]|\\.)*)'?|((?:(?:bearer|basic)\s+)?(?:\[redacted\]|[^\s"',;}\]])+)/iy;
const COMMA = /\s*,\s*/y;

/**
 * The words that a message on a field begins with, or consists of, as in `token: expired`. Any other
 * word may be a password.
 */
const MESSAGE_WORD =
	/^(?:a|already|an|blank|cannot|empty|expired|incorrect|invalid|is|may|missing|must|no|not|null|required|revoked|should|the|this|too|unknown|unsupported|wrong)[.,:;!?]*$/i;

/**
 * What Avala's own SDKs hide in error texts, by its shape. No pattern looks at a character more than a
 * few times, so that a hostile text cannot hold up n8n.
 */
const SECRET_SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
	[/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, MARK],
	[
		/\b(bearer|basic)\s+(?!(?:authentication|authorization|credentials)\.?(?![\w.~+/=-]))[\w.~+/=-]{8,}/gi,
		`$1 ${MARK}`,
	],
	// 40 digits are an Avala key, 64 a signing secret.
	[/[0-9a-f]{40,}/gi, MARK],
	[/\b(?:sk-|avk_)[\w-]{6,}/g, MARK],
];

/**
 * The text without anything that looks like a secret, nor any of the given secrets in any spelling.
 * The time it takes grows with the length of the text alone.
 *
 * @param known secrets in use now; a server may quote one that has an unusual shape
 */
export function redact(text: string, known: readonly string[] = []): string {
	const withoutNamed = hideNamedValues(hideKnownSecrets(text, known, MARK));
	const withoutShapes = SECRET_SHAPES.reduce(
		(result, [shape, mark]) => result.replace(shape, mark),
		withoutNamed,
	);
	return withoutShapes.replace(/[\w.-]{8,}/g, hideToken);
}

/** True for a name such as `api_key` or `X-Auth-Token`. */
export function isSecretName(name: string): boolean {
	return SECRET_NAME.test(name);
}

/** True for a word that says something about a field, and is no value of it. */
export function isMessageWord(text: string): boolean {
	return MESSAGE_WORD.test(text);
}

/** Hides the values behind each name such as `api_key`, in JSON, in a query or in prose. */
function hideNamedValues(text: string): string {
	let result = '';
	let done = 0;
	for (const { 0: name, index } of text.matchAll(/[\w-]+/g)) {
		if (index < done || !isSecretName(name)) continue;
		for (const { start, value } of valuesAt(text, index + name.length)) {
			result += text.slice(done, start) + (value === '' ? '' : MARK);
			done = start + value.length;
		}
	}
	return result + text.slice(done);
}

/** The value behind a name that ends here, or all of a list; none where a message stands instead. */
function valuesAt(text: string, nameEnd: number): Array<{ start: number; value: string }> {
	const values: Array<{ start: number; value: string }> = [];
	const [all, sign, list] = matchAt(SIGN, text, nameEnd) ?? [];
	if (all === undefined) return values;
	let next: number | undefined = nameEnd + all.length;
	while (next !== undefined) {
		const at: number = next;
		const [found, double, single, bare] = matchAt(VALUE, text, at) ?? [];
		if (found === undefined) break;
		const isAlone = list === undefined;
		if (isAlone && sign === ':' && bare !== undefined && isMessageWord(bare)) break;
		values.push({
			start: bare === undefined ? at + 1 : at,
			value: double ?? single ?? bare ?? '',
		});
		const end = at + found.length;
		const comma = isAlone ? null : matchAt(COMMA, text, end);
		next = comma ? end + comma[0].length : undefined;
	}
	return values;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
	pattern.lastIndex = at;
	return pattern.exec(text);
}

/** A run of word characters without the JWT or the live key in it. */
function hideToken(run: string): string {
	const jwt = run.indexOf('eyJ');
	if (jwt !== -1 && run.slice(jwt).split('.').length > 2) return run.slice(0, jwt) + MARK;
	return run.includes('_live_') ? MARK : run;
}
