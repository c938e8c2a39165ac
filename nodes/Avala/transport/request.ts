import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { idOf, isObject, parseJson } from '../shared/values';
import type { Connection } from './connection';
import { infoOf, isPage, refusedError, unusableError } from './errors';
import { exchange } from './exchange';
import type { Endpoint } from './paths';
import { isId } from './paths';
import { repeatsSecret } from './quote';
import { mayPass, withRetries } from './retries';

export interface AvalaRequest {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	endpoint: Endpoint;
	/** Where the endpoint's path alone does not lead: with a query, or to a next page. */
	url?: URL;
	body?: IDataObject;
}

/**
 * One request to Avala: no redirect followed; a read is tried again after 429, any 5xx and a lost
 * connection, a write after 429 alone, since it may have been done.
 *
 * @returns the parsed JSON of the body, undefined when there is none in it, as with 204
 * @throws NodeApiError that says what happened and what to do, with the HTTP status if there was a response
 */
export async function avalaRequest(
	connection: Connection,
	request: AvalaRequest,
): Promise<{ status: number; value: unknown }> {
	const { method, endpoint, body, url = new URL(connection.baseUrl + endpoint.path) } = request;
	const info = infoOf(connection, request);
	const sent = { method, url: url.href, body, json: true };
	const response = await withRetries(
		connection,
		info,
		async (limitMs) => await exchange(connection, sent, limitMs),
	);
	const { status, text } = response;
	if (status < 200 || status >= 300) throw refusedError(connection, info, response);
	if (isPage(text)) throw unusableError(connection, request, status, 'it is a web page');
	return { status, value: parseJson(text) };
}

/** `avalaRequest` for a response that must be one object. It comes without secrets. */
export async function avalaObject(
	connection: Connection,
	request: AvalaRequest,
): Promise<IDataObject> {
	const { status, value } = await avalaRequest(connection, request);
	if (!isObject(value)) {
		throw unusableError(connection, request, status, 'it is not a JSON object');
	}
	dropSecrets(value, MAX_LEVELS);
	return value;
}

/**
 * One thing of Avala's, such as a webhook or a task, by its `uid`. It is read again after a change that
 * Avala confirms without it (204).
 *
 * @throws NodeApiError when what came is no object with an ID
 */
export async function avalaEntry(
	connection: Connection,
	request: AvalaRequest,
	{ keepsSecret = false } = {},
): Promise<IDataObject> {
	const { status, value } = await avalaRequest(connection, request);
	if (value === undefined && request.method === 'PATCH') {
		return await avalaEntry(connection, { method: 'GET', endpoint: request.endpoint });
	}
	const entry = isObject(value) ? toEntry(value, { keepsSecret }) : undefined;
	const uid = idOf(entry?.uid);
	// Errors and the log show the ID, and what was created is asked for by it.
	const isUsable = request.method === 'GET' || (uid !== undefined && isId(uid));
	if (entry && uid !== undefined && isUsable && !repeatsSecret(uid, connection.secrets)) {
		return entry;
	}
	const what = `it is not one ${request.endpoint.collection.noun} with a 'uid'`;
	throw unusableError(connection, request, status, what);
}

/** What opens something: it never gets into an item. */
const SECRET_FIELD = /(?:^|_)secret$|^(?:accept_url|copy_link|device_token)$/;
/** What belongs to the user: what Avala sent or would send, and what the user wrote about an item. */
const PAYLOADS: readonly string[] = ['payload', 'event_payload', 'response_payload', 'metadata'];
/** Things in things, such as the webhook of a delivery. */
const MAX_LEVELS = 3;

/** A thing as Avala sent it, without secrets; the older wire format has been seen to say `id` for `uid`. */
export function toEntry(sent: IDataObject, { keepsSecret = false } = {}): IDataObject {
	if (!keepsSecret) dropSecrets(sent, MAX_LEVELS);
	const { uid, id } = sent;
	return idOf(uid) === undefined && idOf(id) !== undefined ? { ...sent, uid: id } : sent;
}

function dropSecrets(thing: IDataObject, levels: number): void {
	for (const name of Object.keys(thing)) {
		if (SECRET_FIELD.test(name)) delete thing[name];
		else if (levels > 0 && !PAYLOADS.includes(name)) {
			for (const inner of [thing[name]].flat()) if (isObject(inner)) dropSecrets(inner, levels - 1);
		}
	}
}

/** What a request gives; undefined when Avala refuses it with one of these statuses. */
export async function undefinedOnStatus<T>(
	statuses: readonly number[],
	response: Promise<T>,
): Promise<T | undefined> {
	return await response.catch((error: unknown) => {
		if (hasStatus(error, statuses)) return undefined;
		throw error;
	});
}

/** Whether an error is Avala's refusal with one of these statuses; a web page is not Avala's. */
export function hasStatus(error: unknown, statuses: readonly number[]): boolean {
	if (!(error instanceof NodeApiError) || error.context.isPage === true) return false;
	return statuses.includes(Number(error.httpCode));
}

/**
 * Whether a read that failed may succeed later by itself: no response, a rate limit, or trouble at Avala.
 *
 * @param statuses others that may pass here
 */
export function isPassing(error: unknown, statuses: readonly number[] = []): error is NodeApiError {
	if (!(error instanceof NodeApiError)) return false;
	const { httpCode } = error;
	return httpCode === null || mayPass(Number(httpCode), true) || hasStatus(error, statuses);
}
