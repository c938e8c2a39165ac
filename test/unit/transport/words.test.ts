import { avalasWords, tidy } from '../../../nodes/Avala/transport/words';

const wordsOf = (body: unknown, secrets: string[] = []) =>
	avalasWords(typeof body === 'string' ? body : JSON.stringify(body), secrets).text;

describe('Avala’s words in an error', () => {
	it.each<[string, unknown, string]>([
		['a detail', { detail: 'Not found.' }, 'Not found.'],
		[
			'fields',
			{ target_url: ['Must be https.'], events: ['A.', 'B.'] },
			'target_url: Must be https. events: A. B.',
		],
		[
			'an error object',
			{ error: { code: 1, message: 'Wrong', details: { events: ['Bad'] } } },
			'Wrong events: Bad.',
		],
		['nested fields', { data: { name: ['Too long.'] } }, 'data.name: Too long.'],
		[
			'a detail and fields together',
			{ detail: 'Invalid input.', code: 'invalid', events: ['Unknown event type task.done'] },
			'Invalid input. events: Unknown event type task.done.',
		],
		[
			'a message and a list of fields',
			{ message: 'No.', errors: { events: ['Bad'] } },
			'No. events: Bad.',
		],
		['fields as a whole', { non_field_errors: ['Must be unique.'] }, 'Must be unique.'],
		[
			'a list of problems with their places',
			{ detail: [{ loc: ['body', 'events', 0], msg: 'Field required', type: 'missing' }] },
			'events.0: Field required.',
		],
		['an error without details', { error: { message: 'Wrong' } }, 'Wrong.'],
		['an error without a message', { error: { details: { events: ['Bad'] } } }, 'events: Bad.'],
		['fields under one name for all', { __all__: ['Must be unique.'] }, 'Must be unique.'],
		['details beside fields', { details: { a: ['A.'] }, errors: { b: ['B.'] } }, 'a: A. b: B.'],
		[
			'a place elsewhere than in the body',
			{ loc: ['query', 'limit'], msg: 'Too high' },
			'query.limit: Too high.',
		],
		['a place with a gap', { loc: ['body', null, 'events'], msg: 'Bad' }, 'events: Bad.'],
		['a place without an end', { loc: [], msg: 'No' }, 'No.'],
		['a problem that names its field', { field: 'events', message: 'Bad' }, 'events: Bad.'],
		['blank texts among others', { a: [' ', 'A.'], b: '' }, 'a: A.'],
		['numbers and nothing', { count: 7, more: null, detail: 'No.' }, 'No.'],
		['a number alone', 7, '7.'],
		['a list of texts', ['A.', 'B.'], 'A. B.'],
		['a problem of several fields', { a: [{ b: ['B.'], c: ['C.'] }] }, 'a.b: B. a.c: C.'],
		['five levels', { a: { b: { c: { d: 'Deep.' } } } }, 'a.b.c.d: Deep.'],
		['a name of a secret with one word', { secret: ['invalid'] }, 'secret: invalid.'],
		['a name of a secret with a short sentence', { token: ['Required.'] }, 'token: Required.'],
		['a value of a secret', { secret: 'hunter2' }, 'secret: [redacted].'],
		['a value of a secret with blanks around it', { secret: ' hunter ' }, 'secret: [redacted].'],
		['a value of a header with more blanks', { token: 'Bearer  hunter' }, 'token: [redacted].'],
		[
			'sentences that begin nearly like a header',
			{ token: ['Bearers only.', 'Non-basic only.'] },
			'token: Bearers only. Non-basic only.',
		],
		['a value of a secret in a list', { secret: ['swordfish'] }, 'secret: [redacted].'],
		[
			'several values of a secret',
			{ tokens: ['AAAA1111bbbb', 'swordfish'] },
			'tokens: [redacted] [redacted].',
		],
		['a value of a secret with tags in it', { secret: 'sword<b>fish</b>' }, 'secret: [redacted].'],
		['a message of one word in tags', { secret: '<p>Required.</p>' }, 'secret: Required.'],
		['a value of a header', { authorization: 'Bearer hunter2' }, 'authorization: [redacted].'],
		[
			'a message and a value of a secret',
			{ secret: ['Too short.', 'swordfish'] },
			'secret: Too short. [redacted].',
		],
		[
			'a message that quotes a key',
			{ secret: [`Must not be ${'0a'.repeat(20)}.`] },
			'secret: Must not be [redacted].',
		],
		[
			'a detail that names a secret',
			{ detail: 'secret: This field may not be blank.' },
			'secret: This field may not be blank.',
		],
		['a detail that quotes a secret', { detail: 'secret: Sommer' }, 'secret: [redacted].'],
		[
			'a list with many texts',
			{ a: Array.from({ length: 25 }, () => 'A.') },
			`a:${' A.'.repeat(20)}`,
		],
		['an empty object', {}, ''],
		['an object without a text', { a: 7 }, '{"a":7}.'],
		['a list of a field and a text', [{ field: 'a', message: 'A.' }, 'B.'], 'a: A. B.'],
		['a page', '<html><style>x</style><h1>Bad day</h1></html>', 'x Bad day.'],
		['nothing', '', ''],
	])('are read from %s', (_, body, expected) => {
		expect(wordsOf(body)).toBe(expected);
	});

	it('are told of the first twenty problems, and up to 400 characters', () => {
		const fields = Object.fromEntries(
			Array.from({ length: 25 }, (_, index) => [`f${index}`, ['No.']]),
		);
		expect(wordsOf(fields)).toMatch(/f19: No\.$/);
		expect(avalasWords(JSON.stringify(fields), []).fields).toHaveLength(20);
		expect(wordsOf({ detail: `${'x'.repeat(399)}.` })).toBe(`${'x'.repeat(399)}.`);
		expect(wordsOf({ detail: 'x'.repeat(401) })).toBe(`${'x'.repeat(400)}…`);
	});

	it('beyond five levels are not looked for', () => {
		expect(wordsOf({ a: { b: { c: { d: { e: { f: 'Too deep.' } } } } } })).not.toMatch(/^a\.b\.c/);
	});

	it('on a field called secret or token are shown in plain text', () => {
		expect(wordsOf({ secret: ['This field may not be blank.'] })).toBe(
			'secret: This field may not be blank.',
		);
		expect(avalasWords('{"token":["Is required."]}', []).fields).toEqual(['token']);
		expect(avalasWords('{"detail":"Is required."}', []).fields).toEqual([]);
	});

	it('hide a value that stands in such a field', () => {
		expect(wordsOf({ api_key: 'hunter2' })).not.toContain('hunter2');
		expect(wordsOf({ detail: 'Got api_key=hunter2 from you' })).not.toContain('hunter2');
	});

	it('hide a known secret that JSON has escaped', () => {
		const secret = 'pä"ss\\word';
		expect(
			wordsOf(
				`{"detail":"no ${[...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`,
				[secret],
			),
		).toBe('no [redacted].');
		expect(wordsOf(`<p>${JSON.stringify(secret)}</p>`, [secret])).not.toContain('word');
	});

	it.each([
		['a key', ' '.repeat(3961) + '0a'.repeat(20), []],
		['a key in capitals', ' '.repeat(3961) + '0A'.repeat(20), []],
		['a known secret', `${' '.repeat(3990)}correct horse battery`, ['correct horse battery']],
		[
			'a known secret of several lines in a URL',
			' '.repeat(3990) + encodeURIComponent('first\nsecond\nthird line'),
			['first\nsecond\nthird line'],
		],
	])('show no piece of %s in the middle of which a long text is cut', (_, text, secrets) => {
		const long = `Bad: ${text} and ${'more '.repeat(1000)}`;
		for (const shown of [
			tidy(long, secrets),
			wordsOf(long, secrets),
			wordsOf({ x: long }, secrets),
		])
			expect(shown).toMatch(/^(?:x: )?Bad:(?: \[redacted\])?\.?$/);
	});

	it('show the words before the one in which a long text is cut', () => {
		const text = `Bad ${'word '.repeat(1000)}`;
		expect(tidy(text, [])).toBe(text.slice(0, 3998));
		expect(tidy('x'.repeat(4000), [])).toBe('x'.repeat(4000));
	});

	it.each([
		['a text without blanks', 'x'.repeat(4001), 'x'.repeat(3900)],
		['a text with blanks at its beginning', `Bad ${'x'.repeat(4000)}`, `Bad ${'x'.repeat(3896)}`],
		[
			'a text in Japanese',
			'無効な値です。'.repeat(600),
			'無効な値です。'.repeat(600).slice(0, 3900),
		],
		['a text with a key at the cut', 'あ'.repeat(3960) + 'f1'.repeat(32), 'あ'.repeat(3900)],
		[
			'a text with a long token at the cut',
			`${'あ'.repeat(3000)}eyJ${'a'.repeat(500)}.eyJ${'b'.repeat(600)}.c`,
			'あ'.repeat(3000),
		],
		['a text with a bearer token at the cut', `Bearer ${'x'.repeat(5000)}`, 'Bearer [redacted]'],
	])('show most of %s that is cut', (_, text, expected) => {
		expect(tidy(text, [])).toBe(expected);
		expect(wordsOf({ detail: text })).toContain(expected.slice(0, 400));
	});

	it.each([
		[
			'many fields',
			JSON.stringify(
				Object.fromEntries(
					Array.from({ length: 5000 }, (_, i) => [`token${i}`, ['token-'.repeat(5)]]),
				),
			),
		],
		['deep nesting', `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`],
		['deep nesting of lists', `${'['.repeat(8000)}"a"${']'.repeat(8000)}`],
		['deep nesting of details', `${'{"error":{"details":'.repeat(4000)}"a"${'}}'.repeat(4000)}`],
		['many texts about one field', `{"tokens":[${'"a",'.repeat(16_000)}"a"]}`],
		['tags without an end', '<'.repeat(64 * 1024)],
		['one long text', `{"detail":"${'token-'.repeat(10_000)}"}`],
	])('are short, and read from %s in a moment even on a slow machine', (_, body) => {
		const tookMs = [1, 2, 3].map(() => {
			const startedAt = performance.now();
			expect(wordsOf(body).length).toBeLessThan(500);
			return performance.now() - startedAt;
		});
		expect(Math.min(...tookMs)).toBeLessThan(500);
	});

	it.each([
		['null', '{"events":["Bad null"],"more":null}'],
		['true', '{"events":["Bad true"],"ok":true}'],
		['1234', '{"events":["Bad 1234"],"code":1234}'],
		['":["', '{"events":["Bad \\":[\\""]}'],
		['events":', '{"events":["Bad events\\":"]}'],
	])('are read from JSON in which the known secret %s is a part of the syntax', (secret, body) => {
		expect(avalasWords(body, [secret])).toEqual({
			text: 'events: Bad [redacted].',
			fields: ['events'],
		});
	});

	it('hide a known secret that looks escaped, and that JSON quotes without escaping it', () => {
		const secret = String.raw`C:\new\u0041b`;
		expect(wordsOf(`{"detail":"no ${secret} here"}`, [secret])).toBe('no [redacted] here.');
		expect(wordsOf({ detail: `no ${secret} here` }, [secret])).toBe('no [redacted] here.');
	});

	it('hide a known secret in the name of a field', () => {
		expect(avalasWords('{"a horse\\u0062":["Bad"]}', ['horseb'])).toEqual({
			text: 'a [redacted]: Bad.',
			fields: ['a [redacted]'],
		});
	});

	it('hide a known secret whose words stand in several texts of a list', () => {
		expect(wordsOf({ a: ['no correct', 'horse', 'here'] }, ['correct horse'])).toBe(
			'a: no [redacted] here.',
		);
	});

	it('is read behind a byte order mark', () => {
		expect(avalasWords('\uFEFF{"detail": "Not found."}', []).text).toBe('Not found.');
	});
});
