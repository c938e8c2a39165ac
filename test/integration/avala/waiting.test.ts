import type { IExecuteFunctions, INode } from 'n8n-workflow';

import type { Connection } from '../../../nodes/Avala/transport/connection';
import { all, WEBHOOKS } from '../../../nodes/Avala/transport/paths';
import { avalaRequest } from '../../../nodes/Avala/transport/request';
import { askedWaitMs, pause } from '../../../nodes/Avala/transport/pauses';
import type { Fault, Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { executeAvala } from '../../support/contexts';
import { serve } from '../../support/localServer';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

const LIST = { resource: 'delivery', operation: 'getAll', returnAll: true };
const run = async () =>
	await executeAvala({
		parameters: LIST,
		credentials: { apiKey: avala.apiKey, baseUrl: avala.baseUrl },
	});

/** Runs an operation that fails. @returns the error's message, and how long it took in milliseconds */
async function failing(fault: Fault): Promise<{ message: string; tookMs: number }> {
	avala.fault(fault);
	const startedAt = Date.now();
	const error: unknown = await run().then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof Error)) throw new Error('It did not fail.');
	return { message: error.message, tookMs: Date.now() - startedAt };
}

const inAMinute = () => String(Math.ceil(Date.now() / 1000) + 55);

describe('waiting for Avala', () => {
	it('does not take the reset of the rate limit for a wait after any status but 429', async () => {
		avala.fault({ times: 1, status: 502, headers: { 'x-ratelimit-reset': inAMinute() } });
		const startedAt = Date.now();
		await run();
		expect(Date.now() - startedAt).toBeLessThan(25_000);
		expect(askedWaitMs(429, { 'x-ratelimit-reset': inAMinute() })).toBeGreaterThan(50_000);
		expect(askedWaitMs(502, { 'x-ratelimit-reset': inAMinute() })).toBeUndefined();
	});

	it.each([
		['a negative number', { 'retry-after': '-5' }],
		['zero', { 'retry-after': '0' }],
		['a date in the past', { 'retry-after': new Date(0).toUTCString() }],
		['a reset that is no Unix time', { 'x-ratelimit-reset': '30' }],
	])('does not try again at once after 429 with %s', async (_, headers) => {
		avala.fault({ times: 1, status: 429, headers });
		const startedAt = Date.now();
		await run();
		expect(Date.now() - startedAt).toBeGreaterThan(450);
	});

	it.each<[unknown, number | undefined]>([
		['5', 5000],
		[' 5 ', 5000],
		[5, 5000],
		['1.25', 1250],
		['5 seconds', undefined],
		['1.x', undefined],
		['soon', undefined],
		['2026', 2_026_000],
	])('understands Retry-After: %j', (retryAfter, expected) => {
		expect(askedWaitMs(503, { 'retry-after': retryAfter as string })).toBe(expected);
	});

	it('looks at the reset of the rate limit when Retry-After cannot be understood', () => {
		for (const retryAfter of ['soon', '-5', '-500', '', '5 seconds']) {
			const headers = { 'retry-after': retryAfter, 'x-ratelimit-reset': inAMinute() };
			expect(askedWaitMs(429, headers)).toBeGreaterThan(50_000);
			expect(askedWaitMs(503, headers)).toBeUndefined();
		}
		expect(askedWaitMs(429, { 'retry-after': '5', 'x-ratelimit-reset': inAMinute() })).toBe(5000);
	});

	it('understands a Retry-After that is a date', () => {
		jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-03-02T10:30:00Z'));
		for (const date of ['Mon, 02 Mar 2026 10:30:30 GMT', '2026-03-02T10:30:30Z']) {
			expect(askedWaitMs(503, { 'retry-after': date })).toBe(30_000);
		}
		jest.restoreAllMocks();
	});

	it('understands a reset in milliseconds', () => {
		const reset = String(Date.now() + 55_000);
		expect(askedWaitMs(429, { 'x-ratelimit-reset': reset })).toBeGreaterThan(50_000);
		expect(askedWaitMs(429, { 'x-ratelimit-reset': reset })).toBeLessThan(56_000);
		expect(askedWaitMs(429, { 'retry-after': '-5' })).toBeUndefined();
		expect(askedWaitMs(429, { 'x-ratelimit-reset': 'soon' })).toBeUndefined();
	});

	it.each([429, 503])('reports a wait of more than a minute at once (%s)', async (status) => {
		const { message, tookMs } = await failing({ status, headers: { 'retry-after': '3600' } });
		expect(avala.requests()).toHaveLength(1);
		expect(tookMs).toBeLessThan(25_000);
		if (status === 429) expect(message).toContain('wait 3600 s');
	});

	it('ends at once when the execution is stopped', async () => {
		withStandingClock();
		const stop = new AbortController();
		const waiting = pause(3000, stop.signal);
		stop.abort(new Error('stopped'));
		await expect(waiting).rejects.toThrow('stopped');
		await expect(pause(3000, stop.signal)).rejects.toThrow('stopped');
	});

	it('leaves nothing behind on the signal when it ends by itself', async () => {
		const { signal } = new AbortController();
		const removed = jest.spyOn(signal, 'removeEventListener');
		await pause(1, signal);
		expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
	});
});

describe('a request that is stopped between two tries', () => {
	it('is not tried again', async () => {
		withStandingClock();
		const stop = new AbortController();
		let tries = 0;
		const connection = connectionThat(async () => {
			tries += 1;
			setImmediate(() => stop.abort(new Error('stopped')));
			return { statusCode: 503, headers: { 'retry-after': '3' }, body: '' };
		}, stop.signal);
		await expect(
			avalaRequest(connection, { method: 'GET', endpoint: all(WEBHOOKS) }),
		).rejects.toThrow();
		expect(tries).toBe(1);
	});
});

describe('a request that is tried again', () => {
	it('is named in n8n’s log, with the reason', async () => {
		let tries = 0;
		const connection = connectionThat(async () => {
			tries += 1;
			return { statusCode: tries === 1 ? 503 : 200, headers: {}, body: '{}' };
		});
		const debug = jest.spyOn(connection.context.logger, 'debug');
		await avalaRequest(connection, { method: 'GET', endpoint: all(WEBHOOKS) });
		expect(debug.mock.calls).toEqual([['Avala: GET /webhooks/ will be retried in 500 ms (503).']]);
	});
});

/** No pause ends by itself, and none keeps the process of the tests alive. */
function withStandingClock(): void {
	jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
}
afterEach(() => jest.useRealTimers());

describe('a cut connection', () => {
	it('in the middle of a response is tried again, whatever n8n calls it', async () => {
		const server = await serve((_, response) => {
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
			if (server.requests.length > 1) {
				const page = JSON.stringify({ results: [], next: null });
				response.end(page + ' '.repeat(1000 - page.length));
			} else response.write('{"results":', () => response.destroy());
		});
		try {
			await executeAvala({
				parameters: LIST,
				credentials: { apiKey: 'k', baseUrl: server.url },
			});
			expect(server.requests).toHaveLength(2);
		} finally {
			await server.close();
		}
	});
});

/** A connection whose n8n responds as given: what matters here is when it is asked again. */
function connectionThat(respond: () => Promise<unknown>, cancelled?: AbortSignal): Connection {
	const node: Partial<INode> = { name: 'Avala', type: 'avala' };
	const context = {
		getNode: () => node,
		logger: { debug: () => {} },
		helpers: { httpRequestWithAuthentication: respond },
	};
	return {
		context: context as unknown as IExecuteFunctions,
		credential: {},
		baseUrl: 'https://avala.example.com',
		secrets: [],
		deadline: Infinity,
		cancelled,
	};
}
