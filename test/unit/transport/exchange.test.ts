import type { IExecuteFunctions } from 'n8n-workflow';
import { Readable } from 'node:stream';

import {
	CutOff,
	exchange,
	readText,
	toOpenResponse,
	whyNoResponse,
	withinLimit,
} from '../../../nodes/Avala/transport/exchange';

const KIB = 1024;
const never = new AbortController().signal;

describe('a body', () => {
	it('is put together from pieces of bytes and of text', async () => {
		const bytes = Buffer.from('Grüße');
		const pieces = [bytes.subarray(0, 3), bytes.subarray(3), ' und mehr'];
		expect(await readText(Readable.from(pieces), 200, never)).toBe('Grüße und mehr');
	});

	it.each([199, 300, 404, 500])('of a refusal (%d) is read to 64 KiB', async (status) => {
		let read = 0;
		const endless = Readable.from(
			(function* () {
				for (;;) yield 'x'.repeat((read += 1) && 48 * KIB);
			})(),
			{ objectMode: false },
		);
		expect(await readText(endless, status, never)).toBe('x'.repeat(64 * KIB));
		expect(endless.destroyed).toBe(true);
		expect(read).toBeLessThan(10);
	});

	it('of a refusal that is 64 KiB long is read whole', async () => {
		const text = `${'x'.repeat(64 * KIB - 1)}.`;
		expect(await readText(Readable.from([text]), 404, never)).toBe(text);
	});

	it.each([200, 299])('of a success (%d) may be longer', async (status) => {
		const text = 'x'.repeat(65 * KIB);
		expect(await readText(Readable.from([text, text]), status, never)).toHaveLength(130 * KIB);
	});

	it('of a success that is longer than 64 MiB is refused, for good', async () => {
		const piece = Buffer.alloc(16 * KIB * KIB, 'x');
		const pieces = [piece, piece, piece, piece];
		expect(await readText(Readable.from(pieces), 200, never)).toHaveLength(64 * KIB * KIB);
		const reading = readText(Readable.from([...pieces, 'x']), 200, never);
		await expect(reading).rejects.toMatchObject({
			message: 'the response is larger than 64 MiB',
			isPassing: false,
		});
	});

	it('that comes after the time limit is refused, for now', async () => {
		const reading = readText(Readable.from(['late']), 200, AbortSignal.abort());
		await expect(reading).rejects.toMatchObject({
			message: 'the response came too late',
			isPassing: true,
		});
	});
});

describe('the time limit', () => {
	it('ends what takes longer, closes its response, and says after how many seconds', async () => {
		const body = new Readable({ read: () => undefined });
		const working = withinLimit(20, async (_, destroyLater) => {
			destroyLater(body);
			return await new Promise<never>(() => undefined);
		});
		await expect(working).rejects.toMatchObject({
			message: 'no complete response within 0 s',
			isPassing: true,
		});
		expect(body.destroyed).toBe(true);
	});

	it('ends what has no response yet', async () => {
		const working = withinLimit(1_600, async () => await new Promise<never>(() => undefined));
		await expect(working).rejects.toThrow('no complete response within 2 s');
	});

	it('leaves alone what ends in time', async () => {
		const body = new Readable({ read: () => undefined });
		let limit: AbortSignal | undefined;
		const work = async (given: AbortSignal, destroyLater: (body: Readable) => void) => {
			limit = given;
			destroyLater(body);
			return await Promise.resolve('done');
		};
		expect(await withinLimit(20, work)).toBe('done');
		await new Promise<void>((resolve) => {
			limit?.addEventListener('abort', () => resolve());
		});
		expect(body.destroyed).toBe(false);
	});
});

describe('what n8n gives as a response', () => {
	it('has a status, headers and a body that can be read', () => {
		const body = Readable.from([]);
		expect(toOpenResponse({ statusCode: 201, headers: { a: 'b' }, body })).toEqual({
			status: 201,
			headers: { a: 'b' },
			body,
		});
	});

	it.each<[string, unknown, unknown]>([
		['a text', 'words', 'words'],
		['nothing', undefined, ''],
		['null', null, ''],
		['an object', {}, ''],
		['a list', ['x'], ''],
		['a number', 5, ''],
		['a stream that cannot be closed', { async *[Symbol.asyncIterator]() {} }, ''],
		['something else that can be closed', { destroy: () => undefined }, ''],
		[
			'a stream whose end is no function',
			{ async *[Symbol.asyncIterator]() {}, destroy: true },
			'',
		],
	])('may have %s for a body', (_, body, expected) => {
		expect(toOpenResponse({ statusCode: 204, headers: null, body })).toEqual({
			status: 204,
			headers: {},
			body: expected,
		});
	});

	it('may be read already, as where n8n puts an invented response in its place', async () => {
		const body = '{"uid":"t1"}';
		const respond = async () => await Promise.resolve({ statusCode: 200, headers: {}, body });
		const context = { helpers: { httpRequestWithAuthentication: respond } };
		const connection = {
			context: context as unknown as IExecuteFunctions,
			credential: {},
			baseUrl: 'https://api.example.com',
			secrets: [],
			deadline: Infinity,
		};
		const request = { method: 'GET', url: connection.baseUrl } as const;
		const exchanged = await exchange(connection, request, 30_000);
		expect(exchanged).toEqual({ status: 200, headers: {}, text: body });
	});

	it.each([undefined, null, 'text', [], {}, { statusCode: '200' }])(
		'is refused for good without a status: %j',
		(response) => {
			expect(() => toOpenResponse(response)).toThrow(
				expect.objectContaining({
					message: 'n8n gave a response without a status',
					isPassing: false,
				}),
			);
		},
	);
});

const failure = (code: string | undefined, message = 'words', cause?: Error) =>
	Object.assign(new Error(message, { cause }), code !== undefined && { code });

describe('a request without a response', () => {
	it.each<[string, string, boolean]>([
		['ECONNREFUSED', 'the connection was refused', false],
		['ENOTFOUND', 'the host name is unknown', false],
		['EAI_AGAIN', 'the host name could not be looked up', true],
		['ECONNRESET', 'the connection was cut', true],
		['EPIPE', 'the connection was cut', true],
		['ERR_STREAM_PREMATURE_CLOSE', 'the connection was cut in the middle of the response', true],
		['ECONNABORTED', 'the time limit was exceeded', true],
		['ETIMEDOUT', 'the time limit was exceeded', true],
		['CERT_HAS_EXPIRED', 'words (CERT_HAS_EXPIRED)', false],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'words (UNABLE_TO_VERIFY_LEAF_SIGNATURE)', false],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'words (DEPTH_ZERO_SELF_SIGNED_CERT)', false],
		['SELF_SIGNED_CERT_IN_CHAIN', 'words (SELF_SIGNED_CERT_IN_CHAIN)', false],
		['HOSTNAME_MISMATCH', 'words (HOSTNAME_MISMATCH)', false],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'words (ERR_TLS_CERT_ALTNAME_INVALID)', false],
		['ERR_INVALID_CHAR', 'words (ERR_INVALID_CHAR)', false],
		['ERR_UNESCAPED_CHARACTERS', 'words (ERR_UNESCAPED_CHARACTERS)', false],
		['ERR_CANCELED', 'words (ERR_CANCELED)', false],
		['EMFILE', 'words (EMFILE)', true],
		['NO_CERT_YET', 'words (NO_CERT_YET)', true],
	])('because of %s says why: %s', (code, reason, isPassing) => {
		expect(whyNoResponse(failure(code))).toEqual({ reason, isPassing });
	});

	it('finds the reason in what n8n has wrapped, up to five errors deep', () => {
		const wrapped = (depth: number): Error =>
			depth === 0 ? failure('ECONNREFUSED') : failure(undefined, 'wrapped', wrapped(depth - 1));
		expect(whyNoResponse(wrapped(4)).reason).toBe('the connection was refused');
		expect(whyNoResponse(wrapped(5))).toEqual({ reason: 'wrapped', isPassing: true });
	});

	it('is told in the words of the error where there is no code', () => {
		expect(whyNoResponse(failure(undefined))).toEqual({ reason: 'words', isPassing: true });
		const { reason } = whyNoResponse(new Error('10.0.0.7 is not reachable.'));
		expect(reason).toBe('10.0.0.7 is not reachable');
		expect(whyNoResponse('text')).toEqual({ reason: 'unknown reason', isPassing: true });
	});

	it.each([true, false])('is told as it is where the node itself ended it (%s)', (isPassing) => {
		expect(whyNoResponse(new CutOff('it is late', isPassing))).toEqual({
			reason: 'it is late',
			isPassing,
		});
	});
});
