import {
	booleanOf,
	idKey,
	idOf,
	isBlank,
	messageOf,
	numberOf,
	readBoolean,
	readNumber,
	readText,
	readTexts,
	readWholeNumber,
	textsIn,
	uidOf,
} from '../../../nodes/Avala/shared/values';

describe('a value that is not understood', () => {
	const refusal = (read: () => unknown): string => {
		try {
			read();
		} catch (error) {
			return messageOf(error);
		}
		return 'none';
	};
	const itself: Record<string, unknown> = {};
	itself.itself = itself;

	it.each<[string, () => unknown, string]>([
		['a yes or no', () => readBoolean('X', 'maybe'), `"maybe". It must be true or false.`],
		['a number', () => readNumber('X', -1, 0), '-1. It must be a number of at least 0.'],
		['a count', () => readWholeNumber('X', 0, 1), '0. It must be a whole number of at least 1.'],
		['a fraction', () => readWholeNumber('X', 1.5, 1), '1.5. It must be a whole number of at'],
		['no number', () => readWholeNumber('X', NaN, 1), 'NaN. It must be a whole number of at'],
		['a big number', () => readWholeNumber('X', 5n, 1), '5. It must be a whole number of at'],
		['an object', () => readText('X', { a: 1 }), '{"a":1}. It must be text.'],
		['one that holds itself', () => readText('X', itself), 'object. It must be text.'],
		['a function', () => readText('X', () => 1), 'function. It must be text.'],
		['a mixed list', () => readTexts('X', ['a', true]), '["a",true]. It must be a list of texts.'],
		['a list of nothing', () => readTexts('X', ' , '), '" , ". It must be a list with at least'],
		['58 letters', () => readBoolean('X', 'x'.repeat(58)), `"${'x'.repeat(58)}". It must be`],
		['59 letters', () => readBoolean('X', 'x'.repeat(59)), `"${'x'.repeat(59)}…. It must be`],
	])('is refused by name, with what is expected: %s', (_, read, words) => {
		expect(refusal(read)).toContain(`'X' cannot be ${words}`);
	});

	it('is told from one that is missing, because an expression gave nothing', () => {
		const advice = 'It must be text. Enter a value, or remove the field if it is optional.';
		expect(refusal(() => readText('X', ''))).toBe(`'X' is empty. ${advice}`);
		expect(refusal(() => readTexts('X', [[]]))).toMatch(/^'X' is empty\. It must be a list/);
		for (const nothing of [null, undefined]) {
			expect(refusal(() => readText('X', nothing))).toBe(
				`'X' is empty: the expression gave nothing. ${advice}`,
			);
		}
		expect(refusal(() => readText('X', { deep: undefined }))).toBe(
			`'X' cannot be {}. It must be text.`,
		);
	});
});

describe('a value that is understood', () => {
	it('may be as small as it can be', () => {
		expect(readNumber('X', 0, 0)).toBe(0);
		expect(readWholeNumber('X', '1', 1)).toBe(1);
	});

	it.each<[unknown, string[]]>([
		['a, b ,', ['a', 'b']],
		[' ["a","b"]', ['a', 'b']],
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
	])('as yes or no: %j', (value, expected) => {
		expect(booleanOf(value)).toBe(expected);
	});

	it.each<[unknown, number | undefined]>([
		[' 5 ', 5],
		[' ', undefined],
		['five', undefined],
		[Infinity, undefined],
		[true, undefined],
	])('as a number: %j', (value, expected) => {
		expect(numberOf(value)).toBe(expected);
	});

	it('as an ID', () => {
		expect([7, '', NaN].map(idOf)).toEqual(['7', undefined, undefined]);
		expect([{ uid: '', id: 9 }, 'a', []].map(uidOf)).toEqual(['9', 'a', undefined]);
		expect(textsIn(['a', 7, null, 'b'])).toEqual(['a', 'b']);
		expect(textsIn('a')).toEqual([]);
	});

	it('as text without blanks around it, in the one form of letters with accents', () => {
		expect(readText('X', ` ${'Bäume'.normalize('NFD')}\n`)).toBe('Bäume'.normalize('NFC'));
		expect(readText('X', 7)).toBe('7');
	});

	it('as one that was left empty', () => {
		expect(['', ' ', [], [''], [[]], [[' ']]].every(isBlank)).toBe(true);
		expect(['a', 0, null, {}, ['', 'a'], [0]].some(isBlank)).toBe(false);
	});

	it('as all that an error says, once', () => {
		const described = (description: unknown) => Object.assign(new Error('a b'), { description });
		const errors = [described('c'), described('b'), described(7), 'text', undefined];
		expect(errors.map(messageOf)).toEqual(['a b c', 'a b', 'a b', 'text', 'undefined']);
		const cut = Object.assign(new Error('a long head…'), { description: 'a long heading. More' });
		expect(messageOf(cut)).toBe('a long heading. More');
	});
});

it('an ID is the same in every spelling of a UUID, and blanks around it do not count', () => {
	const uuid = '6f1c2b9e-0a53-4c37-9d0e-5b8f2f6f7a10';
	for (const spelling of [
		uuid.toUpperCase(),
		uuid.replaceAll('-', ''),
		` ${uuid}\n`,
		`{${uuid}}`,
		`urn:uuid:${uuid}`,
	]) {
		expect(idKey(spelling)).toBe(idKey(uuid));
	}
	for (const other of ['p-1', 'P-1', '017', uuid.slice(1), `${uuid}0`]) {
		expect(idKey(` ${other} `)).toBe(other);
	}
});
