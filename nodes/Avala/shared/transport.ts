import type { ICredentialDataDecryptedObject, IDataObject, NodeApiError } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';

import { parseBaseUrl } from './baseUrl';
import type { AskedFor } from './errors';
import { noAnswerError, refusedAnswerError, unusableAnswerError } from './errors';
import type { Answer } from './http';
import { send, whyNoAnswer } from './http';
import { redact } from './redact';
import type { AvalaContext } from './types';
import { isObject, textOf } from './types';

/** The time limit of Avala's own SDKs, for one try. */
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_RETRIES = 3;
const MAX_WAIT_MS = 60_000;
/** Avala's pages hold at most this many results. */
export const MAX_PAGE_SIZE = 100;
/** A server that goes on handing out empty pages will not come to an end. */
const MAX_EMPTY_PAGES = 10;

const FIRST_WAIT_MS = 500;
/** Answers after which a read may be tried again; a write may have been done all the same. */
const TRANSIENT_STATUSES = new Set([502, 503, 504]);
/** How much of an answer is looked at for an error's text. */
const MAX_QUOTED = 4000;

export interface AvalaRequest {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	/** Path below the base URL, ending in `/`. Build it with `webhookPath` or `deliveryPath` when it holds an id. */
	path: string;
	body?: IDataObject;
	/** The moment (Unix time in milliseconds) after which nothing is waited for or tried again. */
	deadline?: number;
}

export const WEBHOOKS_PATH = '/webhooks/';
export const DELIVERIES_PATH = '/webhook-deliveries/';

/** @throws NodeOperationError for an id that could lead to another path. */
export function webhookPath(context: AvalaContext, uid: string): string {
	return `${WEBHOOKS_PATH}${safeId(context, uid)}/`;
}

/** @throws NodeOperationError for an id that could lead to another path. */
export function deliveryPath(context: AvalaContext, uid: string): string {
	return `${DELIVERIES_PATH}${safeId(context, uid)}/`;
}

/**
 * One request to Avala with the credential `avalaApi`: 30 s at most for each try, no redirect
 * followed, retried after 429 for any method and after a passing fault for reads alone.
 *
 * @returns the parsed JSON of the answer, undefined when it has no body (204)
 * @throws NodeApiError that says what happened and what to do, with the HTTP status if there was an answer
 */
export async function avalaRequest(context: AvalaContext, request: AvalaRequest): Promise<unknown> {
	const { method, path, body, deadline = Infinity } = request;
	const connection = await connect(context);
	const url = new URL(connection.baseUrl + path);
	return await exchange(context, connection, { method, url, body, deadline });
}

/** `avalaRequest` for an answer that must be one object. */
export async function avalaObject(
	context: AvalaContext,
	request: AvalaRequest,
): Promise<IDataObject> {
	const answer = await avalaRequest(context, request);
	if (isObject(answer)) return answer;
	const { baseUrl } = await connect(context);
	const asked = { method: request.method, path: request.path, host: new URL(baseUrl).host };
	throw unusableAnswerError(context.getNode(), asked, 200, 'it is not a JSON object.');
}

export interface ListOptions {
	/** How many entries to ask for at once, 100 at most. */
	pageSize?: number;
	query?: Record<string, string>;
	deadline?: number;
}

/** The entries of `avalaPages`, one by one. */
export async function* avalaList(
	context: AvalaContext,
	path: string,
	options: ListOptions = {},
): AsyncGenerator<IDataObject, void, undefined> {
	for await (const page of avalaPages(context, path, options)) yield* page;
}

/**
 * Walks a list of Avala's from its newest entry on, page by page; a page is asked for only when its
 * entries are wanted.
 *
 * @throws NodeApiError also when a page is no page, leads to another origin or comes back to itself
 */
export async function* avalaPages(
	context: AvalaContext,
	path: string,
	{ pageSize = MAX_PAGE_SIZE, query = {}, deadline = Infinity }: ListOptions = {},
): AsyncGenerator<IDataObject[], void, undefined> {
	const connection = await connect(context);
	const limit = Math.max(1, Math.min(pageSize, MAX_PAGE_SIZE));
	const first = withQuery(connection.baseUrl + path, { limit, ...query });

	const visited = new Set<string>();
	let emptyPages = 0;
	for (let url: URL | undefined = first; url;) {
		visited.add(url.href);
		const asked = askedFor(connection, 'GET', url);
		const page = await exchange(context, connection, { method: 'GET', url, deadline });
		if (!isObject(page) || !Array.isArray(page.results)) {
			throw unusableAnswerError(context.getNode(), asked, 200, 'it is not a page with results.');
		}
		const entries: unknown[] = page.results;
		if (!entries.every(isObject)) {
			throw unusableAnswerError(
				context.getNode(),
				asked,
				200,
				'a result on the page is no object.',
			);
		}
		yield entries;
		emptyPages = page.results.length === 0 ? emptyPages + 1 : 0;
		url = nextPage(context, connection, asked, page.next);
		if (url && (visited.has(url.href) || emptyPages >= MAX_EMPTY_PAGES)) {
			throw unusableAnswerError(
				context.getNode(),
				asked,
				200,
				'its pages lead back to one another without an end.',
			);
		}
	}
}

interface Connection {
	credential: ICredentialDataDecryptedObject;
	baseUrl: string;
	/** What must not appear in an error, whatever its shape. */
	secrets: string[];
}

interface Exchange {
	method: AvalaRequest['method'];
	url: URL;
	body?: IDataObject;
	deadline: number;
}

async function connect(context: AvalaContext): Promise<Connection> {
	const credential = await context.getCredentials('avalaApi');
	const { baseUrl, apiKey, webhookSecret } = credential;
	const secrets = [apiKey, webhookSecret].map(textOf).filter((secret) => secret !== undefined);
	try {
		return { credential, baseUrl: parseBaseUrl(baseUrl), secrets };
	} catch (error) {
		throw new NodeOperationError(context.getNode(), error instanceof Error ? error : String(error));
	}
}

function withQuery(address: string, query: Record<string, string | number>): URL {
	const url = new URL(address);
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
	return url;
}

function safeId(context: AvalaContext, uid: string): string {
	const id = uid.trim();
	if (/^\w[\w.~-]{0,199}$/.test(id) && !id.includes('..')) return id;
	throw new NodeOperationError(
		context.getNode(),
		id === '' ? 'An ID is missing' : `${JSON.stringify(id.slice(0, 80))} is not an ID of Avala`,
		{
			description:
				'An ID consists of letters, digits, dashes and underscores, such as wh_1a2b3c or a UUID. No request was sent. Take the ID from a list of this node or from an event.',
		},
	);
}

function askedFor({ baseUrl }: Connection, method: string, url: URL): AskedFor {
	const path = url.href.startsWith(baseUrl) ? url.href.slice(baseUrl.length) : url.pathname;
	return { method, path: path.split('?')[0]!, host: url.host };
}

/** Follows `next` as Avala gives it, but takes the API key to no other origin. */
function nextPage(
	context: AvalaContext,
	{ baseUrl }: Connection,
	asked: AskedFor,
	next: unknown,
): URL | undefined {
	if (next === null || next === undefined || next === '') return undefined;
	if (typeof next === 'string' && URL.canParse(next, baseUrl)) {
		const url = new URL(next, baseUrl);
		if (url.origin === new URL(baseUrl).origin && !url.username && !url.password) return url;
	}
	throw unusableAnswerError(
		context.getNode(),
		asked,
		200,
		'its next page lies on another origin, to which the API key is not sent.',
	);
}

/** Sends until there is an answer to give back, or nothing is left to try. */
async function exchange(
	context: AvalaContext,
	connection: Connection,
	sent: Exchange,
): Promise<unknown> {
	for (let retry = 0; ; retry++) {
		const outcome = await attempt(context, connection, sent);
		if ('value' in outcome) return outcome.value;

		const waitMs = Math.min(outcome.askedWaitMs ?? FIRST_WAIT_MS * 2 ** retry, MAX_WAIT_MS);
		const isLast = retry >= MAX_RETRIES || Date.now() + waitMs >= sent.deadline;
		if (!outcome.mayRetry || isLast) throw outcome.error;
		await sleep(waitMs);
	}
}

type Outcome =
	{ value: unknown } | { error: NodeApiError; mayRetry: boolean; askedWaitMs?: number };

async function attempt(
	context: AvalaContext,
	connection: Connection,
	{ method, url, body, deadline }: Exchange,
): Promise<Outcome> {
	const asked = askedFor(connection, method, url);
	const suppliedSecret = textOf(body?.secret);
	const secrets = suppliedSecret ? [...connection.secrets, suppliedSecret] : connection.secrets;
	const timeoutMs = Math.max(1, Math.min(REQUEST_TIMEOUT_MS, deadline - Date.now()));

	let answer: Answer;
	try {
		answer = await send(context, connection.credential, { method, url: url.href, body }, timeoutMs);
	} catch (error) {
		const { reason, isPassing } = whyNoAnswer(error);
		return {
			error: noAnswerError(context.getNode(), asked, redact(reason, secrets)),
			mayRetry: method === 'GET' && isPassing,
		};
	}

	const { status, headers } = answer;
	const isSuccess = status >= 200 && status < 300;
	const value = isSuccess ? parseJson(answer.text) : NOT_JSON;
	if (value !== NOT_JSON) return { value };
	const text = redact(answer.text.slice(0, MAX_QUOTED), secrets);
	if (isSuccess) {
		const what = `it is not JSON: ${JSON.stringify(text.replace(/\s+/g, ' ').slice(0, 120))}.`;
		return { error: unusableAnswerError(context.getNode(), asked, status, what), mayRetry: false };
	}
	const askedWaitMs = retryAfterMs(headers);
	return {
		error: refusedAnswerError(context.getNode(), asked, {
			status,
			text,
			retryAfterMs: askedWaitMs,
			redirectHost: redirectHost(headers, url),
		}),
		mayRetry: status === 429 || (method === 'GET' && TRANSIENT_STATUSES.has(status)),
		askedWaitMs,
	};
}

const NOT_JSON = Symbol('not JSON');

/** The parsed text, undefined for an answer without a body (204), NOT_JSON for anything else. */
function parseJson(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return NOT_JSON;
	}
}

/** How long Avala asks to wait: `Retry-After` in seconds or as a date (RFC 9110), else until `X-RateLimit-Reset`. */
function retryAfterMs(headers: IDataObject): number | undefined {
	const retryAfter = textOf(headers['retry-after']);
	const reset = textOf(headers['x-ratelimit-reset']);
	const waitMs = retryAfter
		? /^\d+(\.\d+)?$/.test(retryAfter)
			? Number(retryAfter) * 1000
			: Date.parse(retryAfter) - Date.now()
		: Number(reset ?? NaN) * 1000 - Date.now();
	return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

function redirectHost(headers: IDataObject, from: URL): string | undefined {
	const location = textOf(headers.location);
	return location && URL.canParse(location, from.href)
		? new URL(location, from.href).host
		: undefined;
}
