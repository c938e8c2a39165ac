import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { idOf, isObject, textOf } from '../shared/values';
import type { Connection } from './connection';
import { TransferError } from './retries';

/** More than a hundred deliveries with their payloads need; a longer response is cut off. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
/** Of a refusal only the beginning is read. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** One response, whatever its status. */
export interface Exchanged {
	status: number;
	/** Names in lower case. */
	headers: IDataObject;
	text: string;
}

/** A response whose body is still to be read. */
export interface OpenResponse {
	status: number;
	headers: IDataObject;
	body: ResponseBody | string;
}

/** The body that n8n gives for `encoding: 'stream'`. */
export type ResponseBody = AsyncIterable<Uint8Array | string> & {
	destroy(error?: Error): void;
};

/**
 * Sends one request with the API key and reads its response, whatever the status. It ends within the
 * time limit even if the response trickles in, and within 64 MiB.
 *
 * @throws TransferError, or what n8n's request helper throws when there is no response; see `whyNoResponse`
 */
export async function exchange(
	connection: Connection,
	request: Pick<IHttpRequestOptions, 'method' | 'url' | 'body'>,
	limitMs: number,
): Promise<Exchanged> {
	return await withinLimit(limitMs, async (limit, destroyLater) => {
		const { status, headers, body } = await open(connection, { ...request, json: true }, limitMs);
		if (typeof body === 'string') return { status, headers, text: body };
		destroyLater(body);
		return { status, headers, text: await readText(body, status, limit) };
	});
}

/**
 * Sends one request with the API key, without following a redirect, and gives its response unread.
 *
 * @param limitMs how long n8n waits for the response to begin
 */
export async function open(
	{ context, credential }: Connection,
	request: Pick<IHttpRequestOptions, 'method' | 'url' | 'body' | 'json' | 'headers'>,
	limitMs: number,
): Promise<OpenResponse> {
	return toOpenResponse(
		await context.helpers.httpRequestWithAuthentication.call(
			context,
			'avalaApi',
			{ ...unfollowed(limitMs), ...request },
			// Left to itself n8n would fetch and decrypt the credential again for each request.
			{ credentialsDecrypted: { id: '', name: '', type: 'avalaApi', data: credential } },
		),
	);
}

/** The options for a response that is given whatever its status, unread, and with no redirect followed. */
export function unfollowed(limitMs: number) {
	return {
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: limitMs,
	} as const;
}

/** @throws TransferError for what cannot be a response of n8n's request helper */
export function toOpenResponse(response: unknown): OpenResponse {
	if (isObject(response) && typeof response.statusCode === 'number') {
		const { statusCode: status, headers, body } = response;
		return {
			status,
			headers: isObject(headers) ? headers : {},
			body: isBody(body) ? body : (textOf(body) ?? ''),
		};
	}
	throw new TransferError('n8n gave a response without a status', false);
}

/** n8n's own `timeout` only limits silence, and in an execution n8n puts its cancel signal in the place of ours. */
export async function withinLimit<T>(
	limitMs: number,
	work: (limit: AbortSignal, destroyLater: (body: ResponseBody) => void) => Promise<T>,
): Promise<T> {
	const limit = AbortSignal.timeout(Math.max(1, Math.ceil(limitMs)));
	let opened: ResponseBody | undefined;
	let expire = () => {};
	const expired = new Promise<never>((_, reject) => {
		expire = () => {
			opened?.destroy();
			reject(
				new TransferError(`no complete response within ${Math.round(limitMs / 1000)} s`, true),
			);
		};
	});
	limit.addEventListener('abort', expire);
	try {
		return await Promise.race([work(limit, (body) => (opened = body)), expired]);
	} finally {
		// A limit that is listened to would keep the response in memory until it has passed.
		limit.removeEventListener('abort', expire);
	}
}

/** The whole body as text; of a refusal its beginning. */
export async function readText(body: ResponseBody, status: number, limit: AbortSignal) {
	const isRefusal = status < 200 || status >= 300;
	const chunks: Uint8Array[] = [];
	let size = 0;
	// Leaving the loop early destroys the stream.
	for await (const chunk of body) {
		const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
		size += bytes.length;
		if (isRefusal && size > MAX_REFUSAL_BYTES) {
			chunks.push(bytes.subarray(0, bytes.length - (size - MAX_REFUSAL_BYTES)));
			break;
		}
		if (size > MAX_RESPONSE_BYTES)
			throw new TransferError('the response is larger than 64 MiB', false);
		if (limit.aborted) throw new TransferError('the response came too late', true);
		chunks.push(bytes);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** The text of a header; Node reads its bytes as Latin-1, and many servers send UTF-8. */
export function headerText(headers: IDataObject, name: string): string | undefined {
	const text = idOf(headers[name]);
	if (text === undefined || /[^\0-\xff]/.test(text)) return text;
	const decoded = Buffer.from(text, 'latin1').toString('utf8');
	return decoded.includes('\ufffd') ? text : decoded;
}

function isBody(value: unknown): value is ResponseBody {
	return (
		typeof value === 'object' &&
		value !== null &&
		Symbol.asyncIterator in value &&
		'destroy' in value &&
		typeof value.destroy === 'function'
	);
}
