import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { Received } from '../../../nodes/Avala/transport/received';

const NO_WATCH = { idleLimitMs: 60_000, onProgress: () => {} };

async function* never(): AsyncGenerator<Buffer> {
	yield Buffer.from('a');
	await new Promise(() => {});
}

const failureOf = async (received: Received) =>
	await buffer(received.stream).then(
		() => undefined,
		(error: unknown) => String(error),
	);

describe('a body on its way to n8n', () => {
	it('arrives as it was sent, and is counted', async () => {
		const progress: number[] = [];
		const received = new Received({ 'content-length': '3' }, Readable.from(['a', 'bc']), {
			...NO_WATCH,
			onProgress: (bytes) => progress.push(bytes),
		});
		expect((await buffer(received.stream)).toString()).toBe('abc');
		expect(progress).toEqual([1, 3]);
	});

	it('is an error when it is shorter than announced', async () => {
		const received = new Received({ 'content-length': '1000' }, Readable.from(['abc']), NO_WATCH);
		expect(await failureOf(received)).toContain('not as long as was announced');
	});

	it.each(['identity', 'aws-chunked'])(
		'is an error when it is shorter than announced, also with the encoding %s',
		async (encoding) => {
			const headers = { 'content-length': '1000', 'content-encoding': encoding };
			const received = new Received(headers, Readable.from(['abc']), NO_WATCH);
			expect(await failureOf(received)).toContain('not as long as was announced');
		},
	);

	it('may be longer than announced, since n8n decompresses without telling', async () => {
		const received = new Received({ 'content-length': '2' }, Readable.from(['abc']), NO_WATCH);
		expect((await buffer(received.stream)).length).toBe(3);
	});

	it('ends with an error when it is silent for too long, even if n8n has wrapped it', async () => {
		const received = new Received({}, Readable.from(never()), { ...NO_WATCH, idleLimitMs: 50 });
		expect(await failureOf(received)).toContain('nothing came for');
	});

	it('may take as long as it likes while n8n is writing', async () => {
		const received = new Received({}, Readable.from(['a', 'b', 'c']), {
			...NO_WATCH,
			idleLimitMs: 100,
		});
		const chunks: string[] = [];
		for await (const chunk of received.stream) {
			await new Promise((resolve) => setTimeout(resolve, 250));
			chunks.push(String(chunk));
		}
		expect(chunks.join('')).toBe('abc');
	});

	it('ends with the reason of the user’s stop, before or after it has begun', async () => {
		const stop = new AbortController();
		const given = { ...NO_WATCH, cancelled: stop.signal };
		const begun = failureOf(new Received({}, Readable.from(never()), given));
		await new Promise(setImmediate);
		stop.abort(new Error('stopped'));
		expect(await begun).toContain('stopped');
		expect(await failureOf(new Received({}, Readable.from(['a']), given))).toContain('stopped');
	});

	it('that fails passes its failure on', async () => {
		const body = Readable.from(
			(async function* () {
				yield 'a';
				await Promise.resolve();
				throw new Error('cut');
			})(),
		);
		expect(await failureOf(new Received({}, body, NO_WATCH))).toContain('cut');
	});
});
