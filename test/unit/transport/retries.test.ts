import { NodeApiError } from 'n8n-workflow';

import type { Connection } from '../../../nodes/Avala/transport/connection';
import { connect } from '../../../nodes/Avala/transport/connection';
import type { Outcome } from '../../../nodes/Avala/transport/request';
import { withRetries } from '../../../nodes/Avala/transport/request';
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
): Promise<Tried> {
	const { mayRetry = true, askedMs, status } = failure;
	const start = Date.now();
	const limits: number[] = [];
	const at: number[] = [];
	const debug = jest.spyOn(connection.context.logger, 'debug').mockImplementation(() => undefined);
	const httpCode = status === undefined ? null : String(status);
	const error = new NodeApiError(connection.context.getNode(), { message: 'No.', httpCode });
	const tryOnce = async (limitMs: number): Promise<Outcome<never>> => {
		limits.push(limitMs);
		at.push(Date.now() - start);
		jest.setSystemTime(Date.now() + tookMs);
		return { error, mayRetry, askedMs };
	};
	let endedWith: unknown;
	const running = withRetries({ ...connection, ...given }, 'GET /x', tryOnce).catch(
		(thrown: unknown) => (endedWith = thrown),
	);
	await jest.advanceTimersByTimeAsync(1_000_000);
	await running;
	expect(endedWith).toBe(error);
	return { limits, at, endedWith, log: debug.mock.calls.map(([message]) => message) };
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
});
