import type { IDataObject, NodeApiError } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { momentIn } from '../shared/moments';
import { idOf, numberOf, textOf } from '../shared/values';
import type { Connection } from './connection';
import { log } from './connection';

/** How long one request may take, with all its tries. */
export interface Limits {
	tryMs: number;
	/** For all tries, and the pauses that the node makes between them. */
	allMs: number;
}

/** The time limit of Avala's own SDKs for one try. */
export const REQUEST_LIMITS: Limits = { tryMs: 30_000, allMs: 60_000 };
/** A file that is packed on the fly may take a minute to begin, and must not be begun twice. */
export const FILE_LIMITS: Limits = { tryMs: 60_000, allMs: 120_000 };

/** A longer wait that Avala asks for is reported at once. */
const LONGEST_ASKED_WAIT_MS = 60_000;
const MAX_RETRIES = 3;
const FIRST_PAUSE_MS = 500;
/** Timers overflow after 24 days, and fire at once then. */
const LONGEST_PAUSE_MS = 60 * 60_000;

/** What one try gave: a response, or an error and whether another try makes sense. */
export type Outcome<T> =
	{ response: T } | { error: NodeApiError; mayRetry: boolean; askedMs?: number };

/**
 * Whether a refusal may pass by itself. 429 is refused before anything is done; after any other one a
 * write may have been done all the same.
 */
export function mayPass(status: number, isRead: boolean): boolean {
	return status === 429 || (isRead && status >= 500);
}

/**
 * Tries a request until it has a response, as often and as long as the limits allow.
 *
 * @param what the request, for n8n's log
 * @throws the error of the last try
 */
export async function withRetries<T>(
	connection: Connection,
	what: string,
	tryOnce: (limitMs: number) => Promise<Outcome<T>>,
	{ tryMs, allMs } = REQUEST_LIMITS,
): Promise<T> {
	const { cancelled, deadline } = connection;
	let spentMs = 0;
	for (let retry = 0; ; retry++) {
		const startedAt = Date.now();
		const limitMs = Math.min(tryMs, allMs - spentMs, deadline - startedAt);
		const outcome = await tryOnce(Math.max(1, limitMs));
		if ('response' in outcome) return outcome.response;

		const { error, mayRetry, askedMs } = outcome;
		// A server may ask for no wait at all, or for one until a moment that is past.
		const pauseMs = Math.max(askedMs ?? 0, FIRST_PAUSE_MS * 2 ** retry);
		spentMs += Date.now() - startedAt + (askedMs === undefined ? pauseMs : 0);
		const isWorthIt =
			mayRetry &&
			retry < MAX_RETRIES &&
			pauseMs <= LONGEST_ASKED_WAIT_MS &&
			spentMs < allMs &&
			Date.now() + pauseMs < deadline &&
			!cancelled?.aborted;
		if (!isWorthIt) throw error;
		log(
			connection,
			'debug',
			`Avala: ${what} will be retried in ${pauseMs} ms (${error.httpCode ?? 'no response'}).`,
		);
		await pause(pauseMs, cancelled);
	}
}

/**
 * Waits, an hour at the most, unless or until the signal is aborted.
 *
 * @throws the signal's reason
 */
export async function pause(ms: number, cancelled?: AbortSignal): Promise<void> {
	const pauseMs = Math.min(ms, LONGEST_PAUSE_MS);
	if (!cancelled) return await sleep(pauseMs);
	cancelled.throwIfAborted();
	let stop = () => {};
	const stopped = new Promise<never>((_, reject) => {
		stop = () => reject(cancelled.reason);
	});
	cancelled.addEventListener('abort', stop);
	try {
		await Promise.race([sleep(pauseMs), stopped]);
	} finally {
		cancelled.removeEventListener('abort', stop);
	}
}

/**
 * How long Avala asks to wait, in whole milliseconds: `Retry-After` in seconds or as a date (RFC 9110), or
 * after 429 alone, `X-RateLimit-Reset` (Unix time), which Avala sends with every response. Undefined
 * when it does not ask, or not in a way that can be understood.
 */
export function askedWaitMs(status: number, headers: IDataObject): number | undefined {
	const reset = status === 429 ? numberOf(headers['x-ratelimit-reset']) : undefined;
	const waitMs =
		waitIn(idOf(headers['retry-after'])?.trim() ?? '') ?? msUntil(momentIn(reset) ?? NaN) ?? NaN;
	return Number.isFinite(waitMs) ? Math.max(0, Math.ceil(waitMs)) : undefined;
}

function waitIn(retryAfter: string): number | undefined {
	if (/^\d+(\.\d+)?$/.test(retryAfter)) return Number(retryAfter) * 1000;
	return /[a-z]/i.test(retryAfter) ? msUntil(Date.parse(retryAfter)) : undefined;
}

function msUntil(moment: number): number | undefined {
	return Number.isNaN(moment) ? undefined : moment - Date.now();
}

/** An error whose message is ours, so that it is safe to show. */
export class TransferError extends Error {
	constructor(
		message: string,
		readonly isPassing: boolean,
	) {
		super(message);
	}
}

/** In words of ours: n8n's own differ from version to version, and may advise to send a write again. */
const KNOWN_REASONS: Record<string, string> = {
	ECONNREFUSED: 'the connection was refused',
	ENOTFOUND: 'the host name is unknown',
	EAI_AGAIN: 'the host name could not be looked up',
	ECONNRESET: 'the connection was cut',
	EPIPE: 'the connection was cut',
	ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut in the middle of the response',
	ECONNABORTED: 'the time limit was exceeded',
	ETIMEDOUT: 'the time limit was exceeded',
};

/** Why a request got no response, in words of ours, and whether that may pass by itself. */
export function whyNoResponse(error: unknown): { reason: string; isPassing: boolean } {
	if (error instanceof TransferError) {
		return { reason: error.message, isPassing: error.isPassing };
	}
	const code = errorCode(error);
	const reason =
		code === undefined
			? 'the connection failed'
			: (KNOWN_REASONS[code] ?? `the connection failed (${code})`);
	return { reason, isPassing: true };
}

/** n8n wraps the failure of the connection; its code is somewhere down the chain of causes. */
function errorCode(error: unknown): string | undefined {
	for (
		let cause = error, depth = 0;
		cause instanceof Error && depth < 5;
		cause = cause.cause, depth++
	) {
		const code = 'code' in cause ? textOf(cause.code) : undefined;
		if (code !== undefined && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
	}
	return undefined;
}
