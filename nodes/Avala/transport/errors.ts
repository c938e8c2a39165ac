import type { IDataObject, INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { momentIn } from '../shared/moments';
import { idOf, messageOf } from '../shared/values';
import type { Connection } from './connection';
import type { RequestInfo } from './diagnosis';
import { diagnosisOf, mayBeDone } from './diagnosis';
import type { Exchanged } from './exchange';
import { headerText } from './exchange';
import { quote, readErrorBody, unlessSecret } from './quote';
import type { AvalaRequest } from './request';

/** n8n shows the heading of an error in red, and the rest below it. */
const LONGEST_HEADING = 120;

/** The error for a response that is not a 2xx. Its `httpCode` is the HTTP status. */
export function refusedError(
	connection: Connection,
	request: RequestInfo,
	{ status, headers, text }: Exchanged,
): NodeApiError {
	const body = readErrorBody(text, connection.secrets);
	const retryAfterMs = askedWaitMs(status, headers);
	const redirectHost = quote(hostIn(headers, request), connection.secrets) || undefined;
	const refusal = { status, body, isPage: isPage(text), retryAfterMs, redirectHost };
	const { heading, advice } = diagnosisOf(request, refusal);
	const who = request.isStorage || refusal.isPage ? request.host : 'Avala';
	const error = apiError(
		connection,
		`${heading(request, refusal)}.`,
		`${who} responded ${status}${body.text ? `: ${body.text}` : '.'} ${advice(request, refusal)} ${requestLine(request)}`,
		status,
	);
	if (refusal.isPage) error.context.isPage = true;
	if (body.fields.length > 0) error.context.refusedFields = body.fields;
	if (body.eventTypes.length > 0) error.context.refusedTypes = body.eventTypes;
	if (retryAfterMs !== undefined) error.context.retryAfterMs = retryAfterMs;
	return error;
}

/** A web page, or another document that is no JSON: Avala sends none. */
export function isPage(body: string): boolean {
	return /^\s*</.test(body);
}

function hostIn(headers: IDataObject, { host }: RequestInfo): string | undefined {
	const location = headerText(headers, 'location');
	const base = `https://${host}`;
	return location && URL.canParse(location, base) ? new URL(location, base).host : undefined;
}

/**
 * How long Avala asks to wait, in whole milliseconds: `Retry-After` in seconds or as a date (RFC 9110), or
 * after 429 alone, `X-RateLimit-Reset` (Unix time), which Avala sends with every response. Undefined
 * when it does not ask, or not in a way that can be understood.
 */
export function askedWaitMs(status: number, headers: IDataObject): number | undefined {
	const retryAfter = idOf(headers['retry-after'])?.trim() ?? '';
	const reset = status === 429 ? momentIn(headers['x-ratelimit-reset']) : undefined;
	const date = /[a-z]/i.test(retryAfter) ? momentIn(retryAfter) : undefined;
	const isSeconds = /^\d+(\.\d+)?$/.test(retryAfter);
	const waitMs = isSeconds ? Number(retryAfter) * 1000 : (date ?? reset ?? NaN) - Date.now();
	return Number.isFinite(waitMs) ? Math.max(0, Math.ceil(waitMs)) : undefined;
}

/** What an error tells about a request to the API. */
export function infoOf(
	{ baseUrl }: Connection,
	{ method, endpoint, url }: AvalaRequest,
): RequestInfo {
	return { method, path: endpoint.path, host: (url ?? new URL(baseUrl)).host, endpoint };
}

/** The error for a 2xx response that cannot be what Avala sends. `what` completes "…, but ". */
export function unusableError(
	connection: Connection,
	request: AvalaRequest,
	status: number,
	what: string,
): NodeApiError {
	const info = infoOf(connection, request);
	const { method, host, endpoint } = info;
	return apiError(
		connection,
		`The response of ${host} about ${endpoint.subject} is not what Avala sends.`,
		`It has status ${status}, but ${what}. Check that 'Base URL' in the Avala credential points to the API and that no proxy or login page stands in between.${method === 'GET' ? '' : ` ${mayBeDone(endpoint)}`} ${requestLine(info)}`,
		status,
	);
}

/** The error for a request without a response. `reason` says why in a few words of our own. */
export function noResponseError(
	connection: Connection,
	request: RequestInfo,
	reason: string,
): NodeApiError {
	const { method, host, endpoint } = request;
	const advice =
		method === 'GET'
			? `Check that n8n can reach this host (network, proxy, firewall)${request.isStorage ? '' : " and that 'Base URL' in the Avala credential is right"}.`
			: mayBeDone(endpoint);
	return apiError(
		connection,
		`No response from ${host} about ${endpoint.subject}: ${reason}.`,
		`${advice} ${requestLine(request)}`,
	);
}

function requestLine({ method, path, host }: RequestInfo): string {
	return `The request was ${method} ${path} to ${host}.`;
}

/**
 * An error of a request.
 *
 * @param heading what happened, and to what
 * @param description what to do now, and what was asked; `messageOf` gives both where n8n shows one text
 * @param status the HTTP status, if there was a response
 */
export function apiError(
	{ context, secrets }: Pick<Connection, 'context' | 'secrets'>,
	heading: string,
	description: string,
	status?: number,
): NodeApiError {
	const shown = errorTexts(heading, description, secrets);
	const { message } = shown;
	const httpCode = status === undefined ? undefined : String(status);
	const error = new NodeApiError(context.getNode(), { message }, { message, httpCode });
	// n8n puts a general text in the place of a message that holds the name of a system error.
	error.message = message;
	error.description = shown.description;
	return error;
}

/**
 * A heading of at most 120 characters, with the whole of it below where it is longer; without secrets, and
 * without what n8n would take for the user's stop.
 */
export function errorTexts(
	heading: string,
	description: string,
	secrets: readonly string[],
): { message: string; description: string } {
	const isLong = heading.length > LONGEST_HEADING;
	const below = isLong ? `${heading} ${description}`.trim() : description;
	const message = isLong ? `${heading.slice(0, LONGEST_HEADING - 1)}…` : heading;
	const shown = (text: string) => withoutStop(unlessSecret(text, secrets));
	return { message: shown(message), description: shown(below) };
}

/** n8n takes an execution with the word `canceled` in its error for one that the user has stopped. */
function withoutStop(text: string): string {
	return text.replace(/canceled/gi, 'cancelled');
}

/**
 * An error that says everything in its message and has no description, for where only one text is shown:
 * to an AI agent, in a list of the editor, and at activation, where n8n 2.41 shows the message alone and 2.8
 * the description if there is one.
 */
export function wholeError(node: INode, error: unknown): NodeApiError | NodeOperationError {
	const message = messageOf(error);
	const isOurs = error instanceof NodeApiError || error instanceof NodeOperationError;
	const shown = isOurs ? error : new NodeOperationError(node, message);
	shown.message = withoutStop(message);
	shown.description = undefined;
	return shown;
}
