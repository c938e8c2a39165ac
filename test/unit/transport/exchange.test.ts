import type { IExecuteFunctions } from 'n8n-workflow';
import { Readable } from 'node:stream';

import {
	exchange,
	headerText,
	TransferError,
	whyNoResponse,
} from '../../../nodes/Avala/transport/exchange';
import { standingClock } from '../../support/clock';

const KIB = 1024;

/** What comes of a request for which n8n's request helpers give this. */
async function exchanging(
	respond: () => unknown,
	{ withKey, leavesOpen }: { withKey?: boolean; leavesOpen?: (status: number) => boolean } = {},
	limitMs = 30_000,
) {
	const helper = async () => await Promise.resolve(respond());
	const helpers = { httpRequestWithAuthentication: helper, httpRequest: helper };
	const connection = {
		context: { helpers } as unknown as IExecuteFunctions,
		credential: {},
		baseUrl: 'https://api.example.com',
		secrets: [],
		deadline: Infinity,
	};
	const request = { method: 'GET', url: connection.baseUrl } as const;
	return await exchange(connection, request, limitMs, withKey, leavesOpen);
}

async function readText(body: Readable, status: number): Promise<string> {
	return (await exchanging(() => ({ statusCode: status, headers: {}, body }))).text;
}

describe('a body', () => {
	it('is put together from pieces of bytes and of text', async () => {
		const bytes = Buffer.from('Grüße');
		const pieces = [bytes.subarray(0, 3), bytes.subarray(3), ' und mehr'];
		expect(await readText(Readable.from(pieces), 200)).toBe('Grüße und mehr');
	});

	it.each([199, 300])('of a refusal (%d) is read to 64 KiB', async (status) => {
		let read = 0;
		const endless = Readable.from(
			(function* () {
				for (;;) yield 'x'.repeat((read += 1) && 48 * KIB);
			})(),
			{ objectMode: false },
		);
		expect(await readText(endless, status)).toBe('x'.repeat(64 * KIB));
		expect(endless.destroyed).toBe(true);
		expect(read).toBeLessThan(10);
	});

	it('of a refusal is what came of it before the connection was cut; a success is no success then', async () => {
		const cutOff = () =>
			Readable.from(
				(function* () {
					yield 'beginning';
					throw new Error('cut');
				})(),
			);
		expect(await readText(cutOff(), 403)).toBe('beginning');
		await expect(readText(cutOff(), 200)).rejects.toThrow('cut');
	});

	it.each([200, 299])('of a success (%d) may be longer', async (status) => {
		const text = 'x'.repeat(65 * KIB);
		expect(await readText(Readable.from([text, text]), status)).toHaveLength(130 * KIB);
	});

	it('of a success that is longer than 64 MiB is refused, for good', async () => {
		const piece = Buffer.alloc(16 * KIB * KIB, 'x');
		const pieces = [piece, piece, piece, piece];
		expect(await readText(Readable.from(pieces), 200)).toHaveLength(64 * KIB * KIB);
		const reading = readText(Readable.from([...pieces, 'x']), 200);
		await expect(reading).rejects.toMatchObject({
			message: 'the response is larger than 64 MiB',
			isPassing: false,
		});
	});
});

describe('the time limit', () => {
	afterEach(() => jest.restoreAllMocks());

	it.each([0.4, 1_600])(
		'ends what takes longer than %d ms, and closes its response',
		async (ms) => {
			const clock = standingClock();
			const body = new Readable({ read: () => undefined });
			const working = exchanging(() => ({ statusCode: 200, headers: {}, body }), undefined, ms);
			await new Promise(setImmediate);
			expect(clock.limits[0]?.ms).toBe(Math.ceil(ms));
			clock.limits[0]?.end();
			await expect(working).rejects.toMatchObject({
				message: `no complete response within ${Math.round(ms / 1000)} s`,
				isPassing: true,
			});
			expect(body.destroyed).toBe(true);
		},
	);

	it('closes a response that comes later, be it to be read or not', async () => {
		for (const leavesOpen of [() => true, () => false]) {
			const clock = standingClock();
			const body = new Readable({ read: () => undefined });
			let respond: (response: unknown) => void = () => {};
			const response = new Promise((resolve) => (respond = resolve));
			const working = exchanging(async () => await response, { leavesOpen });
			clock.limits[0]?.end();
			await expect(working).rejects.toThrow('no complete response');
			respond({ statusCode: 200, headers: {}, body });
			await new Promise(setImmediate);
			expect(body.destroyed).toBe(true);
		}
	});

	it('leaves alone what ended in time', async () => {
		const clock = standingClock();
		const body = new Readable({ read: () => undefined });
		const manner = { leavesOpen: () => true };
		const { body: left } = await exchanging(() => ({ statusCode: 200, headers: {}, body }), manner);
		clock.limits[0]?.end();
		expect(left).toBe(body);
		expect(body.destroyed).toBe(false);
	});
});

it('the words of a refusal are not read where the key was not sent', async () => {
	const body = new Readable({ read: () => undefined });
	const manner = { withKey: false };
	const { text } = await exchanging(() => ({ statusCode: 403, headers: {}, body }), manner);
	expect(text).toBe('');
	expect(body.destroyed).toBe(true);
});

it.each<[unknown, string | undefined]>([
	[Buffer.from('straße.zip').toString('latin1'), 'straße.zip'],
	['stra\xdfe.zip', 'stra\xdfe.zip'],
	[undefined, undefined],
])('a header is read as UTF-8 where it is UTF-8: %j is %j', (sent, text) => {
	expect(headerText({ name: sent as string }, 'name')).toBe(text);
});

describe('what n8n gives as a response', () => {
	it.each<[string, unknown, string]>([
		['a text, as where n8n puts an invented response in its place', '{"uid":1}', '{"uid":1}'],
		['a stream that cannot be closed', { async *[Symbol.asyncIterator]() {} }, ''],
		['something else that can be closed', { destroy: () => undefined }, ''],
	])('may have %s for a body', async (_, body, text) => {
		const exchanged = await exchanging(() => ({ statusCode: 204, headers: null, body }));
		expect(exchanged).toEqual({ status: 204, headers: {}, text });
	});

	it.each([undefined, { statusCode: '200' }])(
		'is no response without a status: %j',
		async (odd) => {
			await expect(exchanging(() => odd)).rejects.toMatchObject({
				message: 'n8n gave a response without a status',
				isPassing: false,
			});
		},
	);
});

describe('why there was no response', () => {
	const failure = (code?: string, cause?: Error) =>
		Object.assign(new Error('words of n8n', { cause }), code !== undefined && { code });

	it.each([
		['ECONNREFUSED', 'the connection was refused'],
		['ENOTFOUND', 'the host name is unknown'],
		['EAI_AGAIN', 'the host name could not be looked up'],
		['ECONNRESET', 'the connection was cut'],
		['ERR_STREAM_PREMATURE_CLOSE', 'the connection was cut in the middle of the response'],
		['ETIMEDOUT', 'the time limit was exceeded'],
		['CERT_HAS_EXPIRED', 'the connection failed (CERT_HAS_EXPIRED)'],
		['no code of a system', 'the connection failed'],
	])('is told in words of our own, never in those of n8n: %s', (code, reason) => {
		expect(whyNoResponse(failure(code))).toEqual({ reason, isPassing: true });
	});

	it('is found in what n8n has wrapped, up to five errors deep', () => {
		const wrapped = (depth: number): Error =>
			depth === 0 ? failure('ECONNREFUSED') : failure(undefined, wrapped(depth - 1));
		expect(whyNoResponse(wrapped(4)).reason).toBe('the connection was refused');
		expect(whyNoResponse(wrapped(5)).reason).toBe('the connection failed');
		expect(whyNoResponse('text').reason).toBe('the connection failed');
	});

	it.each([true, false])('is told as it is where the node itself ended it (%s)', (isPassing) => {
		const reason = 'it is late';
		expect(whyNoResponse(new TransferError(reason, isPassing))).toEqual({ reason, isPassing });
	});
});
