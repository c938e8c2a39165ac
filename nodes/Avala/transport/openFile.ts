import type { NodeApiError } from 'n8n-workflow';

import { textOf } from '../shared/values';
import { isSafeUrl } from './baseUrl';
import type { Connection } from './connection';
import { refusedError } from './errors';
import type { OpenResponse } from './exchange';
import { open, readText, toOpenResponse, unfollowed, whyNoResponse, withinLimit } from './exchange';
import { linkRefused, refusedByStorage, storageSilent } from './fileErrors';
import type { Endpoint } from './paths';
import type { Outcome } from './request';
import { TRANSIENT_STATUSES, withRetries } from './request';
import { askedWaitMs } from './pauses';
import { avalasWords } from './words';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** How storages refuse a link that has expired: 403 and 400 in Avala's documents, the others elsewhere. */
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);

/** The response that may be the file, after all redirects. */
export interface OpenFile extends OpenResponse {
	url: URL;
	/** Why it is not the file, when it is not. */
	refusal?: NodeApiError;
	/** Whether a fresh link may lead to it. */
	mayHaveExpired: boolean;
}

/**
 * Opens the file behind a link of Avala's: on another origin without the API key, on the API's with it.
 * Redirects are followed here, so that the key stays behind when they leave the API.
 *
 * @throws NodeApiError when there is no response, or a link or redirect is not followed
 */
export async function openFile(
	connection: Connection,
	endpoint: Endpoint,
	link: string,
): Promise<OpenFile> {
	const api = new URL(connection.baseUrl).origin;
	let url = checked(connection, endpoint, link, api);
	// Once away from the API, the key stays away.
	let isApi = url.origin === api;
	for (let redirects = 0; ; redirects++) {
		const target = url;
		const withKey = isApi;
		const file = await withRetries(
			connection,
			`the download of ${endpoint.subject}`,
			async (limitMs) => await tryToOpen(connection, endpoint, { url: target, withKey }, limitMs),
		);
		if (!REDIRECTS.has(file.status)) return file;
		discard(file);
		if (redirects >= MAX_REDIRECTS) {
			throw linkRefused(
				connection,
				endpoint,
				url,
				`${url.host} responded with one redirect after another.`,
			);
		}
		url = checked(connection, endpoint, textOf(file.headers.location) ?? '', url.href, url);
		isApi &&= url.origin === api;
	}
}

/** @throws NodeApiError for what is not encrypted, or no address at all */
function checked(
	connection: Connection,
	endpoint: Endpoint,
	link: string,
	base: string,
	from?: URL,
): URL {
	const what = from ? `The redirect that ${from.host} responded with` : 'The link that Avala sent';
	const refused = (why: string) => linkRefused(connection, endpoint, from, `${what} ${why}.`);
	if (link === '' || !URL.canParse(link, base)) throw refused('is not a valid address');
	const url = new URL(link, base);
	const isLocal = new URL(connection.baseUrl).protocol === 'http:';
	if (url.protocol !== 'https:' && !(isLocal && isSafeUrl(url))) {
		throw refused(
			`is not https (plain http is followed only from an API on this computer to this computer): ${url.protocol}//${url.host}`,
		);
	}
	if (url.username || url.password) throw refused('contains a user name or a password');
	return url;
}

async function tryToOpen(
	connection: Connection,
	endpoint: Endpoint,
	{ url, withKey }: { url: URL; withKey: boolean },
	limitMs: number,
): Promise<Outcome<OpenFile>> {
	const { context, cancelled } = connection;
	const request = {
		method: 'GET',
		url: url.href,
		// Otherwise the announced length could not be compared.
		headers: { Accept: '*/*', 'Accept-Encoding': 'identity' },
	} as const;
	let response: OpenResponse;
	try {
		response = withKey
			? await open(connection, request, limitMs)
			: toOpenResponse(
					await context.helpers.httpRequest({
						...request,
						...unfollowed(limitMs),
						abortSignal: cancelled,
					}),
				);
	} catch (failure) {
		cancelled?.throwIfAborted();
		const { reason, isPassing } = whyNoResponse(failure);
		return { error: storageSilent(connection, endpoint, url, reason), mayRetry: isPassing };
	}
	const { status, headers } = response;
	const file = { ...response, url, mayHaveExpired: false };
	if (status === 200 || REDIRECTS.has(status)) return { response: file };

	const body = await wordsOf(response, limitMs);
	const askedMs = askedWaitMs(status, headers);
	// With the key, 401 is about the key.
	const isSigned = !withKey || (url.search !== '' && status !== 401);
	const mayHaveExpired = isSigned && EXPIRED.has(status);
	const asked = { method: 'GET', path: url.pathname, host: url.host, endpoint };
	const words = avalasWords(body, connection.secrets);
	const isRefusal = withKey && (status < 200 || status >= 300);
	const error = isRefusal
		? refusedError(connection, asked, { status, words, retryAfterMs: askedMs })
		: refusedByStorage(connection, endpoint, url, { status, body, mayHaveExpired });
	if (status === 429 || TRANSIENT_STATUSES.has(status)) return { error, mayRetry: true, askedMs };
	return { response: { ...file, refusal: error, mayHaveExpired } };
}

/** What a refusal says; without its words the status tells enough. */
async function wordsOf({ status, body }: OpenResponse, limitMs: number): Promise<string> {
	if (typeof body === 'string') return body;
	const reading = withinLimit(limitMs, async (limit, destroyLater) => {
		destroyLater(body);
		return await readText(body, status, limit);
	});
	return await reading.catch(() => '');
}

/** Closes the connection of a response that is not wanted. */
export function discard({ body }: OpenResponse): void {
	if (typeof body !== 'string') body.destroy();
}
