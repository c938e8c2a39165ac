import { entryKey, whatCame, withUid } from '../../../nodes/Avala/transport/entry';

describe('what came in place of what was expected', () => {
	it.each<[unknown, string]>([
		[undefined, 'it is empty'],
		[[], 'it is a list'],
		[null, 'it is null'],
		[5, 'it is a number'],
		['words', 'it is a string'],
		[{}, 'it is an empty object'],
		[{ a: 1 }, "it is an object with 'a'"],
		[{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "it is an object with 'a', 'b', 'c', 'd', 'e'"],
		[
			{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 },
			"it is an object with 'a', 'b', 'c', 'd', 'e' and more",
		],
		[{ ['x'.repeat(50)]: 1 }, `it is an object with '${'x'.repeat(40)}'`],
		[{ 'the-key': 1 }, "it is an object with '[redacted]'"],
	])('is told without its values: %j', (value, expected) => {
		expect(whatCame(value, ['the-key'])).toBe(expected);
	});
});

describe('an entry', () => {
	it('that has no uid is called by its id', () => {
		expect(withUid({ id: 7, a: 1 })).toEqual({ uid: 7, id: 7, a: 1 });
		expect(withUid({ uid: 'u', id: 'i' })).toEqual({ uid: 'u', id: 'i' });
		expect(withUid({ id: {} })).toEqual({ id: {} });
		expect(withUid({ uid: null, id: '' })).toEqual({ uid: null, id: '' });
	});

	it('is told apart by its ID, or by all that it holds', () => {
		expect(entryKey({ uid: 7, a: 1 })).toBe('7');
		expect(entryKey({ a: 1 })).not.toBe(entryKey({ a: 2 }));
	});
});
