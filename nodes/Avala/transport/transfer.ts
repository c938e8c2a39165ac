import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { idOf } from '../shared/values';
import type { ResponseBody } from './exchange';
import { CutOff } from './exchange';

/** What n8n stores as a file: Node's class `Readable`, which what ships may not import. */
export type Readable = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

/** So many bytes tell whether a body is a web page. */
const START_BYTES = 1000;

/** A web page came in place of a file. */
export class WebPage extends CutOff {
	constructor() {
		super('it is a web page', false);
	}
}

export interface Watch {
	/** Without a byte for so long the transfer ends. */
	idleLimitMs: number;
	/** Ends the transfer when it is aborted. */
	cancelled?: AbortSignal;
	/** Called with each chunk. */
	onProgress: (receivedBytes: number, expectedBytes: number | undefined) => void;
}

/** The body of a response on its way to n8n. */
export class Transfer {
	/** To be given to n8n. It ends well only when the body is whole. */
	readonly stream: Readable;

	/** Why the transfer ended early, if it did; n8n may report that in words of its own. */
	failure: unknown;

	/** The length that was announced. */
	readonly expectedBytes: number | undefined;

	receivedBytes = 0;

	/** Unix time in milliseconds; undefined while n8n writes, since then the silence is not the sender's. */
	private silentSince: number | undefined;

	private interrupt: (reason: unknown) => void = () => {};

	private readonly stop = () => this.end(this.watch.cancelled?.reason);

	constructor(
		headers: IDataObject,
		private readonly body: ResponseBody,
		private readonly watch: Watch,
	) {
		this.expectedBytes = announcedBytes(headers);
		this.stream = toReadable(body, this.chunks());
		if (watch.cancelled?.aborted) this.stop();
		watch.cancelled?.addEventListener('abort', this.stop);
	}

	/** Lets go of the connection, whatever has become of the transfer. */
	close(): void {
		this.watch.cancelled?.removeEventListener('abort', this.stop);
		this.body.destroy();
	}

	/** Does not wait for the stream: one that n8n has wrapped closes only when its sender says something. */
	private end(reason: unknown): void {
		this.failure ??= reason;
		this.interrupt(this.failure);
		this.body.destroy();
	}

	private async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
		const unwatch = this.watchSilence();
		const content = this.body[Symbol.asyncIterator]();
		/** Held back until it is clear what the body is. */
		let start: Uint8Array[] | undefined = [];
		try {
			for (;;) {
				this.silentSince = Date.now();
				const { done, value } = await this.nextOf(content);
				this.silentSince = undefined;
				if (done === true) break;
				const bytes = typeof value === 'string' ? Buffer.from(value) : value;
				this.receivedBytes += bytes.length;
				this.watch.onProgress(this.receivedBytes, this.expectedBytes);
				if (start === undefined) {
					yield bytes;
					continue;
				}
				start.push(bytes);
				if (this.receivedBytes < START_BYTES) continue;
				yield* unlessWebPage(start);
				start = undefined;
			}
			if (start !== undefined) yield* unlessWebPage(start);
			if (!this.isWhole()) throw new CutOff('it is not as long as was announced', true);
		} catch (error) {
			this.failure ??= error;
			throw this.failure;
		} finally {
			unwatch();
		}
	}

	private async nextOf<T>(content: AsyncIterator<T>): Promise<IteratorResult<T>> {
		return await new Promise((resolve, reject) => {
			this.interrupt = reject;
			if (this.failure !== undefined) reject(this.failure);
			else content.next().then(resolve, reject);
		});
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

	/** Ends the transfer when it has been silent for too long. @returns stops watching */
	private watchSilence(): () => void {
		const { idleLimitMs } = this.watch;
		let alarm: AbortSignal;
		const check = () => {
			const silentMs = this.silentSince === undefined ? 0 : Date.now() - this.silentSince;
			if (silentMs < idleLimitMs) return arm(idleLimitMs - silentMs);
			this.end(new CutOff(`nothing came for ${Math.round(idleLimitMs / 1000)} s`, true));
		};
		const arm = (ms: number) => {
			alarm = AbortSignal.timeout(ms);
			alarm.addEventListener('abort', check);
		};
		arm(idleLimitMs);
		return () => alarm.removeEventListener('abort', check);
	}
}

/** The encodings (RFC 9110) that n8n may have undone, which changes the length. */
const COMPRESSIONS = /\b(?:gzip|compress|deflate|br|zstd)\b/i;

function announcedBytes(headers: IDataObject): number | undefined {
	const length = idOf(headers['content-length'])?.trim();
	const isCompressed = COMPRESSIONS.test(idOf(headers['content-encoding']) ?? '');
	return !isCompressed && length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** The chunks that begin a body. @throws WebPage when they begin one */
function unlessWebPage(start: Uint8Array[]): Uint8Array[] {
	if (isWebPage(Buffer.concat(start))) throw new WebPage();
	return start;
}

/** How a proxy or a login page that stands in for the storage begins, whatever type it claims. */
function isWebPage(start: Uint8Array): boolean {
	const text = Buffer.from(start.subarray(0, START_BYTES)).toString('utf8');
	return /^\s*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->)[^])*-->\s*)*(?:<!doctype\s+html|<html)\b/i.test(
		text,
	);
}

interface StreamClass {
	from(chunks: AsyncIterable<Uint8Array>, options: { objectMode: boolean }): Readable;
}

/** By way of the class of the response, which inherits `from` from `Readable`. */
function toReadable(body: ResponseBody, chunks: AsyncIterable<Uint8Array>): Readable {
	const { constructor } = body;
	if (isStreamClass(constructor)) return constructor.from(chunks, { objectMode: false });
	throw new CutOff('n8n gave a response that is no stream', false);
}

function isStreamClass(value: unknown): value is StreamClass {
	return typeof value === 'function' && 'from' in value && typeof value.from === 'function';
}
