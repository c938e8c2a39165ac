const MARK = '[redacted]';

const NAME = String.raw`["']?[\w-]*(?:secret|token|password|passwd|api[_-]?key|authorization|credential)[\w-]*["']?`;

/**
 * What Avala's own SDKs hide in error texts: keys by their shape and values by the name of their field.
 * Hex runs of 40 digits are Avala keys; longer ones are the signing secrets that the trigger makes.
 */
const SECRET_SHAPES: ReadonlyArray<readonly [RegExp, string]> = [
	[/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, MARK],
	// By the name of the field: in quotes first, so that JSON stays JSON.
	[new RegExp(String.raw`(${NAME}\s*[:=]\s*)"(?:[^"\\]|\\.)*"?`, 'gi'), `$1"${MARK}"`],
	[
		new RegExp(String.raw`(${NAME}\s*[:=]\s*)(?:(?:bearer|basic)\s+)?[^\s"',;}\]]+`, 'gi'),
		`$1${MARK}`,
	],
	[/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MARK}`],
	[/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, MARK],
	[/\b[0-9a-f]{40,}\b/gi, MARK],
	[/\bsk-[\w-]{6,}/g, MARK],
	[/\b\w*_live_\w+/g, MARK],
];

/**
 * The text without anything that looks like a secret, nor any of the given secrets.
 *
 * @param known secrets in use now; a server may quote one that has an unusual shape
 */
export function redact(text: string, known: readonly string[] = []): string {
	const withoutKnown = known
		.filter((secret) => secret.length >= 4)
		.reduce((result, secret) => result.split(secret).join(MARK), text);
	return SECRET_SHAPES.reduce((result, [shape, mark]) => result.replace(shape, mark), withoutKnown);
}
