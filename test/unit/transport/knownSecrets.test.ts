import { hideKnownSecrets } from '../../../nodes/Avala/transport/knownSecrets';

const hide = (text: string, ...secrets: string[]) => hideKnownSecrets(text, secrets, '#');

describe('a known secret is hidden, and nothing around it', () => {
	it.each([
		['several, in any order', 'key2 key1', ['key1', 'key2'], '# #'],
		['one after the other', 'key1key1 x', ['key1'], '## x'],
		['one within the other', 'x abcdefgh y', ['abcdefgh', 'cdef'], 'x # y'],
		['those that overlap', 'abcdefghi', ['abcdef', 'defghi'], '#'],
		['entered with blanks around it', 'x key1 y', [' key1\n'], 'x # y'],
		['behind other bytes in a URL', 'a=%20%6B%65%79%31&b', ['key1'], 'a=%20#&b'],
		['behind a character of two bytes', '%C3%BC%6B%65%79%31', ['key1'], '%C3%BC#'],
		['behind a byte that is no character', '%FF%6B%65%79%31!', ['key1'], '%FF#!'],
		[
			'behind another character in JSON',
			'x\\u00fc\\u006B\\u0065\\u0079\\u0031!',
			['key1'],
			'x\\u00fc#!',
		],
		[
			'behind a character of two units in JSON',
			'x\\ud83d\\udd11\\u006B\\u0065\\u0079\\u0031!',
			['key1'],
			'x\\ud83d\\udd11#!',
		],
		['with control characters in JSON', 'x a\\bc\\fd\\ne\\rf\\tg y', ['a\bc\fd\ne\rf\tg'], 'x # y'],
		['in hexadecimal HTML', 'x &#x6B;&#x00065;y1 y', ['key1'], 'x # y'],
		['in named HTML', 'a&amp;b&LT;c&gt;d&quot;e&apos;f', [`a&b<c>d"e'f`], '#'],
		['with the last character of all', 'x &#x10FFFF;key y', ['\u{10FFFF}key'], 'x # y'],
		['with a number in it that stands for no character', 'x key&#9999999;1 y', ['key1'], 'x # y'],
		['that looks escaped, in JSON', 'x a%41\\"b y', ['a%41"b'], 'x # y'],
		['that looks escaped, beside another', 'x " %41\\" y', ['plain', '" %41"'], 'x # y'],
	])('%s', (_, text, secrets, expected) => {
		expect(hide(text, ...secrets)).toBe(expected);
	});

	it('also when it begins before the end of what is wanted, and nothing behind that end', () => {
		const hideUpTo = (upTo: number) =>
			hideKnownSecrets('ab key1 cd key2', ['key1', 'key2'], '#', upTo);
		expect([2, 3, 4, 7, 9, 15].map(hideUpTo)).toEqual([
			'ab',
			'ab ',
			'ab #',
			'ab #',
			'ab # c',
			'ab # cd #',
		]);
	});

	it('behind a number that stands for no character', () => {
		expect(hide('&#x110000;key1 &#9999999;key1', 'key1')).toBe('&#x110000;# &#9999999;#');
	});

	it('but not one of three characters, or every text would be full of holes', () => {
		expect(hide('the cat', 'the', 'e')).toBe('the cat');
	});
});
