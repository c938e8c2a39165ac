import type { NodeApiError } from 'n8n-workflow';

import type { Connection } from './connection';
import { sentUrl, withSecret } from './connection';
import { isSafeUrl } from './credential';
import type { RequestInfo } from './diagnosis';
import { apiError, noResponseError, refusedError } from './errors';
import type { OpenResponse } from './exchange';
import { headerText, open, readText, toOpenResponse, unfollowed, withinLimit } from './exchange';
import type { Endpoint } from './paths';
import { readErrorBody } from './errorBody';
import { quote } from './quote';
import type { Outcome } from './retries';
import { askedWaitMs, FILE_LIMITS, mayPass, whyNoResponse, withRetries } from './retries';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** How storages refuse a link that has expired: 403 and 400 in Avala's documents, the others elsewhere. */
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);
/** Longer than the signed links of any storage. */
const LONGEST_LINK = 8_192;
/** Values of a query that are shorter say what is asked for, and open nothing. */
const LEAST_SIGNATURE = 8;

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
	known: Connection,
	endpoint: Endpoint,
	link: string,
): Promise<OpenFile> {
	const connection = withSecret(known, ...signatureIn(link));
	const api = new URL(connection.baseUrl).origin;
	let url = checked(connection, endpoint, link, api);
	// Once away from the API, the key stays away.
	let isApi = url.origin === api;
	for (let redirects = 0; ; redirects++) {
		const target = { url, withKey: isApi };
		const file = await withRetries(
			connection,
			`the download of ${endpoint.subject}`,
			async (limitMs) => await tryToOpen(connection, endpoint, target, limitMs),
			FILE_LIMITS,
		);
		if (!REDIRECTS.has(file.status)) return file;
		discard(file);
		if (redirects >= MAX_REDIRECTS) {
			throw notDownloaded(
				connection,
				endpoint,
				`${hostOf(connection, url)} gave one redirect after another`,
			);
		}
		url = checked(connection, endpoint, headerText(file.headers, 'location'), url.href, url);
		isApi &&= url.origin === api;
	}
}

/** @throws NodeApiError for what is not encrypted, or no address at all */
function checked(
	connection: Connection,
	endpoint: Endpoint,
	link: string | undefined,
	base: string,
	from?: URL,
): URL {
	const refused = (why: string) =>
		notDownloaded(
			connection,
			endpoint,
			`${from ? `the redirect of ${hostOf(connection, from)}` : 'its link'} ${why}`,
		);
	if (!link || link.length > LONGEST_LINK || !URL.canParse(link, base)) {
		throw refused('is not a valid address');
	}
	const url = sentUrl(connection, link, base);
	const isLocal = new URL(connection.baseUrl).protocol === 'http:';
	if (url.protocol !== 'https:' && !(isLocal && isSafeUrl(url))) {
		throw refused(`is not https but ${quote(`${url.protocol}//${url.host}`, connection.secrets)}`);
	}
	if (url.username || url.password) throw refused('contains a user name or a password');
	return url;
}

async function tryToOpen(
	known: Connection,
	endpoint: Endpoint,
	{ url, withKey }: { url: URL; withKey: boolean },
	limitMs: number,
): Promise<Outcome<OpenFile>> {
	const connection = withSecret(known, ...signatureIn(url.href));
	const { context, cancelled } = connection;
	const request = {
		method: 'GET',
		url: url.href,
		// Otherwise the announced length could not be compared.
		headers: { Accept: '*/*', 'Accept-Encoding': 'identity' },
	} as const;
	// The path of a link may open the file as well.
	const host = hostOf(connection, url);
	const info: RequestInfo = {
		method: 'GET',
		path: 'the file',
		host,
		endpoint,
		isStorage: !withKey,
	};
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
		return { error: noResponseError(connection, info, reason), mayRetry: isPassing };
	}
	const { status, headers } = response;
	const file = { ...response, url, mayHaveExpired: false };
	if (status === 200 || REDIRECTS.has(status)) return { response: file };

	const body = readErrorBody(withKey ? await wordsOf(response, limitMs) : '', connection.secrets);
	if (!withKey) discard(response);
	const askedMs = askedWaitMs(status, headers);
	const error = refusedError(connection, info, { status, body, retryAfterMs: askedMs });
	if (mayPass(status, true)) return { error, mayRetry: true, askedMs };
	// With the key, 401 is about the key.
	const isSigned = !withKey || (url.search !== '' && status !== 401);
	return { response: { ...file, refusal: error, mayHaveExpired: isSigned && EXPIRED.has(status) } };
}

/** The host of an address that Avala or a storage sent, for an error. */
export function hostOf({ secrets }: Connection, { host }: URL): string {
	return quote(host, secrets);
}

/** What opens a file behind a signed link. */
function signatureIn(link: string): string[] {
	const [, query = ''] = link.slice(0, LONGEST_LINK).split('?', 2);
	const values = [...new URLSearchParams(query).values()];
	return values.filter(({ length }) => length >= LEAST_SIGNATURE);
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

/** @param why why a link or what it led to was not taken, as the end of a sentence */
export function notDownloaded(
	connection: Connection,
	{ subject }: Endpoint,
	why: string,
): NodeApiError {
	return apiError(
		connection,
		`The file of ${subject} was not downloaded: ${why}.`,
		'A proxy or a login page may stand in between. Look at the export in Avala, or create a new one.',
	);
}
