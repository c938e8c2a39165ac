import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { Transfer } from '../../../nodes/Avala/transport/transfer';

const NO_WATCH = { idleLimitMs: 60_000, onProgress: () => {} };

/** More than a stream takes before it is read. */
const LARGE = 1024 * 1024;

async function* never(first = Buffer.from('a')): AsyncGenerator<Buffer> {
	yield first;
	await new Promise(() => {});
}

const failureOf = async (transfer: Transfer) =>
	await buffer(transfer.stream).then(
		() => undefined,
		(error: unknown) => String(error),
	);

afterEach(() => jest.restoreAllMocks());

describe('a body on its way to n8n', () => {
	it('arrives as it was sent, and is counted', async () => {
		const progress: number[] = [];
		const transfer = new Transfer({ 'content-length': '3' }, Readable.from(['a', 'bc']), {
			...NO_WATCH,
			onProgress: (bytes) => progress.push(bytes),
		});
		expect((await buffer(transfer.stream)).toString()).toBe('abc');
		expect(progress).toEqual([1, 3]);
	});

	it.each([
		['whole', ['<html><body>Log in</body></html>']],
		['in two parts', ['<', 'html><body>Log in</body></html>']],
		['byte by byte', [...'  \n<!DOCTYPE html><p>Log in']],
		['behind a declaration of XML', ['<?xml version="1.0"?> \n<!DOCTYPE HTML>']],
		['behind comments', ['\ufeff\n<!-- a > b --><!-- c --> \n<Html lang="en">']],
		['behind a long comment', ['<!--', 'x'.repeat(900), '-->', '<html>', 'x'.repeat(5000)]],
	])('is refused when it is a web page that comes %s', async (_, chunks) => {
		const transfer = new Transfer(
			{},
			Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
			NO_WATCH,
		);
		expect(await failureOf(transfer)).toContain('it is a web page');
	});

	it.each([
		['of XML', ['<', '?xml version="1.0"?><annotations/>']],
		['in small parts', ['<', 'x>', 'y'.repeat(999), 'z', 'a'.repeat(5000)]],
		['without a byte', []],
	])('arrives as it was sent, in the same parts: one %s', async (_, chunks) => {
		const transfer = new Transfer(
			{},
			Readable.from(chunks.map((chunk) => Buffer.from(chunk))),
			NO_WATCH,
		);
		const arrived: string[] = [];
		for await (const chunk of transfer.stream) arrived.push(String(chunk));
		expect(arrived).toEqual(chunks);
		expect(transfer.receivedBytes).toBe(chunks.join('').length);
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
		const { stream } = new Transfer({}, body, NO_WATCH);
		await once(stream, 'readable');
		expect(sent).toBeLessThan(100);
		expect(await buffer(stream)).toHaveLength(10_000_000);
	});

	it('can be read in pieces of any size', async () => {
		const { stream } = new Transfer({}, Readable.from(['abc']), NO_WATCH);
		await once(stream, 'readable');
		expect(String(stream.read(1))).toBe('a');
		expect(String(stream.read(2))).toBe('bc');
	});

	it('is an error when it is shorter than announced', async () => {
		const transfer = new Transfer({ 'content-length': '1000' }, Readable.from(['abc']), NO_WATCH);
		expect(await failureOf(transfer)).toContain('not as long as was announced');
	});

	it.each(['identity', 'aws-chunked'])(
		'is an error when it is shorter than announced, also with the encoding %s',
		async (encoding) => {
			const headers = { 'content-length': '1000', 'content-encoding': encoding };
			const transfer = new Transfer(headers, Readable.from(['abc']), NO_WATCH);
			expect(await failureOf(transfer)).toContain('not as long as was announced');
		},
	);

	it('may be longer than announced, since n8n decompresses without telling', async () => {
		const transfer = new Transfer({ 'content-length': '2' }, Readable.from(['abc']), NO_WATCH);
		expect((await buffer(transfer.stream)).length).toBe(3);
	});

	it('ends with an error when it is silent for too long, even if n8n has wrapped it', async () => {
		const transfer = new Transfer({}, Readable.from(never()), { ...NO_WATCH, idleLimitMs: 50 });
		expect(await failureOf(transfer)).toContain('nothing came for');
	});

	it('ends with the reason of the user’s stop, before or after it has begun', async () => {
		const stop = new AbortController();
		const given = { ...NO_WATCH, cancelled: stop.signal };
		const begun = failureOf(new Transfer({}, Readable.from(never()), given));
		await new Promise(setImmediate);
		stop.abort(new Error('stopped'));
		expect(await begun).toContain('stopped');
		expect(await failureOf(new Transfer({}, Readable.from(['a']), given))).toContain('stopped');
	});

	it('ends with that reason also while n8n is writing, even if n8n has wrapped it', async () => {
		const stop = new AbortController();
		const body = Readable.from(never(Buffer.alloc(LARGE)));
		const transfer = new Transfer({}, body, { ...NO_WATCH, cancelled: stop.signal });
		await once(transfer.stream, 'readable');
		stop.abort(new Error('stopped'));
		expect(await failureOf(transfer)).toContain('stopped');
	});

	it('that fails passes its failure on', async () => {
		const body = Readable.from(
			(async function* () {
				yield 'a';
				await Promise.resolve();
				throw new Error('cut');
			})(),
		);
		expect(await failureOf(new Transfer({}, body, NO_WATCH))).toContain('cut');
	});

	it.each<[string, Record<string, unknown>, number | undefined]>([
		['is a number', { 'content-length': 5 }, 5],
		['has blanks around it', { 'content-length': ' 5 ' }, 5],
		['is no number', { 'content-length': 'x5' }, undefined],
		['is followed by something', { 'content-length': '5, 5' }, undefined],
		['is missing', {}, undefined],
		[
			'is that of a compressed body',
			{ 'content-length': 5, 'content-encoding': 'GZIP' },
			undefined,
		],
		[
			'is that of one body in another',
			{ 'content-length': 5, 'content-encoding': 'aws-chunked, br' },
			undefined,
		],
	])('has an announced length, or none, where the header %s', (_, headers, expected) => {
		expect(new Transfer(headers as never, Readable.from([]), NO_WATCH).expectedBytes).toBe(
			expected,
		);
	});

	it('must have every byte where n8n cannot have decompressed it', async () => {
		const announced = { 'content-length': '4' };
		const bare = (text: string) => Object.assign(Readable.from([text]), { rawHeaders: [] });
		expect(await failureOf(new Transfer(announced, bare('abcd'), NO_WATCH))).toBeUndefined();
		for (const text of ['abc', 'abcde']) {
			expect(await failureOf(new Transfer(announced, bare(text), NO_WATCH))).toContain(
				'not as long as was announced',
			);
		}
	});

	it('may be a little shorter where n8n may have decompressed it', async () => {
		const failure = async (bytes: number) =>
			await failureOf(
				new Transfer(
					{ 'content-length': '1000000' },
					Readable.from([Buffer.alloc(bytes)]),
					NO_WATCH,
				),
			);
		expect(await failure(998_901)).toBeUndefined();
		expect(await failure(998_900)).toContain('not as long as was announced');
	});

	it('is told from a web page by its beginning alone', async () => {
		const body = () => Readable.from(['data', '<html>']);
		expect(await failureOf(new Transfer({}, body(), NO_WATCH))).toBeUndefined();
		const page = new Transfer({}, Readable.from([' <!DOCTYPE  html>']), NO_WATCH);
		expect(await failureOf(page)).toContain('it is a web page');
		expect(page.failure).toMatchObject({ isPassing: false });
	});

	it('tells after how many seconds of silence it ended, and that this may pass', async () => {
		const transfer = new Transfer({}, Readable.from(never()), { ...NO_WATCH, idleLimitMs: 600 });
		expect(await failureOf(transfer)).toContain('nothing came for 1 s');
		expect(transfer.failure).toMatchObject({ isPassing: true });
	});

	it('that ends early is an error that may pass', async () => {
		const transfer = new Transfer({ 'content-length': '1000' }, Readable.from(['a']), NO_WATCH);
		await failureOf(transfer);
		expect(transfer.failure).toMatchObject({ isPassing: true });
	});

	it('lets go of its sender and of the user’s stop when it is closed', () => {
		const stop = new AbortController();
		const removed = jest.spyOn(stop.signal, 'removeEventListener');
		const body = Readable.from(never());
		const transfer = new Transfer({}, body, { ...NO_WATCH, cancelled: stop.signal });
		transfer.close();
		expect(body.destroyed).toBe(true);
		expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
	});

	it('must be a stream of Node’s', () => {
		const odd = { async *[Symbol.asyncIterator]() {}, destroy: () => undefined };
		for (const constructor of [
			undefined,
			Object,
			{},
			'Readable',
			Object.assign(() => {}, { from: 1 }),
		]) {
			expect(() => new Transfer({}, Object.assign({}, odd, { constructor }), NO_WATCH)).toThrow(
				expect.objectContaining({
					message: 'n8n gave a response that is no stream',
					isPassing: false,
				}),
			);
		}
	});

	it('can be let go of where nobody can stop it', () => {
		const body = Readable.from(never());
		new Transfer({}, body, NO_WATCH).close();
		expect(body.destroyed).toBe(true);
	});
});

describe('a sender that is silent', () => {
	const watch = { ...NO_WATCH, idleLimitMs: 60_000 };

	it('has as long after each byte as after the start', async () => {
		const clock = withStandingClock();
		const body = new Readable({ read: () => undefined });
		const bytes = new EventEmitter();
		const onProgress = () => bytes.emit('came');
		const failing = failureOf(new Transfer({}, body, { ...watch, onProgress }));
		for (const moment of [0, 20_000]) {
			clock.now = moment;
			body.push('a');
			await once(bytes, 'came');
		}
		clock.now = 60_000;
		clock.alarms[0]?.ring();
		expect(clock.alarms.map(({ ms }) => ms)).toEqual([60_000, 20_000]);
		clock.now = 80_000;
		clock.alarms[1]?.ring();
		expect(await failing).toContain('nothing came for 60 s');
	});

	it('is not what n8n waits for while it is writing', async () => {
		const clock = withStandingClock();
		const bytes = Buffer.alloc(LARGE);
		const { stream } = new Transfer({}, Readable.from([bytes, bytes]), watch);
		await once(stream, 'readable');
		clock.now = 1_000_000;
		clock.alarms[0]?.ring();
		expect(clock.alarms.map(({ ms }) => ms)).toEqual([60_000, 60_000]);
		expect(await buffer(stream)).toHaveLength(2 * LARGE);
	});

	it('is watched no longer than the transfer lasts, so that nothing stays in memory', async () => {
		const clock = withStandingClock();
		await buffer(new Transfer({}, Readable.from(['a']), watch).stream);
		clock.alarms[0]?.ring();
		expect(clock.alarms).toHaveLength(1);
	});
});

/** No time passes and no limit is over until the test says so. */
function withStandingClock() {
	const clock = { now: 0, alarms: [] as Array<{ ms: number; ring: () => void }> };
	jest.spyOn(Date, 'now').mockImplementation(() => clock.now);
	jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
		const limit = new AbortController();
		clock.alarms.push({ ms, ring: () => limit.abort() });
		return limit.signal;
	});
	return clock;
}
