import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { idOf } from '../shared/values';
import type { ResponseBody } from './exchange';
import { CutOff } from './exchange';

/** What n8n stores as a file: Node's class `Readable`, which what ships may not import. */
export type Readable = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

export interface Watch {
	/** Without a byte for so long the transfer ends. */
	idleLimitMs: number;
	/** Ends the transfer when it is aborted. */
	cancelled?: AbortSignal;
	/** Called with each chunk. */
	onProgress: (receivedBytes: number, expectedBytes: number | undefined) => void;
}

/** The body of a response on its way to n8n. */
export class Received {
	/** To be given to n8n. It ends well only when the body is whole. */
	readonly stream: Readable;

	/** Why the transfer ended early, if it did; n8n may report that in words of its own. */
	failure: unknown;

	/** The length that was announced, where it can be compared. */
	readonly expectedBytes: number | undefined;

	receivedBytes = 0;

	/** Unix time in milliseconds; undefined while n8n writes, since then the silence is not the sender's. */
	private silentSince: number | undefined;

	private readonly stop = () => this.end(this.watch.cancelled?.reason);

	constructor(
		headers: IDataObject,
		private readonly body: ResponseBody,
		private readonly watch: Watch,
	) {
		this.expectedBytes = announcedBytes(headers, body);
		this.stream = toReadable(body, this.chunks());
		if (watch.cancelled?.aborted) this.stop();
		watch.cancelled?.addEventListener('abort', this.stop);
	}

	/** Lets go of the connection, whatever has become of the transfer. */
	close(): void {
		this.watch.cancelled?.removeEventListener('abort', this.stop);
		this.body.destroy();
	}

	private end(reason: unknown): void {
		this.failure ??= reason;
		this.body.destroy();
	}

	private async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
		const unwatch = this.watchSilence();
		try {
			this.silentSince = Date.now();
			for await (const chunk of this.body) {
				this.silentSince = undefined;
				const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
				this.receivedBytes += bytes.length;
				this.watch.onProgress(this.receivedBytes, this.expectedBytes);
				yield bytes;
				this.silentSince = Date.now();
			}
			if (this.failure !== undefined) throw this.failure;
			if (this.expectedBytes !== undefined && this.receivedBytes !== this.expectedBytes) {
				throw new CutOff('the file has another length than announced', true);
			}
		} catch (error) {
			this.failure ??= error;
			throw this.failure;
		} finally {
			unwatch();
		}
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

/** A body that n8n has decompressed has another length than the header says; only the bare response tells. */
function announcedBytes(headers: IDataObject, body: ResponseBody): number | undefined {
	const isBare = 'rawHeaders' in body && headers['content-encoding'] === undefined;
	const length = idOf(headers['content-length'])?.trim();
	return isBare && length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
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
