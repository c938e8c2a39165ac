import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { idOf, isObject, textOf } from '../shared/values';
import type { Connection } from './connection';

/** More than a hundred deliveries with their payloads need; a longer response is cut off. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
/** Of a refusal only the beginning is read. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** One response, whatever its status. */
export interface Exchanged {
	status: number;
	/** Names in lower case. */
	headers: IDataObject;
	/** Empty where the body was left unread. */
	text: string;
	/** Left unread: whoever gets it has to destroy it. */
	body?: ResponseBody;
}

/** The body that n8n gives for `encoding: 'stream'`. */
export type ResponseBody = AsyncIterable<Uint8Array | string> & {
	destroy(error?: Error): void;
};

/**
 * Sends one request, without following a redirect, and reads its response, whatever the status. It ends
 * within the time limit even if the response trickles in, and within 64 MiB: n8n's own `timeout` only limits
 * silence, and in an execution n8n puts its cancel signal in the place of ours.
 *
 * @param withKey whether the API key is sent along; without it the words of a refusal are not read
 * @param leavesOpen the statuses whose body is left unread, as that of a file
 * @throws TransferError, or what n8n's request helper throws when there is no response; see `whyNoResponse`
 */
export async function exchange(
	connection: Connection,
	request: Pick<IHttpRequestOptions, 'method' | 'url' | 'body' | 'json' | 'headers'>,
	limitMs: number,
	withKey = true,
	leavesOpen: (status: number) => boolean = () => false,
): Promise<Exchanged> {
	const limit = AbortSignal.timeout(Math.max(1, Math.ceil(limitMs)));
	let opened: ResponseBody | undefined;
	const work = async (): Promise<Exchanged> => {
		const { status, headers, body } = await send(connection, request, limitMs, withKey);
		if (typeof body === 'string') return { status, headers, text: body };
		if (leavesOpen(status) && !limit.aborted) return { status, headers, text: '', body };
		opened = body;
		if (limit.aborted || !withKey) body.destroy();
		return { status, headers, text: withKey ? await readText(body, status) : '' };
	};
	return await unlessAborted(limit, work(), () => {
		opened?.destroy();
		return new TransferError(`no complete response within ${Math.round(limitMs / 1000)} s`, true);
	});
}

/** @throws TransferError for what cannot be a response of n8n's request helper */
async function send(
	{ context, credential, cancelled }: Connection,
	request: IHttpRequestOptions,
	limitMs: number,
	withKey: boolean,
): Promise<{ status: number; headers: IDataObject; body: ResponseBody | string }> {
	const options: IHttpRequestOptions = {
		...request,
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout: limitMs,
		abortSignal: cancelled,
	};
	const { helpers } = context;
	const response: unknown = withKey
		? await helpers.httpRequestWithAuthentication.call(context, 'avalaApi', options, {
				// Left to itself n8n would fetch and decrypt the credential again for each request.
				credentialsDecrypted: { id: '', name: '', type: 'avalaApi', data: credential },
			})
		: await helpers.httpRequest(options);
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

/**
 * What a piece of work gives, unless the signal is aborted before. Nothing stays on the signal, which would keep
 * the work in memory.
 *
 * @param reason what is thrown then
 */
export async function unlessAborted<T>(
	signal: AbortSignal,
	work: Promise<T>,
	reason = (): unknown => signal.reason,
): Promise<T> {
	let stop = () => {};
	const stopped = new Promise<never>((_, reject) => {
		stop = () => reject(reason());
	});
	signal.addEventListener('abort', stop);
	if (signal.aborted) stop();
	try {
		return await Promise.race([work, stopped]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}

/** The whole body as text; of a refusal its beginning, however much of that comes. */
async function readText(body: ResponseBody, status: number): Promise<string> {
	const isRefusal = status < 200 || status >= 300;
	const chunks: Uint8Array[] = [];
	let size = 0;
	const read = async () => {
		// Leaving the loop early destroys the stream.
		for await (const chunk of body) {
			const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
			chunks.push(bytes);
			size += bytes.length;
			if (isRefusal && size > MAX_REFUSAL_BYTES) break;
			if (size > MAX_RESPONSE_BYTES) {
				throw new TransferError('the response is larger than 64 MiB', false);
			}
		}
	};
	await (isRefusal ? read().catch(() => {}) : read());
	const all = Buffer.concat(chunks);
	return (isRefusal ? all.subarray(0, MAX_REFUSAL_BYTES) : all).toString('utf8');
}

function isBody(value: unknown): value is ResponseBody {
	return isObject(value) && Symbol.asyncIterator in value && typeof value.destroy === 'function';
}

/** The text of a header; Node reads its bytes as Latin-1, and many servers send UTF-8. */
export function headerText(headers: IDataObject, name: string): string | undefined {
	const text = idOf(headers[name]);
	if (text === undefined || /[^\0-\xff]/.test(text)) return text;
	const decoded = Buffer.from(text, 'latin1').toString('utf8');
	return decoded.includes('\ufffd') ? text : decoded;
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

/** Why a request got no response, and whether that may pass by itself. */
export function whyNoResponse(error: unknown): { reason: string; isPassing: boolean } {
	if (error instanceof TransferError) return { reason: error.message, isPassing: error.isPassing };
	const code = errorCode(error);
	const other = `the connection failed${code === undefined ? '' : ` (${code})`}`;
	return { reason: KNOWN_REASONS[code ?? ''] ?? other, isPassing: true };
}

/** n8n wraps the failure of the connection; its code is somewhere down the chain of causes. */
function errorCode(error: unknown, levels = 5): string | undefined {
	if (!(error instanceof Error) || levels === 0) return undefined;
	const code = 'code' in error ? textOf(error.code) : undefined;
	const isCode = code !== undefined && /^[A-Z][A-Z0-9_]{2,60}$/.test(code);
	return isCode ? code : errorCode(error.cause, levels - 1);
}
