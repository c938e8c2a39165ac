import {
	booleanOf,
	idOf,
	isBlank,
	messageOf,
	momentIn,
	numberOf,
	readBoolean,
	readMoment,
	readNumber,
	readText,
	readTexts,
	readWholeNumber,
	textsIn,
	uidOf,
} from '../../../nodes/Avala/shared/values';

const MOMENT = Date.parse('2026-03-02T10:30:00Z');

describe('a time that Avala sends', () => {
	it.each<[unknown]>([
		['2026-03-02T10:30:00Z'],
		['2026-03-02t10:30:00z'],
		[' 2026-03-02T10:30:00.000Z '],
		['2026-03-02T10:30:00'],
		['2026-03-02 10:30:00.000000'],
		['2026-03-02T10:30'],
		['2026-03-02 10:30:00 UTC'],
		['2026-03-02T05:30:00-0500'],
		['Mon, 02 Mar 2026 10:30:00 GMT'],
		[1772447400],
		[1772447400000],
		['1772447400'],
		['1772447400000'],
	])('is read, in UTC where it names no zone: %s', (value) => {
		expect(momentIn(value)).toBe(MOMENT);
	});

	it.each(['2026-03-02', '2026/03/02', 'March 2, 2026'])('may be a day alone: %s', (value) => {
		expect(momentIn(value)).toBe(Date.parse('2026-03-02T00:00:00Z'));
	});

	it.each<[unknown]>([
		['yesterday 10'],
		['10 minutes'],
		['5'],
		[5],
		[1772447400000000],
		[-1772447400],
		[''],
		[null],
		[{}],
		[[1772447400]],
		[true],
	])('is not guessed, nor read in the time zone of n8n: %j', (value) => {
		expect(momentIn(value)).toBeUndefined();
	});
});

describe('a date that an expression gives', () => {
	it.each<[unknown]>([
		['2026-03-02T10:30:00Z'],
		['2026-03-02T10:30:00'],
		[' 2026-03-02t10:30:00.000z '],
		['2026-03-02 10:30'],
		['2026-03-02 10:30:00.000000'],
		['2026-03-02 10:30:00 UTC'],
		['2026-03-02T05:30:00-05:00'],
		['2026-03-02T05:30:00-0500'],
		['20260302T103000Z'],
		['2026/03/02 10:30:00'],
		['Mon, 02 Mar 2026 10:30:00 GMT'],
		['2 Mar 2026 05:30 -0500'],
		['2026-03-02T11:30:00.000+01:00[Europe/Berlin]'],
		['Mon Mar 02 2026 05:30:00 GMT-0500 (Eastern Standard Time)'],
		[new Date(MOMENT)],
		[1772447400],
		['1772447400000'],
	])('is understood as %j', (value) => {
		expect(readMoment('Created After', value, 'UTC')).toBe(MOMENT);
	});

	it.each(['2026-03-02', '20260302', '2026/03/02'])('may be a day alone: %s', (value) => {
		expect(readMoment('Created After', value, 'UTC')).toBe(Date.parse('2026-03-02T00:00:00Z'));
	});

	it.each(['2026-03-02T05:30:00', '2026-03-02 05:30', '2026/03/02 05:30:00'])(
		'is in the time zone of the workflow where it names none: %s',
		(value) => {
			expect(readMoment('Created After', value, 'America/New_York')).toBe(MOMENT);
		},
	);

	it.each<[unknown]>([
		['5'],
		['5.5'],
		['-1'],
		['0'],
		['12345'],
		['5 days ago'],
		['last 24 hours'],
		['2026'],
		['task 1234'],
		['$now.minus 2000'],
		['yesterday, March 2026'],
		['March 2, 2026'],
		['02.03.2026'],
		['03/02/2026 10:30'],
		['2026-02-30'],
		['30 Feb 2026 10:30 GMT'],
		['31 Apr 2026 10:30:00 +0000'],
		['Mon Feb 30 2026 10:30:00 GMT+0100 (CET)'],
		['2 Mar 2026 10:30 +9999'],
		['2026-03-02T10:30:00+99:00'],
		['2026-03-02[Europe]/x'],
		['2026-13-01'],
		['2026-00-10'],
		['2026-03-02 or so'],
		['2026-03-02T25:00'],
		['2026-03/02'],
		[[1]],
		[['2026-03-02']],
		[{}],
		[new Date(NaN)],
	])('is refused by name where it is none: %j', (value) => {
		expect(() => readMoment('Created After', value, 'UTC')).toThrow(
			"'Created After' must be a date",
		);
	});
});

describe('a refusal', () => {
	it.each([NaN, Infinity])('shows the number %p as it is', (value) => {
		expect(() => readWholeNumber('Limit', value, 1)).toThrow(
			`'Limit' must be a whole number of at least 1, but is ${value}.`,
		);
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
		expect([{ uid: 7 }, { id: 7 }, 'a', []].map(uidOf)).toEqual(['7', undefined, 'a', undefined]);
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

describe('a Unix time', () => {
	it.each<[number, number | undefined]>([
		[1e8 - 1, undefined],
		[1e8, 1e11],
		[1e11 - 1, 1e14 - 1000],
		[1e11, 1e11],
		[1e14 - 1, 1e14 - 1],
		[1e14, undefined],
	])('%d is in seconds, in milliseconds, or none', (value, expected) => {
		expect(momentIn(value)).toBe(expected);
		expect(momentIn(` ${value}`)).toBe(expected);
	});

	it('may have a fraction', () => {
		expect(momentIn('1772447400.125')).toBe(MOMENT + 125);
		expect(readMoment('X', '1772447400.125', 'UTC')).toBe(MOMENT + 125);
	});
});
