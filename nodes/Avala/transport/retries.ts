import { sleep } from 'n8n-workflow';

import type { Connection } from './connection';
import { log } from './connection';
import type { RequestInfo } from './diagnosis';
import { askedWaitMs, noResponseError } from './errors';
import type { Exchanged } from './exchange';
import { unlessAborted, whyNoResponse } from './exchange';

/** In milliseconds: the time limit of Avala's own SDKs for one try, and one for all tries and the pauses between. */
const REQUEST_LIMITS = { tryMs: 30_000, allMs: 60_000 };
/** A file that is packed on the fly may take a minute to begin, and must not be begun twice. */
export const FILE_LIMITS = { tryMs: 60_000, allMs: 120_000 };

/** A longer wait that Avala asks for is reported at once. */
const LONGEST_ASKED_WAIT_MS = 60_000;
const MAX_RETRIES = 3;
const FIRST_PAUSE_MS = 500;
/** Timers overflow after 24 days, and fire at once then. */
const LONGEST_PAUSE_MS = 60 * 60_000;

/**
 * Whether a refusal may pass by itself. 429 is refused before anything is done; after any other one a
 * write may have been done all the same.
 */
export function mayPass(status: number, isRead: boolean): boolean {
	return status === 429 || (isRead && status >= 500);
}

/**
 * Tries a request until its response need not be tried again, as often and as long as the limits allow.
 *
 * @returns the last response, whatever its status
 * @throws NodeApiError when there was none, or what the user's stop throws
 */
export async function withRetries(
	connection: Connection,
	request: RequestInfo,
	tryOnce: (limitMs: number) => Promise<Exchanged>,
	{ tryMs, allMs } = REQUEST_LIMITS,
): Promise<Exchanged> {
	const { cancelled, deadline } = connection;
	const { method, path, endpoint } = request;
	const isRead = method === 'GET';
	let spentMs = 0;
	for (let retry = 0; ; retry++) {
		const startedAt = Date.now();
		const limitMs = Math.min(tryMs, allMs - spentMs, deadline - startedAt);
		const tried = await tryOnce(Math.max(1, limitMs)).catch(whyNoResponse);
		const isResponse = 'status' in tried;
		const mayRetry = isResponse ? mayPass(tried.status, isRead) : isRead && tried.isPassing;
		const askedMs = isResponse ? askedWaitMs(tried.status, tried.headers) : undefined;
		// A server may ask for no wait at all, or for one until a moment that is past.
		const pauseMs = Math.max(askedMs ?? 0, FIRST_PAUSE_MS * 2 ** retry);
		spentMs += Date.now() - startedAt + (askedMs === undefined ? pauseMs : 0);
		const isWorthIt =
			mayRetry &&
			retry < MAX_RETRIES &&
			pauseMs <= LONGEST_ASKED_WAIT_MS &&
			spentMs < allMs &&
			Date.now() + pauseMs < deadline;
		if (!isWorthIt) {
			if (isResponse) return tried;
			cancelled?.throwIfAborted();
			throw noResponseError(connection, request, tried.reason);
		}
		log(
			connection,
			'debug',
			`Avala: ${method} ${path} (${endpoint.subject}) will be retried in ${pauseMs} ms (${isResponse ? tried.status : 'no response'}).`,
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
	const pausing = sleep(Math.min(ms, LONGEST_PAUSE_MS));
	return await (cancelled ? unlessAborted(cancelled, pausing) : pausing);
}
