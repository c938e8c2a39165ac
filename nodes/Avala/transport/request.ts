import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { isObject, textOf } from '../shared/values';
import type { Connection } from './connection';
import type { Asked } from './errors';
import { noResponseError, refusedError, unusableError } from './errors';
import type { Exchanged } from './exchange';
import { exchange, whyNoResponse } from './exchange';
import type { Endpoint } from './paths';
import { askedWaitMs, pause } from './pauses';
import { avalasWords, tidy } from './words';

/** The time limit of Avala's own SDKs, for one try. */
const TRY_LIMIT_MS = 30_000;
/** For all tries of one request and the pauses that the node makes between them. */
const REQUEST_LIMIT_MS = 60_000;
/** A longer wait that Avala asks for is reported at once. */
const LONGEST_ASKED_WAIT_MS = 60_000;
const MAX_RETRIES = 3;
const FIRST_PAUSE_MS = 500;
/** Responses after which a read may be tried again; a write may have been done all the same. */
export const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

export interface AvalaRequest {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	endpoint: Endpoint;
	/** Where the endpoint's path alone does not lead: with a query, or to a next page. */
	url?: URL;
	body?: IDataObject;
}

/** A success: the parsed JSON of its body, undefined when it has none (204). */
export interface AvalaResponse {
	status: number;
	value: unknown;
}

/**
 * One request to Avala: 30 s at most for each try, no redirect followed, retried after 429 for any
 * method and after a passing fault for reads alone.
 *
 * @throws NodeApiError that says what happened and what to do, with the HTTP status if there was a response
 */
export async function avalaRequest(
	connection: Connection,
	request: AvalaRequest,
): Promise<AvalaResponse> {
	return await withRetries(
		connection,
		`${request.method} ${request.endpoint.path}`,
		async (limitMs) => await attempt(connection, request, limitMs),
	);
}

/**
 * Tries a request until it has a response, as often and as long as every request to Avala may be.
 *
 * @param what the request, for n8n's log
 * @throws the error of the last try
 */
export async function withRetries<T>(
	{ cancelled, deadline, context }: Connection,
	what: string,
	tryOnce: (limitMs: number) => Promise<Outcome<T>>,
): Promise<T> {
	let spentMs = 0;
	for (let retry = 0; ; retry++) {
		const startedAt = Date.now();
		const limitMs = Math.min(TRY_LIMIT_MS, REQUEST_LIMIT_MS - spentMs, deadline - startedAt);
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
			spentMs < REQUEST_LIMIT_MS &&
			Date.now() + pauseMs < deadline &&
			!cancelled?.aborted;
		if (!isWorthIt) throw error;
		context.logger.debug(
			`Avala: ${what} will be retried in ${pauseMs} ms (${error.httpCode ?? 'no response'}).`,
		);
		await pause(pauseMs, cancelled);
	}
}

/** `avalaRequest` for a response that must be one object. */
export async function avalaObject(
	connection: Connection,
	request: AvalaRequest,
): Promise<IDataObject> {
	const { status, value } = await avalaRequest(connection, request);
	if (isObject(value)) return value;
	throw unusableError(connection, askedFor(connection, request), status, 'it is not a JSON object');
}

/** What a request gives; undefined when Avala refuses it with one of these statuses. */
export async function unlessRefused<T>(
	statuses: readonly number[],
	response: Promise<T>,
): Promise<T | undefined> {
	return await response.catch((error: unknown) => {
		if (error instanceof NodeApiError && statuses.includes(Number(error.httpCode)))
			return undefined;
		throw error;
	});
}

/** What an error tells about a request. */
export function askedFor({ baseUrl }: Connection, { method, endpoint, url }: AvalaRequest): Asked {
	return { method, path: endpoint.path, host: (url ?? new URL(baseUrl)).host, endpoint };
}

/** What one try gave: a response, or an error and whether another try makes sense. */
export type Outcome<T> =
	{ response: T } | { error: NodeApiError; mayRetry: boolean; askedMs?: number };

async function attempt(
	connection: Connection,
	request: AvalaRequest,
	limitMs: number,
): Promise<Outcome<AvalaResponse>> {
	const { method, endpoint, body, url = new URL(connection.baseUrl + endpoint.path) } = request;
	const asked = askedFor(connection, request);
	const { secrets } = connection;

	let exchanged: Exchanged;
	try {
		exchanged = await exchange(connection, { method, url: url.href, body }, limitMs);
	} catch (failure) {
		const { reason, isPassing } = whyNoResponse(failure);
		const text = tidy(reason, secrets);
		const error = noResponseError(connection, asked, text, new Error(text));
		return { error, mayRetry: method === 'GET' && isPassing };
	}

	const { status, headers, text } = exchanged;
	if (status < 200 || status >= 300) {
		const askedMs = askedWaitMs(status, headers);
		const error = refusedError(connection, asked, {
			status,
			words: avalasWords(text, secrets),
			retryAfterMs: askedMs,
			redirectHost: redirectHost(headers, url),
		});
		const mayRetry = status === 429 || (method === 'GET' && TRANSIENT_STATUSES.has(status));
		return { error, mayRetry, askedMs };
	}
	const value = parseJson(text);
	if (value !== NOT_JSON) return { response: { status, value } };
	const start = JSON.stringify(tidy(text, secrets).slice(0, 120));
	const error = unusableError(connection, asked, status, `it is not JSON: ${start}`);
	return { error, mayRetry: false };
}

const NOT_JSON = Symbol('not JSON');

/** The parsed text, undefined for a response without a body (204), NOT_JSON for anything else. */
function parseJson(text: string): unknown {
	// Also takes off a byte order mark.
	const json = text.trim();
	if (json === '') return undefined;
	try {
		return JSON.parse(json) as unknown;
	} catch {
		return NOT_JSON;
	}
}

function redirectHost(headers: IDataObject, from: URL): string | undefined {
	const location = textOf(headers.location);
	return location && URL.canParse(location, from.href)
		? new URL(location, from.href).host
		: undefined;
}
