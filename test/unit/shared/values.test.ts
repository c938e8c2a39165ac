import {
	booleanOf,
	idOf,
	isBlank,
	messageOf,
	notUnderstood,
	numberOf,
	readBoolean,
	readNumber,
	readText,
	readTexts,
	readWholeNumber,
	textsIn,
	uidOf,
} from '../../../nodes/Avala/shared/values';

describe('a refusal', () => {
	it.each([NaN, Infinity])('shows the number %p as it is', (value) => {
		expect(() => readWholeNumber('Limit', value, 1)).toThrow(
			`'Limit' must be a whole number of at least 1, but is ${value}.`,
		);
	});

	it('tells of an expression that gave nothing only where nothing was given', () => {
		const message = (value: unknown) => notUnderstood('X', 'text', value).message;
		for (const nothing of ['', null, undefined]) {
			expect(message(nothing)).toContain('an expression may have given nothing');
		}
		expect(message(0)).toBe("'X' must be text, but is 0.");
	});

	it('names the parameter also for a value that JSON cannot hold', () => {
		const value: Record<string, unknown> = {};
		value.itself = value;
		expect(() => readWholeNumber('Limit', value, 1)).toThrow("'Limit' must be a whole number");
		expect(() => readWholeNumber('Limit', 5n, 1)).toThrow("'Limit' must be a whole number");
	});
});

describe('a value that is not understood is refused with what is expected', () => {
	const none =
		'Enter a value, or remove the field if it is optional; an expression may have given nothing.';
	it.each<[string, () => unknown, string]>([
		['yes or no', () => readBoolean('X', 'maybe'), `'X' must be true or false, but is "maybe".`],
		['a number', () => readNumber('X', -1, 0), "'X' must be a number of at least 0, but is -1."],
		[
			'a count',
			() => readWholeNumber('X', 0, 1),
			"'X' must be a whole number of at least 1, but is 0.",
		],
		[
			'a whole count',
			() => readWholeNumber('X', 1.5, 1),
			"'X' must be a whole number of at least 1, but is 1.5.",
		],
		[
			'a big number',
			() => readWholeNumber('X', 5n, 1),
			"'X' must be a whole number of at least 1, but is 5.",
		],
		['text', () => readText('X', { a: 1 }), `'X' must be text, but is {"a":1}.`],
		['blank text', () => readText('X', ' '), `'X' must be text, but is " ".`],
		['a list', () => readTexts('X', ['a', 7]), `'X' must be a list of texts, but is ["a",7].`],
		[
			'a filled list',
			() => readTexts('X', ' , '),
			`'X' must be a list with at least one entry, but is " , ".`,
		],
		[
			'an empty list',
			() => readTexts('X', [[]]),
			"'X' must be a list with at least one entry, but is [[]].",
		],
		['an empty text', () => readText('X', ''), `'X' must be text, but is empty. ${none}`],
		['null', () => readText('X', null), `'X' must be text, but is empty. ${none}`],
		[
			'nothing',
			() => readNumber('X', undefined, 0),
			`'X' must be a number of at least 0, but is empty. ${none}`,
		],
		['a function', () => readText('X', () => 1), "'X' must be text, but is function."],
		[
			'100 characters',
			() => readBoolean('X', 'x'.repeat(98)),
			`'X' must be true or false, but is "${'x'.repeat(98)}".`,
		],
		[
			'more characters',
			() => readBoolean('X', 'x'.repeat(99)),
			`'X' must be true or false, but is "${'x'.repeat(99)}…`,
		],
	])('%s', (_, read, message) => {
		expect(read).toThrow(message);
		expect(read).toThrow(
			expect.objectContaining({ message: expect.stringMatching(/[.…]$/) as unknown }),
		);
	});
});

describe('a value that is understood', () => {
	it('may be as small as it can be', () => {
		expect(readNumber('X', 0, 0)).toBe(0);
		expect(readWholeNumber('X', '1', 1)).toBe(1);
	});

	it.each<[unknown, string[]]>([
		[
			['a', 'b'],
			['a', 'b'],
		],
		['a, b ,', ['a', 'b']],
		[' ["a","b"]', ['a', 'b']],
		['x["a"]', ['x["a"]']],
		['[a', ['[a']],
		[['a', [], 'a'], ['a']],
		['{"a":1}', ['{"a":1}']],
	])('as a list: %j', (value, texts) => {
		expect(readTexts('X', value)).toEqual(texts);
	});

	it.each<[unknown, boolean | undefined]>([
		[' TRUE ', true],
		['1', true],
		[1, true],
		['False', false],
		['0', false],
		[0, false],
		[2, undefined],
		[null, undefined],
	])('as yes or no: %j', (value, expected) => {
		expect(booleanOf(value)).toBe(expected);
	});

	it.each<[unknown, number | undefined]>([
		['5', 5],
		[' 5 ', 5],
		[' ', undefined],
		['', undefined],
		['five', undefined],
		[Infinity, undefined],
		[true, undefined],
		[null, undefined],
	])('as a number: %j', (value, expected) => {
		expect(numberOf(value)).toBe(expected);
	});

	it('as an ID', () => {
		expect([7, 'a', '', NaN, null, {}].map(idOf)).toEqual([
			'7',
			'a',
			undefined,
			undefined,
			undefined,
			undefined,
		]);
		expect([{ uid: 7 }, { id: 8 }, { uid: '', id: 9 }, {}, 'a', []].map(uidOf)).toEqual([
			'7',
			'8',
			'9',
			undefined,
			'a',
			undefined,
		]);
		expect(textsIn(['a', 7, null, 'b'])).toEqual(['a', 'b']);
		expect(textsIn('a')).toEqual([]);
	});

	it('as one that was left empty', () => {
		expect(['', ' ', [], [''], [[]], [[' ']]].every(isBlank)).toBe(true);
		expect(['a', 0, null, {}, ['', 'a'], [0]].some(isBlank)).toBe(false);
	});

	it('as what an error says', () => {
		expect([new Error('words'), 'text', undefined].map(messageOf)).toEqual([
			'words',
			'text',
			'undefined',
		]);
	});
});
