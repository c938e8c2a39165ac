import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { Transfer } from '../../../nodes/Avala/transport/transfer';

const NO_WATCH = { idleLimitMs: 60_000, onProgress: () => {} };

async function* never(): AsyncGenerator<Buffer> {
	yield Buffer.from('a');
	await new Promise(() => {});
}

const failureOf = async (transfer: Transfer) =>
	await buffer(transfer.stream).then(
		() => undefined,
		(error: unknown) => String(error),
	);

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

	it('may take as long as it likes while n8n is writing', async () => {
		const transfer = new Transfer({}, Readable.from(['a', 'b', 'c']), {
			...NO_WATCH,
			idleLimitMs: 100,
		});
		const chunks: string[] = [];
		for await (const chunk of transfer.stream) {
			await new Promise((resolve) => setTimeout(resolve, 250));
			chunks.push(String(chunk));
		}
		expect(chunks.join('')).toBe('abc');
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
		for (const constructor of [Object, {}, 'Readable', Object.assign(() => {}, { from: 1 })]) {
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
