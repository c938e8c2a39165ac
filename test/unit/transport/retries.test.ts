import { NodeApiError } from 'n8n-workflow';

import type { Connection } from '../../../nodes/Avala/transport/connection';
import { connect } from '../../../nodes/Avala/transport/connection';
import type { Outcome } from '../../../nodes/Avala/transport/retries';
import {
	askedWaitMs,
	FILE_LIMITS,
	mayPass,
	pause,
	TransferError,
	whyNoResponse,
	withRetries,
} from '../../../nodes/Avala/transport/retries';
import { loadOptionsContext } from '../../support/contexts';

let connection: Connection;
beforeEach(async () => {
	const credentials = { apiKey: 'key', baseUrl: 'https://api.example.com/api/v1' };
	connection = await connect(loadOptionsContext({}, credentials));
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
	jest.restoreAllMocks();
});

interface Tried {
	/** The time limits of the tries, in milliseconds. */
	limits: number[];
	/** When the tries began, in milliseconds after the first. */
	at: number[];
	endedWith: unknown;
	log: string[];
}

/** Tries what takes so long each time and always fails in this way. */
async function trying(
	tookMs: number,
	failure: { mayRetry?: boolean; askedMs?: number; status?: number } = {},
	given: Partial<Connection> = {},
	limits?: typeof FILE_LIMITS,
): Promise<Tried> {
	const { mayRetry = true, askedMs, status } = failure;
	const start = Date.now();
	const limitsGiven: number[] = [];
	const at: number[] = [];
	const debug = jest.spyOn(connection.context.logger, 'debug').mockImplementation(() => undefined);
	const httpCode = status === undefined ? null : String(status);
	const error = new NodeApiError(connection.context.getNode(), { message: 'No.', httpCode });
	const tryOnce = async (limitMs: number): Promise<Outcome<never>> => {
		limitsGiven.push(limitMs);
		at.push(Date.now() - start);
		jest.setSystemTime(Date.now() + tookMs);
		return { error, mayRetry, askedMs };
	};
	let endedWith: unknown;
	const running = withRetries({ ...connection, ...given }, 'GET /x', tryOnce, limits).catch(
		(thrown: unknown) => (endedWith = thrown),
	);
	await jest.advanceTimersByTimeAsync(1_000_000);
	await running;
	expect(endedWith).toBe(error);
	return { limits: limitsGiven, at, endedWith, log: debug.mock.calls.map(([message]) => message) };
}

describe('a request that fails', () => {
	it('is tried four times, with growing pauses, which the log tells', async () => {
		const { at, log } = await trying(0, { status: 503 });
		expect(at).toEqual([0, 500, 1500, 3500]);
		expect(log).toEqual([
			'Avala: GET /x will be retried in 500 ms (503).',
			'Avala: GET /x will be retried in 1000 ms (503).',
			'Avala: GET /x will be retried in 2000 ms (503).',
		]);
	});

	it('without a response is told as such in the log', async () => {
		expect((await trying(0)).log[0]).toBe('Avala: GET /x will be retried in 500 ms (no response).');
	});

	it('is tried once when nothing else may come of another try', async () => {
		expect((await trying(0, { mayRetry: false })).at).toEqual([0]);
	});

	it('has 30 s for each try and 60 s in all, the pauses of the node included', async () => {
		const { limits } = await trying(20_000);
		expect(limits).toEqual([30_000, 30_000, 18_500]);
	});

	it('ends when its 60 s are over', async () => {
		expect((await trying(29_750)).limits).toEqual([30_000, 29_750]);
		expect((await trying(30_000)).limits).toEqual([30_000, 29_500]);
		expect((await trying(59_500)).limits).toEqual([30_000]);
	});

	it('has a minute for each try when it is for a file, which may be packed meanwhile', async () => {
		expect((await trying(60_000, {}, {}, FILE_LIMITS)).limits).toEqual([60_000, 59_500]);
	});

	it('does not count the pauses that Avala asks for', async () => {
		const { limits, at } = await trying(1_000, { askedMs: 50_000 });
		expect(at).toEqual([0, 51_000, 102_000, 153_000]);
		expect(limits).toEqual([30_000, 30_000, 30_000, 30_000]);
	});

	it('waits a minute if Avala asks for it, and no longer', async () => {
		expect((await trying(0, { askedMs: 60_000 })).at).toEqual([0, 60_000, 120_000, 180_000]);
		expect((await trying(0, { askedMs: 60_001 })).at).toEqual([0]);
	});

	it('pauses also where Avala asks for no pause at all', async () => {
		expect((await trying(0, { askedMs: 0 })).at).toEqual([0, 500, 1500, 3500]);
	});

	it('neither waits nor runs beyond the deadline of the work that it is part of', async () => {
		const before = (ms: number) => ({ deadline: Date.now() + ms });
		expect((await trying(0, {}, before(501))).at).toEqual([0, 500]);
		expect((await trying(0, {}, before(500))).at).toEqual([0]);
		expect((await trying(0, {}, before(10_000))).limits.slice(0, 2)).toEqual([10_000, 9_500]);
		expect((await trying(0, {}, before(-5))).limits).toEqual([1]);
	});

	it('is not tried again once the user has stopped the execution', async () => {
		expect((await trying(0, {}, { cancelled: AbortSignal.abort() })).at).toEqual([0]);
	});

	it.each([
		[429, true, true],
		[408, false, false],
		[499, false, false],
		[500, true, false],
		[524, true, false],
	])('with %d may pass for a read: %s, for a write: %s', (status, read, write) => {
		expect([mayPass(status, true), mayPass(status, false)]).toEqual([read, write]);
	});
});

describe('a pause', () => {
	it('is an hour at the most, since longer timers fire at once', async () => {
		const paused = pause(1e12).then(() => Date.now());
		const start = Date.now();
		await jest.advanceTimersByTimeAsync(3_600_000);
		expect(await paused).toBe(start + 3_600_000);
	});

	it('ends when the user stops the execution, or does not begin then', async () => {
		const stop = new AbortController();
		const paused = pause(3000, stop.signal);
		stop.abort(new Error('stopped'));
		await expect(paused).rejects.toThrow('stopped');
		await expect(pause(3000, stop.signal)).rejects.toThrow('stopped');
	});

	it('leaves nothing behind on the signal when it ends by itself', async () => {
		const { signal } = new AbortController();
		const removed = jest.spyOn(signal, 'removeEventListener');
		const paused = pause(1, signal);
		await jest.advanceTimersByTimeAsync(1);
		await paused;
		expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
	});
});

describe('the wait that Avala asks for', () => {
	const NOW = Date.parse('2026-03-02T10:30:00Z');
	beforeEach(() => jest.setSystemTime(NOW));
	const reset = (ms: number) => String((NOW + ms) / 1000);

	it.each<[unknown, number | undefined]>([
		['5', 5000],
		[' 5 ', 5000],
		[5, 5000],
		['0.5', 500],
		['0.0001', 1],
		['0', 0],
		['1000000000', 1e12],
		['9'.repeat(400), undefined],
		['1e9', undefined],
		['-5', undefined],
		['', undefined],
		['soon', undefined],
		['5 seconds', undefined],
		[['5'], undefined],
		['Mon, 02 Mar 2026 10:30:30 GMT', 30_000],
		['2026-03-02T10:30:30Z', 30_000],
		['Mon, 02 Mar 2026 10:29:00 GMT', 0],
		['Sun, 02 Mar 2036 10:30:00 GMT', 315_619_200_000],
	])('in Retry-After: %j is %j ms', (retryAfter, expected) => {
		expect(askedWaitMs(503, { 'retry-after': retryAfter as string })).toBe(expected);
	});

	it('is told by the reset of the rate limit after 429 alone, unless Retry-After tells it', () => {
		for (const [sent, waitMs] of [
			[reset(55_000), 55_000],
			[String(NOW + 55_000), 55_000],
			[reset(-55_000), 0],
			['30', undefined],
			['soon', undefined],
		] as const) {
			expect(askedWaitMs(429, { 'x-ratelimit-reset': sent })).toBe(waitMs);
			expect(askedWaitMs(429, { 'retry-after': 'soon', 'x-ratelimit-reset': sent })).toBe(waitMs);
			expect(askedWaitMs(503, { 'x-ratelimit-reset': sent })).toBeUndefined();
			expect(askedWaitMs(429, { 'retry-after': '5', 'x-ratelimit-reset': sent })).toBe(5000);
		}
	});
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
		[undefined, 'the connection failed'],
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
