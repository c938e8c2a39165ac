import fc from 'fast-check';

import { redact } from '../../../nodes/Avala/transport/redact';

/** A sixteenth of the longest text that is read. */
const SIZE = 4 * 1024;
const TIMES_LONGER = 16;

/** The processor time in milliseconds, whatever else the machine does. */
const costOf = (text: string, known: string[]) => {
	const before = process.cpuUsage();
	redact(text, known);
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1000;
};

/**
 * Whether 16 times the text takes 16 times as long: quadratic work would take 256 times as long. Both
 * are measured on the same machine; the first run of all is slower, and one may be disturbed.
 */
const isLinear = (piece: string, known: string[]) => {
	const textOf = (size: number) => piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
	const [short, long] = [textOf(SIZE), textOf(SIZE * TIMES_LONGER)];
	for (let run = 0; run < 5; run++) {
		const shortCost = Math.max(1, costOf(short, known));
		if (costOf(long, known) < 4 * TIMES_LONGER * shortCost) return true;
	}
	return false;
};

/** Enough for 64 KB on a machine that is several times slower than a usual one. */
const LIMIT_MS = 50;

/** Whether the longest text that is read takes no longer than the limit, in the best of several runs. */
const isQuick = (piece: string, known: string[]) => {
	const size = SIZE * TIMES_LONGER;
	const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
	return Array.from({ length: 10 }).some(() => costOf(text, known) < LIMIT_MS);
};

const pieces = [
	'token-',
	'secret',
	'secret: ',
	'secret="',
	'secret=\\',
	'secret:[',
	'secret="[redacted]',
	"secret='[redacted]",
	'secret:["a",',
	'"a",',
	'[',
	',',
	'[redacted]',
	'eyJ',
	'eyJa.',
	'eyJ-',
	'_live_',
	'a_live',
	'sk-',
	'bearer ',
	'bearer',
	' ',
	'-',
	'\\',
	'\\u',
	'\\\\u',
	'\\u0041',
	'&amp;',
	'&#65;',
	'%C3%BC',
	'%25',
	'-----BEGIN A',
	'-----BEGIN A-----',
	'-----END',
	'a',
	'0',
	'"',
	"'",
	'=',
	':',
	'<',
	'.',
	'\n',
];

it.each(pieces)(
	'redaction takes no more time for each KB of %j in a long text than in a short one',
	(piece) => {
		const known = ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', `${piece.repeat(40)}x`];
		expect(isLinear(piece, known)).toBe(true);
	},
);

it('redaction takes time in proportion to the text for any mixture of what looks like secrets', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }), (parts) =>
			isLinear(parts.join(''), ['aaaaaaaaaaaaaaaab', 'secret-token']),
		),
		{ numRuns: 60 },
	);
});

const SECRETS = ['0a'.repeat(20), 'f1'.repeat(32), 'correct horse + battery'];

it.each(pieces)('redaction of 64 KB of %j ends in a moment', (piece) => {
	expect(isQuick(piece, SECRETS)).toBe(true);
});

it('redaction of 64 KB of any mixture of what looks like secrets ends in a moment', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }), (parts) =>
			isQuick(parts.join(''), SECRETS),
		),
		{ numRuns: 60 },
	);
});

it('redaction of 64 KB that were escaped hundreds of times over ends in a moment', () => {
	expect(isQuick(`%${'25'.repeat(500)}`, SECRETS)).toBe(true);
});
