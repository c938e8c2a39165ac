import type { IDataObject, IExecuteFunctions, INode } from 'n8n-workflow';

import { AWAITED, exportState, WAIT_OPTIONS } from '../../../nodes/Avala/actions/export/export';
import { maxWaitMs, stateWords, waitFor } from '../../../nodes/Avala/actions/waiting';
import { messageOf } from '../../../nodes/Avala/shared/values';
import type { Connection } from '../../../nodes/Avala/transport/connection';
import { EXPORTS, one } from '../../../nodes/Avala/transport/paths';

const ENDPOINT = one(EXPORTS, 'exp_1');
const RUNNING = { uid: 'exp_1', status: 'processing' };
const READY = { uid: 'exp_1', status: 'exported', download_url: '/files/exp_1.json' };
const MINUTE = 60_000;

interface Response {
	status?: number;
	headers?: IDataObject;
	body?: IDataObject;
	/** How long it takes to come. */
	tookMs?: number;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Waits for an export that Avala shows as given, and tells in seconds when it was read and when the wait ended. */
async function wait(
	limitMs: number,
	respond: (request: number) => Response,
	known?: IDataObject,
): Promise<{ readAt: number[]; endedAt: number; outcome: IDataObject | Error }> {
	const startedAt = Date.now();
	const now = () => (Date.now() - startedAt) / 1000;
	const readAt: number[] = [];
	const request = async (_: string, { timeout }: { timeout: number }) => {
		readAt.push(now());
		const { status = 200, headers = {}, body = {}, tookMs = 0 } = respond(readAt.length);
		await new Promise((resolve) => setTimeout(resolve, Math.min(tookMs, timeout)));
		if (tookMs > timeout) throw Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' });
		return { statusCode: status, headers, body: JSON.stringify(body) };
	};
	const node: Partial<INode> = { name: 'Avala', type: 'avala' };
	const context = {
		getNode: () => node,
		logger: { debug: () => {} },
		helpers: { httpRequestWithAuthentication: request },
	};
	const connection: Connection = {
		context: context as unknown as IExecuteFunctions,
		credential: {},
		baseUrl: 'https://avala.example.com',
		secrets: [],
		deadline: Infinity,
	};
	let endedAt: number | undefined;
	const ended = waitFor(connection, ENDPOINT, AWAITED, limitMs, known)
		.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
		.finally(() => (endedAt = now()));
	while (endedAt === undefined) await jest.advanceTimersByTimeAsync(100);
	return { readAt, endedAt, outcome: await ended };
}

describe('waiting for an export', () => {
	it('reads again after 2 s, and after pauses that grow to 15 s', async () => {
		const { readAt, outcome } = await wait(10 * MINUTE, (request) => ({
			body: request < 9 ? RUNNING : READY,
		}));
		const pauses = readAt.slice(1).map((time, index) => time - (readAt[index] ?? 0));
		expect(pauses).toEqual([2, 3, 4.5, 6.75, 10.125, 15, 15, 15].map((s) => expect.closeTo(s, 1)));
		expect(outcome).toEqual(READY);
	});

	it('reads a last time when Max Wait ends, and ends then', async () => {
		const { readAt, endedAt, outcome } = await wait(MINUTE, () => ({ body: RUNNING }));
		expect(readAt.at(-1)).toBeCloseTo(60, 0);
		expect(endedAt).toBeLessThanOrEqual(60.2);
		expect(messageOf(outcome)).toContain('Export exp_1 was not ready within 1 minute');
	});

	it.each<[string, Response]>([
		['responds after half a minute', { tookMs: 29_000, body: RUNNING }],
		['does not respond', { tookMs: 3_600_000 }],
		['has a passing fault', { status: 503 }],
	])('ends half a minute after Max Wait at most, while Avala %s', async (_, response) => {
		for (const minutes of [0, 0.01, 1, 1.5]) {
			const { endedAt, outcome } = await wait(minutes * MINUTE, () => response);
			expect(endedAt).toBeLessThanOrEqual(minutes * 60 + 30.2);
			expect(messageOf(outcome)).toContain('was not ready within');
		}
	});

	it.each([
		['the only one', 0, 1],
		['the first one', 0.01, 1],
		['the last one', 0.01, 2],
	])('gives each read the time that it needs: %s', async (_, minutes, slow) => {
		const { outcome, readAt } = await wait(minutes * MINUTE, (request) =>
			request === slow ? { tookMs: 25_000, body: READY } : { body: RUNNING },
		);
		expect(outcome).toEqual(READY);
		expect(readAt).toHaveLength(slow);
	});

	it('pauses as long as Avala asks for', async () => {
		const { readAt, outcome } = await wait(10 * MINUTE, (request) =>
			request === 1 ? { status: 429, headers: { 'retry-after': '120' } } : { body: READY },
		);
		expect(readAt).toEqual([0, expect.closeTo(120, 0)]);
		expect(outcome).toEqual(READY);
	});

	it('reads a last time when Avala asks for a pause that ends after Max Wait', async () => {
		const busy = { status: 429, headers: { 'retry-after': '300' } };
		const { readAt, outcome } = await wait(MINUTE, (request) =>
			request === 1 ? busy : { body: READY },
		);
		expect(readAt).toEqual([0, expect.closeTo(60, 0)]);
		expect(outcome).toEqual(READY);
		const ended = await wait(MINUTE, () => busy, RUNNING);
		expect(ended.readAt).toEqual([expect.closeTo(2, 1), expect.closeTo(60, 0)]);
		expect(messageOf(ended.outcome)).toMatch(
			/^Export exp_1 was not ready within 1 minute\. In Avala its state is running.*The last attempt to read it failed: .*Avala asks to wait 300 s.*raise 'Max Wait/,
		);
	});

	it.each([400, 403])('ends at once when Avala refuses with %d', async (status) => {
		const { readAt, outcome } = await wait(MINUTE, () => ({ status, body: { detail: 'No.' } }));
		expect(readAt).toEqual([0]);
		expect(messageOf(outcome)).toContain('No.');
	});

	it('goes on for 15 s while Avala does not know yet what it has created, and no longer', async () => {
		const unknown: Response = { status: 404, body: { detail: 'Not found.' } };
		const gone = await wait(MINUTE, () => unknown, RUNNING);
		expect(messageOf(gone.outcome)).toMatch(/^Avala does not know export exp_1\./);
		expect(gone.endedAt).toBeCloseTo(16.25, 0);
		const late = await wait(MINUTE, (request) => (request < 7 ? { body: RUNNING } : unknown));
		expect(late.readAt).toHaveLength(7);
	});

	it.each(['0.5', 'soon', '1000000000', new Date(0).toUTCString()])(
		'is neither a flood nor endless where Avala asks for a wait of %s',
		async (retryAfter) => {
			const busy: Response = { status: 429, headers: { 'retry-after': retryAfter } };
			const { readAt, endedAt } = await wait(MINUTE, () => busy);
			expect(readAt.length).toBeLessThan(40);
			expect(endedAt).toBeLessThanOrEqual(90.2);
		},
	);

	it('tells of the last attempt to read it only where that one failed', async () => {
		const { outcome } = await wait(2 * MINUTE, (request) =>
			request < 6 ? { status: 503 } : { body: RUNNING },
		);
		expect(messageOf(outcome)).toBe(
			`Export exp_1 was not ready within 2 minutes. In Avala its state is running (Avala’s status: "processing"). It may still become ready: raise 'Max Wait (Minutes)', or look at it later by its ID.`,
		);
	});

	it('reads once when it is to wait for no time', async () => {
		const { readAt, endedAt } = await wait(0, () => ({ body: RUNNING }));
		expect(readAt).toEqual([0]);
		expect(endedAt).toBe(0);
	});

	it('tells no state where it could not be read at all', async () => {
		const { outcome } = await wait(0.125 * MINUTE, () => ({ status: 503 }));
		expect(messageOf(outcome)).toMatch(
			/^Export exp_1 was not ready within 0\.13 minutes\. The last attempt to read it failed: /,
		);
	});
});

it.each<[IDataObject, string]>([
	[{ status: 'exported', download_url: '/x' }, 'ready'],
	[{ status: 'a word of tomorrow', download_url: ' /x ' }, 'ready'],
	[{ status: 'completed', download_url: null }, 'running'],
	[{ status: 'completed', download_url: 7 }, 'running'],
	[{ status: ['failed'] }, 'running'],
	[{ status: ' FAILED ', download_url: '/x' }, 'failed'],
	[{ status: 'canceled' }, 'failed'],
])('an export %j is %s: there is a link or not, whatever its status is called', (sent, state) => {
	expect(exportState(sent)).toBe(state);
});

it.each([
	[undefined, undefined, undefined],
	[5, undefined, 5 * MINUTE],
	[5, false, undefined],
	[undefined, true, 10 * MINUTE],
	[0, true, 0],
])('with Max Wait %d and Wait Until Ready %s the wait is of %d ms', (maxWait, wait, expected) => {
	expect(maxWaitMs(maxWait, wait)).toBe(expected);
});

it('a Max Wait below zero is refused by name', () => {
	expect(() => WAIT_OPTIONS.maxWait.read(-1)).toThrow("'Max Wait (Minutes)'");
});

it('the state is told with what Avala calls it, where that is another word, and never a secret', () => {
	const words = (entry: IDataObject) =>
		stateWords({ secrets: ['hush-hush-9'] } as Connection, AWAITED, entry);
	expect(words({ status: 'failed', error_message: 'Too large.' })).toBe(
		'its state is failed: Too large',
	);
	expect(words({})).toBe('its state is running');
	expect(words({ status: 'x'.repeat(200) })).toBe(
		`its state is running (Avala’s status: "${'x'.repeat(80)}")`,
	);
	expect(words({ status: 'hush-hush-9', error_message: 'no hush-hush-9' })).toBe(
		'its state is running (Avala’s status: "(withheld for safety)"): (withheld for safety)',
	);
});
