import { messageOf } from '../../../nodes/Avala/shared/values';
import { readBaseUrl, readCredential } from '../../../nodes/Avala/transport/credential';

const AVALA = 'https://api.avala.ai/api/v1';
/** As n8n shows it. */
const whyRefused = (data: object): string => {
	try {
		readCredential({ apiKey: 'key', ...data });
	} catch (error) {
		return messageOf(error);
	}
	return 'accepted';
};

describe('the credential', () => {
	it('is read without the blanks and line ends that copying adds', () => {
		expect(
			readCredential({ apiKey: ' key\n', baseUrl: ` ${AVALA}/ `, webhookSecret: '\tsecret ' }),
		).toEqual({ apiKey: 'key', baseUrl: AVALA, webhookSecret: 'secret' });
	});

	it.each([undefined, null, '', '  '])('may lack a secret, and must have a key: %j', (nothing) => {
		expect(readCredential({ apiKey: 'key', webhookSecret: nothing as string })).toEqual({
			apiKey: 'key',
			baseUrl: AVALA,
		});
		expect(whyRefused({ apiKey: nothing })).toBe(
			"'API Key' in the Avala credential is empty. Create a key in the settings of your Avala account and enter it there.",
		);
	});

	it.each([
		['key\u00A0value', 'U+00A0'],
		['a\tb', 'U+0009'],
		['\u007Fkey', 'U+007F'],
		['k\u{1F511}ey', 'U+1F511'],
	])('names the character that HTTP cannot send, and not the key: %j', (apiKey, name) => {
		expect(whyRefused({ apiKey })).toBe(
			`'API Key' in the Avala credential has a character that HTTP cannot send (${name}). No request was sent. Copy the key from Avala again and paste it as plain text.`,
		);
	});

	it('takes every character that a header can hold', () => {
		const apiKey = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));
		expect(readCredential({ apiKey: `${apiKey} x` }).apiKey).toBe(`${apiKey} x`);
	});

	it.each<[object, string]>([
		[{ apiKey: 5 }, "'API Key' in the Avala credential is not text but number."],
		[{ webhookSecret: ['a'] }, "'Webhook Secret' in the Avala credential is not text but a list."],
		[{ baseUrl: false }, "'Base URL' in the Avala credential is not text but boolean."],
	])('names the field that an expression has filled with something else: %j', (data, message) => {
		expect(whyRefused(data)).toBe(`${message} No request was sent. Enter it as text.`);
	});
});

describe('the base URL', () => {
	it.each([
		[undefined, AVALA],
		['  ', AVALA],
		[`${AVALA}//`, AVALA],
		[' https://avala.example.com:8443/v1/ ', 'https://avala.example.com:8443/v1'],
		['HTTPS://Avala.Example.com', 'https://avala.example.com'],
		['http://localhost:4010/', 'http://localhost:4010'],
		['http://127.0.0.1:4010/api//', 'http://127.0.0.1:4010/api'],
		['http://[::1]:4010', 'http://[::1]:4010'],
	])('%j is %s', (value, expected) => {
		expect(readBaseUrl(value)).toBe(expected);
	});

	it.each([
		['nonsense', 'it is not a URL'],
		['https://user@api.avala.ai/', 'it must not contain a user name or password'],
		['https://:pass@api.avala.ai/', 'it must not contain a user name or password'],
		['https://api.avala.ai/?x=1', 'it must not contain a query or a fragment'],
		['https://api.avala.ai/#x', 'it must not contain a query or a fragment'],
		['http://api.avala.ai/api/v1', 'it must start with https:// (plain http only for localhost)'],
		['http://localhost.example.com', 'it must start with https:// (plain http only for localhost)'],
		['ftp://localhost/', 'it must start with https:// (plain http only for localhost)'],
	])('%j is refused before a request is sent, with the reason', (baseUrl, reason) => {
		expect(whyRefused({ baseUrl })).toBe(
			`'Base URL' in the Avala credential was refused: ${reason}. No request was sent. Use ${AVALA} unless Avala gave you another one.`,
		);
	});
});
