import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { Transfer } from '../../../nodes/Avala/transport/transfer';
import { standingClock } from '../../support/clock';

const WATCH = { onProgress: () => {} };

/** More than a stream takes before it is read. */
const LARGE = Buffer.alloc(1024 * 1024);

const silence = () => new Readable({ read: () => undefined });

/** What n8n would store. */
const contentOf = async (transfer: Transfer) =>
	await buffer(transfer.stream(await transfer.start()));

const failureOf = async (transfer: Transfer) =>
	await contentOf(transfer)
		.then(
			() => undefined,
			(error: unknown) => String(error),
		)
		.finally(() => transfer.close());

const transferOf = (chunks: Array<string | Buffer>, headers = {}, watch = {}) =>
	new Transfer(headers, Readable.from(chunks), { ...WATCH, ...watch });

afterEach(() => jest.restoreAllMocks());

describe('a body on its way to n8n', () => {
	it.each([
		['in small parts', ['ab', 'c'.repeat(999), 'd', 'e'.repeat(5000)]],
		['without a byte', []],
	])('arrives as it was sent, and is counted: one %s', async (_, chunks) => {
		const progress: number[] = [];
		const onProgress = (bytes: number) => progress.push(bytes);
		const sent = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
		const headers = { 'content-length': String(sent.length) };
		const transfer = transferOf(chunks, headers, { onProgress });
		expect(await contentOf(transfer)).toEqual(sent);
		expect(transfer.receivedBytes).toBe(sent.length);
		expect(progress).toHaveLength(chunks.length);
	});

	it('shows its first thousand bytes before it is passed on', async () => {
		const transfer = transferOf(['a', 'b'.repeat(998), 'c'.repeat(10), 'd']);
		expect(await transfer.start()).toHaveLength(1009);
	});

	it('is passed on while it comes, so that a large one fits into memory', async () => {
		let sent = 0;
		const body = Readable.from(
			(function* () {
				while (sent < 1000) {
					sent += 1;
					yield Buffer.alloc(10_000);
				}
			})(),
		);
		const transfer = new Transfer({}, body, WATCH);
		const stream = transfer.stream(await transfer.start());
		await once(stream, 'readable');
		expect(sent).toBeLessThan(100);
		expect(await buffer(stream)).toHaveLength(10_000_000);
	});

	it('must have every byte where n8n cannot have unpacked it, and may be longer elsewhere', async () => {
		const headers = { 'content-length': '4' };
		for (const text of ['abc', 'abcd', 'abcde']) {
			const bare = Object.assign(Readable.from([text]), { rawHeaders: [] });
			const failure = await failureOf(new Transfer(headers, bare, WATCH));
			expect(failure === undefined).toBe(text === 'abcd');
		}
		expect(await contentOf(transferOf(['abcde'], headers))).toHaveLength(5);
	});

	it('may be a little shorter where n8n may have unpacked it', async () => {
		const failure = async (bytes: number) =>
			await failureOf(transferOf([Buffer.alloc(bytes)], { 'content-length': '1000000' }));
		expect(await failure(998_901)).toBeUndefined();
		expect(await failure(998_900)).toContain('not as long as was announced');
	});

	it.each<[string, Record<string, unknown>, number | undefined]>([
		['is a number', { 'content-length': 5 }, 5],
		['has blanks around it', { 'content-length': ' 5 ' }, 5],
		['is no number', { 'content-length': 'x5' }, undefined],
		['is followed by something', { 'content-length': '5, 5' }, undefined],
		['is missing', {}, undefined],
		['is of a body in parts', { 'content-length': 5, 'content-encoding': 'aws-chunked' }, 5],
		['is of a packed body', { 'content-length': 5, 'content-encoding': 'GZIP' }, undefined],
		['is of one in another', { 'content-length': 5, 'content-encoding': 'a, br' }, undefined],
	])('has an announced length, or none, where the header %s', (_, headers, expected) => {
		expect(transferOf([], headers).expectedBytes).toBe(expected);
	});

	it('must be a stream of Node’s', () => {
		const odd = { async *[Symbol.asyncIterator]() {}, destroy: () => undefined };
		for (const constructor of [undefined, Object, Object.assign(() => {}, { from: 1 })]) {
			const transfer = new Transfer({}, Object.assign({}, odd, { constructor }), WATCH);
			expect(() => transfer.stream(Buffer.from(''))).toThrow(
				'n8n gave a response that is no stream',
			);
		}
	});
});

describe('the user’s stop', () => {
	it('ends a transfer before it begins', async () => {
		const watch = { ...WATCH, cancelled: AbortSignal.abort(new Error('stopped')) };
		const transfer = new Transfer({}, silence(), watch);
		expect(await failureOf(transfer)).toContain('stopped');
	});

	it('is listened to no longer than the transfer lasts, whose connection is closed then', () => {
		const stop = new AbortController();
		const removed = jest.spyOn(stop.signal, 'removeEventListener');
		for (const cancelled of [stop.signal, undefined]) {
			const body = silence();
			new Transfer({}, body, { ...WATCH, cancelled }).close();
			expect(body.destroyed).toBe(true);
		}
		expect(removed.mock.calls.map(([type]) => type)).toEqual(['abort']);
	});
});

describe('a sender that is silent', () => {
	it('ends the transfer after the limit, which begins anew with each byte', async () => {
		const clock = standingClock();
		const start = clock.now;
		const body = silence();
		const bytes = new EventEmitter();
		const onProgress = () => bytes.emit('came');
		const transfer = new Transfer({}, body, { ...WATCH, onProgress });
		const failing = failureOf(transfer);
		for (const passedMs of [0, 20_000]) {
			clock.now = start + passedMs;
			body.push('a');
			await once(bytes, 'came');
		}
		clock.now = start + 60_000;
		clock.limits[0]?.end();
		expect(clock.limits.map(({ ms }) => ms)).toEqual([60_000, 20_000]);
		clock.now = start + 80_000;
		clock.limits[1]?.end();
		expect(await failing).toContain('nothing came for 60 s');
		expect(transfer.failure).toMatchObject({ isPassing: true });
	});

	it('is not what n8n waits for while it is writing', async () => {
		const clock = standingClock();
		const transfer = transferOf([LARGE, LARGE]);
		const stream = transfer.stream(await transfer.start());
		await once(stream, 'readable');
		clock.now += 1_000_000;
		clock.limits[0]?.end();
		expect(clock.limits.map(({ ms }) => ms)).toEqual([60_000, 60_000]);
		expect(await buffer(stream)).toHaveLength(2 * LARGE.length);
	});

	it('is watched no longer than the transfer lasts, so that nothing stays in memory', async () => {
		const clock = standingClock();
		const transfer = transferOf(['a']);
		await contentOf(transfer);
		transfer.close();
		clock.limits[0]?.end();
		expect(clock.limits).toHaveLength(1);
	});
});
