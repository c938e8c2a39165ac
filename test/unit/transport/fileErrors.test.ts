import type { Connection } from '../../../nodes/Avala/transport/connection';
import { connect } from '../../../nodes/Avala/transport/connection';
import {
	cutOff,
	linkRefused,
	megabytes,
	refusedByStorage,
	storageSilent,
} from '../../../nodes/Avala/transport/fileErrors';
import { EXPORTS, one } from '../../../nodes/Avala/transport/paths';
import { loadOptionsContext } from '../../support/contexts';

const EXPORT = one(EXPORTS, 'e1');
const FILE = new URL('https://storage.example.com/exports/e1.zip?Signature=opens-it');
const MB = 1024 * 1024;
let connection: Connection;
beforeAll(async () => {
	const credentials = { apiKey: 'the-key', baseUrl: 'https://api.example.com/api/v1' };
	connection = await connect(loadOptionsContext({}, credentials));
});

describe('a refusal of the storage says what to do', () => {
	const refusal = (status: number, body = '', mayHaveExpired = false) =>
		refusedByStorage(connection, EXPORT, FILE, { status, body, mayHaveExpired });

	it.each<[number, boolean, string]>([
		[404, false, 'The file may have been removed: create a new export.'],
		[410, true, 'The file may have been removed: create a new export.'],
		[429, false, 'Try again in a few minutes.'],
		[500, false, 'Try again in a few minutes.'],
		[503, true, 'Try again in a few minutes.'],
		[418, false, 'Try again; if it persists, create a new export.'],
		[499, false, 'Try again; if it persists, create a new export.'],
		[
			401,
			true,
			"The API key was not sent there, as it goes to api.example.com alone. If storage.example.com is Avala’s API, enter its address as 'Base URL' in the Avala credential; otherwise create a new export.",
		],
		[
			403,
			true,
			'Links to exports are short-lived. Avala was asked for a fresh one; try again, and if it persists, create a new export.',
		],
	])('%d (a link that may have expired: %s)', (status, mayHaveExpired, advice) => {
		const error = refusal(status, '', mayHaveExpired);
		expect(error.message).toBe(
			`The file of export e1 could not be downloaded. storage.example.com responded ${status}. ${advice}`,
		);
		expect(error.httpCode).toBe(String(status));
		expect(error.description).toBe('The request was GET /exports/e1.zip to storage.example.com.');
	});

	it.each<[string, string]>([
		['<Error><Code>AccessDenied</Code></Error>', 'AccessDenied.'],
		['<Error><Message>Request has expired</Message></Error>', 'Request has expired.'],
		[
			'<Error><Code>AccessDenied</Code><Message>Request has expired!</Message><StringToSign>x</StringToSign></Error>',
			'AccessDenied: Request has expired!',
		],
		['<message>Not. Here</message>', 'Not. Here.'],
		[
			'<Message>See https://s.example.com/exports/e1.zip?Signature=abc and /y?z=1</Message>',
			'See https://s.example.com/exports/e1.zip?… and /y?…',
		],
		['<Message>the-key is unknown</Message>', '[redacted] is unknown.'],
	])('with what it says: %s', (body, words) => {
		expect(refusal(418, body).message).toContain(`responded 418: ${words} Try again;`);
	});
});

it('a storage that does not respond is named with the reason, without a secret', () => {
	const error = storageSilent(connection, EXPORT, FILE, 'no way to /x?Signature=abc for the-key');
	expect(error.message).toBe(
		'The file of export e1 could not be downloaded. No response from storage.example.com: no way to /x?… for [redacted]. Check that n8n can reach this host (network, proxy, firewall), then try again.',
	);
	expect(error.httpCode).toBeNull();
});

it.each([
	[10 * MB, '1.5 MB of 10 MB'],
	[undefined, '1.5 MB'],
])('a file that is cut off is told with what came of %j bytes', (expected, amount) => {
	const received = { reason: 'the connection was cut', bytes: 1.5 * MB, expected };
	expect(cutOff(connection, EXPORT, FILE, received).message).toBe(
		`The file of export e1 was not received completely: the connection was cut (${amount}). None of it was passed on. Try again; with 'Retry On Fail' in the settings of the node n8n does so by itself.`,
	);
});

it('a link that is no address is told without one', () => {
	const error = linkRefused(connection, EXPORT, undefined, 'The link is no address.');
	expect(error.message).toBe('The file of export e1 was not downloaded. The link is no address.');
	expect(error.description).toBeFalsy();
});

it.each([
	[0, '0 bytes'],
	[Math.ceil(MB / 10) - 1, '104857 bytes'],
	[Math.ceil(MB / 10), '0.1 MB'],
	[1.26 * MB, '1.3 MB'],
	[2000 * MB, '2000 MB'],
])('%d bytes are told as %s', (bytes, text) => {
	expect(megabytes(bytes)).toBe(text);
});
