import { hideKnownSecrets } from './knownSecrets';

/** What stands in the place of a secret. */
export const MARK = '[redacted]';

/** Names of fields whose value is a secret, whatever stands around the word. */
const SECRET_NAME = /secret|token|password|passwd|api[_-]?key|authorization|credential/i;

/** What follows such a name: a sign, and a value, or the first of a list, in quotes or up to the next blank. */
const ASSIGNED_VALUE =
	/["']?\s*([:=])\s*(?:\[\s*(?=["']))?(?:"((?:[^"\\]|\\.)*)"?|'((?:[^'\\]|\\.)*)'?|((?:(?:bearer|basic)\s+)?[^\s"',;}\]]+))/iy;

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

/** Hides the value behind each name such as `api_key`, in JSON, in a query or in prose. */
function hideNamedValues(text: string): string {
	let result = '';
	let done = 0;
	for (const { 0: name, index } of text.matchAll(/[\w-]+/g)) {
		const end = index + name.length;
		if (index < done || !isSecretName(name)) continue;
		ASSIGNED_VALUE.lastIndex = end;
		const assigned = ASSIGNED_VALUE.exec(text);
		if (!assigned) continue;
		const [all, sign, quoted, singleQuoted, bare] = assigned;
		const value = quoted ?? singleQuoted ?? bare ?? '';
		const at = end + all.lastIndexOf(value);
		const isMessage = sign === ':' && bare !== undefined && isMessageWord(bare);
		if (text.startsWith(MARK, at) || isMessage) continue;
		result += text.slice(done, at) + (value === '' ? '' : MARK);
		done = at + value.length;
	}
	return result + text.slice(done);
}

/** A run of word characters without the JWT or the live key in it. */
function hideToken(run: string): string {
	const jwt = run.indexOf('eyJ');
	if (jwt !== -1 && run.slice(jwt).split('.').length > 2) return run.slice(0, jwt) + MARK;
	return run.includes('_live_') ? MARK : run;
}
