import fc from 'fast-check';

import { redact } from '../../../nodes/Avala/transport/redact';
import { avalasWords, tidy } from '../../../nodes/Avala/transport/words';

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
		'in a form': (text) => new URLSearchParams({ '': text }).toString().slice(1),
		'in HTML': (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
		'in upper case': (text) => text.toUpperCase(),
		'in lower case': (text) => text.toLowerCase(),
		'as it is': (text) => text,
		'with blanks around it': (text) => ` ${text}\n`,
	};

	/** The ways on which a text gets into an error. */
	const WAYS: Record<string, (text: string, known: string[]) => string> = {
		alone: redact,
		'in a line': tidy,
		'in a page': (text, known) => avalasWords(text, known).text,
		'in JSON': (text, known) => avalasWords(JSON.stringify({ detail: text }), known).text,
	};
	const SPELLED = Object.entries(SPELLINGS).flatMap(([spelling, spell]) =>
		Object.entries(WAYS).map(([way, show]) => ({ spelling, spell, way, show })),
	);
	/** Quotes and backslashes of the spelling itself may remain around the hole. */
	const HOLE = /^\(\([\s"\\]+\[redacted\][\s"\\]+\)\)\.?$/;

	it.each(SPELLED)('hides a known secret that is written $spelling, $way', ({ spell, show }) => {
		const wellFormed = secrets.filter((secret) => !/\p{Surrogate}/u.test(secret));
		fc.assert(
			fc.property(wellFormed, (secret) => {
				expect(show(`(( ${spell(secret)} ))`, [secret])).toMatch(HOLE);
			}),
		);
	});

	it.each([
		'pa"ss/w\u00f6rd\\+ 1',
		'k€y-🔑-value',
		"a'b<c>&d",
		'two  blanks and\ta tab',
		'two\r\nlines',
		'with<ss>a tag',
		'correct horse battery',
		'a + b+c',
		'ABCDEFGHIJ-key',
		'& %00',
		'" %41',
		"&lt;'x",
		'C:\\new\\b',
	])('hides %j, however it is written', (secret) => {
		for (const { spelling, spell, way, show } of SPELLED) {
			expect([spelling, way, show(`(( ${spell(secret)} ))`, [secret])]).toEqual([
				spelling,
				way,
				expect.stringMatching(HOLE),
			]);
		}
	});

	it('hides a token in the middle of other characters', () => {
		for (const text of ['x-eyJhbGciOiJI.eyJzdWIi.abc', 'key=avk_abcdef123456', '/pk_live_abc/x']) {
			expect(redact(text)).toMatch(/\[redacted\]/);
			expect(redact(text)).not.toMatch(/eyJz|abcdef|live_abc/);
		}
	});

	it.each([
		['a name without a sign', 'apikey=abc', 'apikey=[redacted]'],
		['a value whose quotes were cut off', 'secret="abc def', 'secret="[redacted]'],
		['a value in single quotes', "token='a b' c", "token='[redacted]' c"],
		['one with a quote in it', "token='it\\'s' c", "token='[redacted]' c"],
		['one that was cut off', "token='a b", "token='[redacted]"],
		['several blanks in a header', 'authorization: Basic   dXNl!', 'authorization: [redacted]'],
		['several blanks before a token', 'sent bearer   abc.def-123', 'sent bearer [redacted]'],
		['a PEM block that was cut off', 'x -----BEGIN PRIVATE KEY-----\nabc', 'x [redacted]'],
		['a secret in a secret', '{"secret":"token=abc","n":1}', '{"secret":"[redacted]","n":1}'],
		['a JWT behind a letter', 'xeyJhbGciOiJI.eyJzdWIi.abc', 'x[redacted]'],
		['a value in a list', '{"secret": ["hunter2"]}', '{"secret": ["[redacted]"]}'],
		[
			'each value in a list',
			'{"tokens":["AAAA1111bbbb" , "CCCC2222dddd"],"n":["a","b"]}',
			'{"tokens":["[redacted]" , "[redacted]"],"n":["a","b"]}',
		],
		[
			'values in a list, in single quotes or none',
			"tokens: ['a b', abc, invalid, 7] b, c",
			"tokens: ['[redacted]', [redacted], [redacted], [redacted]] b, c",
		],
		['values in a list that was cut off', 'secrets=["a","b', 'secrets=["[redacted]","[redacted]'],
		[
			'values in a list in a list',
			'{"secret": [["hunter2", "b"]]}',
			'{"secret": [["[redacted]", "[redacted]"]]}',
		],
		['nothing in a list without values', '{"tokens":[],"n":["a"]}', '{"tokens":[],"n":["a"]}'],
		['a value behind its name in JSON', '{"secret":"hunter2"}', '{"secret":"[redacted]"}'],
		['a word that is given to a name', 'password=hunter', 'password=[redacted]'],
		['a long word', 'token: qwertyuiopasdfghj', 'token: [redacted]'],
		['a word that no message begins with', 'secret: Sommer', 'secret: [redacted]'],
		['a word that ends like one of messages', 'token: pizza', 'token: [redacted]'],
		['a word of messages that is given to a name', 'token=invalid', 'token=[redacted]'],
		['a word in capitals', 'token: ABCDE', 'token: [redacted]'],
		['a word in quotes', '{"password":"swordfish"}', '{"password":"[redacted]"}'],
		['a word of a message in quotes', '{"token": "invalid"}', '{"token": "[redacted]"}'],
		['sixteen lower-case letters', '{"api_key": "abcdefghijklmnop"}', '{"api_key": "[redacted]"}'],
		['a short number in quotes', '{"pin_token":"123"}', '{"pin_token":"[redacted]"}'],
		['a number before other words', 'token: 16 and more', 'token: [redacted] and more'],
		[
			'a token that begins with a word of messages',
			'Bearer credentials/abcdef0123456',
			'Bearer [redacted]',
		],
		['one with a full stop in it', 'Basic credentials.YWRtaW46', 'Basic [redacted]'],
		['one with a hyphen in it', 'bearer authorization-12345', 'bearer [redacted]'],
		['a word in mixed case', 'token: qWerty', 'token: [redacted]'],
		['a number that is long enough', 'password: 1234', 'password: [redacted]'],
	])('hides %s, and nothing else', (_, text, expected) => {
		expect(redact(text)).toBe(expected);
	});

	it('marks a known secret once, also behind its name', () => {
		const redacted = (text: string) => redact(text, ['abcdefgh']);
		expect(redacted('token: abcdefgh, n')).toBe('token: [redacted], n');
		expect(redacted('{"token":"abcdefgh"}')).toBe('{"token":"[redacted]"}');
		expect(redacted('Authorization: Bearer abcdefgh')).toBe('Authorization: [redacted]');
		expect(redacted('tokens: [abcdefgh, hunter2]')).toBe('tokens: [[redacted], [redacted]]');
	});

	it('hides what stands beside a known secret behind a name', () => {
		const redacted = (text: string) => redact(text, ['abcdefgh']);
		expect(redacted('{"token":"abcdefgh hunter2"}')).toBe('{"token":"[redacted]"}');
		expect(redacted('token: abcdefgh:hunter2')).toBe('token: [redacted]');
	});

	it.each([
		'The token is invalid.',
		'The token is invalid. Please ask the owner of the account for another one.',
		'tokens: [] were not given, try again',
		'Invalid token: expired',
		'secret: missing',
		'token: Revoked.',
		'Bearer authentication required',
		'It needs "Bearer authorization".',
		'Send Basic credentials.',
		'secret: This field may not be blank.',
		'password="" next',
		'see www.docs.avala.example.com',
		'eyJustAWord',
		'eyJustAWord.json',
		'a.b.eyJustAWord',
	])('leaves what is no secret: %s', (text) => {
		expect(redact(text)).toBe(text);
	});
});
