import fc from 'fast-check';

import { redact } from '../../../nodes/Avala/transport/redact';

describe('redact', () => {
	it.each([
		['an Avala key', `key ${'0a'.repeat(20)} is wrong`, 'key [redacted] is wrong'],
		['a signing secret', 'f'.repeat(64), '[redacted]'],
		['a bearer token', 'sent Bearer abc.def-123456', 'sent Bearer [redacted]'],
		['a key by its prefix', 'sk-abcdef1234 and pk_live_abcdef', '[redacted] and [redacted]'],
		['a JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_DEF', 'got [redacted]'],
		[
			'a PEM block',
			'x -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- y',
			'x [redacted] y',
		],
		['a field by its name', '{"api_key":"a b","n":1}', '{"api_key":"[redacted]","n":1}'],
		['a field of a form', 'password=hunter2&x=1', 'password=[redacted]'],
		['a header', 'Authorization: Basic dXNlcjpwYXNz', 'Authorization: [redacted]'],
	])('hides %s', (_, text, expected) => {
		expect(redact(text)).toBe(expected);
	});

	it('leaves what people need to read', () => {
		const text =
			'target_url: Must be https. Webhook 7a1d6a5e-3f0e-4f2e-9a59-6f7a8b9c0d1e, evt_abc123, 429';
		expect(redact(text)).toBe(text);
	});

	const secrets = fc
		.string({ minLength: 4 })
		.map((secret) => secret.trim())
		.filter((secret) => secret.length >= 4 && !'[redacted]'.includes(secret));

	it('hides every known secret, wherever it stands', () => {
		fc.assert(
			fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
				fc.pre(!before.includes(secret) && !after.includes(secret));
				return !redact(`${before}${secret}${after}`, [secret])
					.split('[redacted]')
					.some((part) => part.includes(secret));
			}),
		);
	});

	/** How servers, proxies and pages write a text that they quote. */
	const SPELLINGS: Record<string, (text: string) => string> = {
		'as JSON': (text) => JSON.stringify(text).slice(1, -1),
		'as JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(1, -1),
		'with \\u escapes': (text) =>
			text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
		'with upper-case \\u escapes for some': (text) =>
			text.replace(
				/\W/g,
				(unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
			),
		'in a URL': encodeURIComponent,
		'twice in a URL': (text) => encodeURIComponent(encodeURIComponent(text)),
		'with every byte encoded': (text) =>
			[...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
		'in HTML': (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
		'with blanks around it': (text) => ` ${text}\n`,
	};

	it.each(Object.entries(SPELLINGS))('hides a known secret that is written %s', (_, spell) => {
		const wellFormed = secrets.filter((secret) => !/\p{Surrogate}/u.test(secret));
		fc.assert(
			fc.property(wellFormed, (secret) => {
				// Quotes and backslashes of the spelling itself may remain around the hole.
				expect(redact(`<< ${spell(secret)} >>`, [secret])).toMatch(
					/^<<[\s"\\]+\[redacted\][\s"\\]+>>$/,
				);
			}),
		);
		for (const secret of ['pa"ss/wörd\\+ 1', 'k€y-🔑-value', "a'b<c>&d"]) {
			expect(redact(`x ${spell(secret)} y`, [secret])).toMatch(/^x[\s"\\]+\[redacted\][\s"\\]+y$/);
		}
	});

	it.each(['& %00', '" %41', "&lt;'x"])('hides %j, which looks escaped itself', (secret) => {
		for (const spell of Object.values(SPELLINGS)) {
			expect(redact(`<< ${spell(secret)} >>`, [secret])).toContain('[redacted]');
		}
	});

	it('hides a token in the middle of other characters', () => {
		for (const text of ['x-eyJhbGciOiJI.eyJzdWIi.abc', 'key=avk_abcdef123456', '/pk_live_abc/x']) {
			expect(redact(text)).toMatch(/\[redacted\]/);
			expect(redact(text)).not.toMatch(/eyJz|abcdef|live_abc/);
		}
	});

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
		'takes no more time for each KB of %j in a long text than in a short one',
		(piece) => {
			const known = ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', `${piece.repeat(40)}x`];
			expect(isLinear(piece, known)).toBe(true);
		},
	);

	it('takes time in proportion to the text for any mixture of what looks like secrets', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }), (parts) =>
				isLinear(parts.join(''), ['aaaaaaaaaaaaaaaab', 'secret-token']),
			),
			{ numRuns: 60 },
		);
	});
});
