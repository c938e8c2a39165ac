import type { Connection } from '../../../nodes/Avala/transport/connection';
import { connect } from '../../../nodes/Avala/transport/connection';
import { TransferError } from '../../../nodes/Avala/transport/exchange';
import type { Exchanged } from '../../../nodes/Avala/transport/exchange';
import { one, WEBHOOKS } from '../../../nodes/Avala/transport/paths';
import { FILE_LIMITS, mayPass, pause, withRetries } from '../../../nodes/Avala/transport/retries';
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

const REQUEST = {
	method: 'GET',
	path: '/x',
	host: 'api.example.com',
	endpoint: one(WEBHOOKS, 'wh_1'),
};

interface Tried {
	/** The time limits of the tries, in milliseconds. */
	limits: number[];
	/** When the tries began, in milliseconds after the first. */
	at: number[];
	endedWith: unknown;
	log: string[];
}

/** What fails in this way each time: with a response, or without one. */
interface Failure {
	status?: number;
	retryAfter?: string;
	isPassing?: boolean;
}

/** Tries what takes so long each time and always fails. */
async function trying(
	tookMs: number,
	{ status, retryAfter, isPassing = true }: Failure = {},
	given: Partial<Connection> = {},
	limits?: typeof FILE_LIMITS,
): Promise<Tried> {
	const start = Date.now();
	const limitsGiven: number[] = [];
	const at: number[] = [];
	const debug = jest.spyOn(connection.context.logger, 'debug').mockImplementation(() => undefined);
	const tryOnce = async (limitMs: number): Promise<Exchanged> => {
		limitsGiven.push(limitMs);
		at.push(Date.now() - start);
		jest.setSystemTime(Date.now() + tookMs);
		if (status === undefined) throw new TransferError('it was cut', isPassing);
		const headers = { 'retry-after': retryAfter };
		return await Promise.resolve({ status, headers, text: '' });
	};
	let endedWith: unknown;
	void withRetries({ ...connection, ...given }, REQUEST, tryOnce, limits).then(
		(response) => (endedWith = response.status),
		(error: unknown) => (endedWith = String(error)),
	);
	await jest.advanceTimersByTimeAsync(1_000_000);
	return { limits: limitsGiven, at, endedWith, log: debug.mock.calls.map(([message]) => message) };
}

describe('a request that fails', () => {
	it('is tried four times, with growing pauses, which the log tells', async () => {
		const { at, log, endedWith } = await trying(0, { status: 503 });
		expect(endedWith).toBe(503);
		expect(at).toEqual([0, 500, 1500, 3500]);
		expect(log).toEqual([
			'Avala: GET /x (webhook wh_1) will be retried in 500 ms (503).',
			'Avala: GET /x (webhook wh_1) will be retried in 1000 ms (503).',
			'Avala: GET /x (webhook wh_1) will be retried in 2000 ms (503).',
		]);
	});

	it('is tried once when nothing else may come of another try', async () => {
		expect((await trying(0, { isPassing: false })).at).toEqual([0]);
	});

	it('has 30 s for each try and 60 s in all, the pauses of the node included', async () => {
		expect((await trying(29_750)).limits).toEqual([30_000, 29_750]);
		expect((await trying(59_500)).limits).toEqual([30_000]);
	});

	it('has a minute for each try when it is for a file, which may be packed meanwhile', async () => {
		expect((await trying(60_000, {}, {}, FILE_LIMITS)).limits).toEqual([60_000, 59_500]);
	});

	it('does not count the pauses that Avala asks for', async () => {
		const { limits, at } = await trying(1_000, { status: 429, retryAfter: '50' });
		expect(at).toEqual([0, 51_000, 102_000, 153_000]);
		expect(limits).toEqual([30_000, 30_000, 30_000, 30_000]);
	});

	it('waits a minute if Avala asks for it, and no longer', async () => {
		expect((await trying(0, { status: 429, retryAfter: '60' })).at).toEqual([
			0, 60_000, 120_000, 180_000,
		]);
		expect((await trying(0, { status: 429, retryAfter: '60.001' })).at).toEqual([0]);
	});

	it('pauses also where Avala asks for no pause at all', async () => {
		expect((await trying(0, { status: 503, retryAfter: '0' })).at).toEqual([0, 500, 1500, 3500]);
	});

	it('neither waits nor runs beyond the deadline of the work that it is part of', async () => {
		const before = (ms: number) => ({ deadline: Date.now() + ms });
		expect((await trying(0, {}, before(501))).at).toEqual([0, 500]);
		expect((await trying(0, {}, before(500))).at).toEqual([0]);
		expect((await trying(0, {}, before(10_000))).limits.slice(0, 2)).toEqual([10_000, 9_500]);
		expect((await trying(0, {}, before(-5))).limits).toEqual([1]);
	});

	it('is not tried again once the user has stopped the execution', async () => {
		const cancelled = AbortSignal.abort(new Error('stopped'));
		const stopped = await trying(0, {}, { cancelled });
		expect(stopped).toMatchObject({ at: [0], endedWith: 'Error: stopped' });
	});

	it.each([
		[429, true, true],
		[499, false, false],
		[500, true, false],
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
