import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';

import type { AvalaContext } from './types';
import { isObject, textOf } from './types';

/** More than a hundred deliveries with their payloads need; an answer beyond it is cut off, not held in memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface Answer {
	status: number;
	/** Names in lower case. */
	headers: IDataObject;
	text: string;
}

/** The body that n8n gives for `encoding: 'stream'`. */
type Body = AsyncIterable<Uint8Array | string> & { destroy(): void };

/** A failure that is ours to report as it is: the text holds nothing that came over the wire. */
class CutOff extends Error {
	constructor(
		message: string,
		readonly isPassing: boolean,
	) {
		super(message);
	}
}

/**
 * Sends one request with the credential `avalaApi` and reads its answer, whatever the status.
 * It ends within the time limit even if the answer trickles in, and within 64 MiB.
 *
 * @param credential as n8n has decrypted it: left to itself n8n would fetch and decrypt it for each page of a list
 * @throws what n8n's request helper throws when there is no answer; `whyNoAnswer` reads it
 */
export async function send(
	context: AvalaContext,
	credential: ICredentialDataDecryptedObject,
	request: Pick<IHttpRequestOptions, 'method' | 'url' | 'body'>,
	timeoutMs: number,
): Promise<Answer> {
	// n8n's own `timeout` only limits silence, and in an execution n8n puts its cancel signal in the place of ours.
	const limit = AbortSignal.timeout(timeoutMs);
	let body: Body | undefined;
	let expire = () => {};
	const expired = new Promise<never>((_, reject) => {
		expire = () => {
			body?.destroy();
			reject(new CutOff(`no complete answer within ${Math.round(timeoutMs / 1000)} s`, true));
		};
	});
	const receive = async (): Promise<Answer> => {
		const response = await ask(context, credential, request, timeoutMs);
		body = isBody(response.body) ? response.body : undefined;
		return {
			status: response.statusCode,
			headers: isObject(response.headers) ? response.headers : {},
			text: body ? await readText(body, limit) : (textOf(response.body) ?? ''),
		};
	};
	limit.addEventListener('abort', expire);
	try {
		return await Promise.race([receive(), expired]);
	} finally {
		// A limit that is listened to would keep the answer in memory until it has passed.
		limit.removeEventListener('abort', expire);
	}
}

async function ask(
	context: AvalaContext,
	credential: ICredentialDataDecryptedObject,
	request: Pick<IHttpRequestOptions, 'method' | 'url' | 'body'>,
	timeoutMs: number,
): Promise<{ statusCode: number; headers?: unknown; body?: unknown }> {
	const response: unknown = await context.helpers.httpRequestWithAuthentication.call(
		context,
		'avalaApi',
		{
			...request,
			headers: { Accept: 'application/json' },
			json: true,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			// A redirect would replay the API key to another host.
			disableFollowRedirect: true,
			timeout: timeoutMs,
		},
		{ credentialsDecrypted: { id: '', name: '', type: 'avalaApi', data: credential } },
	);
	if (isObject(response) && typeof response.statusCode === 'number') {
		const { statusCode, headers, body } = response;
		return { statusCode, headers, body };
	}
	throw new CutOff('n8n gave an answer without a status', false);
}

async function readText(body: Body, limit: AbortSignal): Promise<string> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	// Leaving the loop early destroys the stream.
	for await (const chunk of body) {
		const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
		size += bytes.length;
		if (size > MAX_ANSWER_BYTES) throw new CutOff('the answer is larger than 64 MiB', false);
		if (limit.aborted) throw new CutOff('the answer came too late', true);
		chunks.push(bytes);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function isBody(value: unknown): value is Body {
	return (
		typeof value === 'object' &&
		value !== null &&
		Symbol.asyncIterator in value &&
		'destroy' in value &&
		typeof value.destroy === 'function'
	);
}

/** In words alone: a message that holds such a code is replaced by n8n with a general one. */
const KNOWN_REASONS: Record<string, { reason: string; isPassing?: boolean }> = {
	ECONNREFUSED: { reason: 'the connection was refused' },
	ENOTFOUND: { reason: 'the host name is unknown' },
	EAI_AGAIN: { reason: 'the host name could not be looked up' },
	ECONNRESET: { reason: 'the connection was cut', isPassing: true },
	EPIPE: { reason: 'the connection was cut', isPassing: true },
	ERR_STREAM_PREMATURE_CLOSE: { reason: 'the connection was cut amid the answer', isPassing: true },
	ECONNABORTED: { reason: 'the time limit was exceeded', isPassing: true },
	ETIMEDOUT: { reason: 'the time limit was exceeded', isPassing: true },
};

/** Why `send` failed, in words, and whether it may pass by itself: a cut connection or a time limit. */
export function whyNoAnswer(error: unknown): { reason: string; isPassing: boolean } {
	if (error instanceof CutOff) return { reason: error.message, isPassing: error.isPassing };
	const code = errorCode(error);
	const known = code === undefined ? undefined : KNOWN_REASONS[code];
	if (known) return { reason: known.reason, isPassing: known.isPassing ?? false };
	const message = error instanceof Error ? error.message : 'unknown reason';
	return {
		reason: code ? `${message} (${code})` : message,
		isPassing: /aborted|hang up/.test(message),
	};
}

/** n8n wraps the failure of the connection; its code is somewhere down the chain of causes. */
function errorCode(error: unknown): string | undefined {
	for (
		let cause = error, depth = 0;
		cause instanceof Error && depth < 5;
		cause = cause.cause, depth++
	) {
		const code = 'code' in cause ? textOf(cause.code) : undefined;
		if (code) return code;
	}
	return undefined;
}
