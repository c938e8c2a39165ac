import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { idOf } from '../shared/values';
import type { ResponseBody } from './exchange';
import { TransferError, unlessAborted } from './exchange';

/** What n8n stores as a file: Node's class `Readable`, which what ships may not import. */
export type Readable = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

/** So many bytes tell what a file is. */
const START_BYTES = 1000;

/** Without a byte for so long a transfer ends. */
const IDLE_LIMIT_MS = 60_000;

export interface Watch {
	/** Ends the transfer when it is aborted. */
	cancelled?: AbortSignal;
	/** Called with each chunk. */
	onProgress: (receivedBytes: number, expectedBytes: number | undefined) => void;
}

/** The body of a response on its way to n8n. */
export class Transfer {
	/** Why the transfer ended early, if it did; n8n may report that in words of its own. */
	failure: unknown;

	/** The length that was announced. */
	readonly expectedBytes: number | undefined;

	receivedBytes = 0;

	private readonly content: AsyncIterator<Uint8Array | string>;

	/** Unix time in milliseconds; undefined while n8n writes, since then the silence is not the sender's. */
	private silentSince: number | undefined;

	private alarm?: AbortSignal;

	/** Aborted when the transfer is over, so that nothing is listened to any more. */
	private readonly over = new AbortController();

	constructor(
		headers: IDataObject,
		private readonly body: ResponseBody,
		private readonly watch: Watch,
	) {
		this.expectedBytes = announcedBytes(headers);
		this.content = body[Symbol.asyncIterator]();
		this.watchSilence(IDLE_LIMIT_MS);
		const { cancelled } = watch;
		const stop = () => this.end(cancelled?.reason);
		if (cancelled?.aborted) stop();
		else cancelled?.addEventListener('abort', stop, { signal: this.over.signal });
	}

	/** The first thousand bytes or more, or all there are. @throws why the transfer ended early */
	async start(): Promise<Uint8Array> {
		const chunks: Uint8Array[] = [];
		while (this.receivedBytes < START_BYTES) {
			const chunk = await this.next();
			if (chunk === undefined) break;
			chunks.push(chunk);
		}
		return Buffer.concat(chunks);
	}

	/** All bytes, to be given to n8n. It ends well only when the body is whole. */
	stream(start: Uint8Array): Readable {
		return toReadable(this.body, this.chunks(start));
	}

	/** Lets go of the connection, whatever has become of the transfer. */
	close(): void {
		this.alarm?.removeEventListener('abort', this.checkSilence);
		this.over.abort();
		this.body.destroy();
	}

	private async *chunks(start: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
		if (start.length > 0) yield start;
		for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
	}

	/** @returns undefined at the end of a body that is whole */
	private async next(): Promise<Uint8Array | undefined> {
		try {
			this.silentSince = Date.now();
			const { done, value } = await unlessAborted(this.over.signal, this.content.next());
			this.silentSince = undefined;
			if (done !== true) {
				const bytes = typeof value === 'string' ? Buffer.from(value) : value;
				this.receivedBytes += bytes.length;
				this.watch.onProgress(this.receivedBytes, this.expectedBytes);
				return bytes;
			}
			if (this.isWhole()) return undefined;
			throw new TransferError('it is not as long as was announced', true);
		} catch (error) {
			this.failure ??= error;
			throw this.failure;
		}
	}

	/** Does not wait for the stream: one that n8n has wrapped closes only when its sender says something. */
	private end(reason: unknown): void {
		this.over.abort(reason);
		this.body.destroy();
	}

	/**
	 * A body that n8n has decompressed, which it does not tell, has another length than was announced. It
	 * can be shorter by what compressing adds to a file that is compressed already.
	 */
	private isWhole(): boolean {
		const { receivedBytes, expectedBytes } = this;
		if (expectedBytes === undefined || receivedBytes === expectedBytes) return true;
		const isBare = 'rawHeaders' in this.body;
		return !isBare && receivedBytes > expectedBytes * 0.999 - 100;
	}

	private watchSilence(ms: number): void {
		this.alarm = AbortSignal.timeout(ms);
		this.alarm.addEventListener('abort', this.checkSilence);
	}

	/** Ends the transfer when its sender has been silent for too long; else looks again later. */
	private readonly checkSilence = () => {
		// The clock may have been set back meanwhile.
		const silentMs = Math.max(0, Date.now() - (this.silentSince ?? Infinity));
		if (silentMs < IDLE_LIMIT_MS) this.watchSilence(IDLE_LIMIT_MS - silentMs);
		else this.end(new TransferError(`nothing came for ${IDLE_LIMIT_MS / 1000} s`, true));
	};
}

/** The encodings (RFC 9110) that n8n may have undone, which changes the length. */
const COMPRESSIONS = /\b(?:gzip|compress|deflate|br|zstd)\b/i;

function announcedBytes(headers: IDataObject): number | undefined {
	const length = idOf(headers['content-length'])?.trim();
	const isCompressed = COMPRESSIONS.test(idOf(headers['content-encoding']) ?? '');
	return !isCompressed && length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

interface StreamClass {
	from(chunks: AsyncIterable<Uint8Array>, options: { objectMode: boolean }): Readable;
}

/** By way of the class of the response, which inherits `from` from `Readable`. */
function toReadable(body: ResponseBody, chunks: AsyncIterable<Uint8Array>): Readable {
	const { constructor } = body;
	if (isStreamClass(constructor)) return constructor.from(chunks, { objectMode: false });
	throw new TransferError('n8n gave a response that is no stream', false);
}

function isStreamClass(value: unknown): value is StreamClass {
	return typeof value === 'function' && 'from' in value && typeof value.from === 'function';
}
