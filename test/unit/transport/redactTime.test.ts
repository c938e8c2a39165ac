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

const pieces = [
	'token-',
	'secret',
	'secret: ',
	'secret="',
	'secret=\\',
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
