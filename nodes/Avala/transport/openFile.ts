import type { NodeApiError } from 'n8n-workflow';

import type { Connection } from './connection';
import { sentUrl, withSecret } from './connection';
import { isSafeUrl } from './credential';
import { apiError, refusedError } from './errors';
import type { Exchanged } from './exchange';
import { exchange, headerText } from './exchange';
import type { Endpoint } from './paths';
import { quote } from './quote';
import { FILE_LIMITS, withRetries } from './retries';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** How storages refuse a link that has expired: 403 and 400 in Avala's documents, the others elsewhere. */
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);
/** Longer than the signed links of any storage. */
const LONGEST_LINK = 8_192;
/** Values of a query that are shorter say what is asked for, and open nothing. */
const LEAST_SIGNATURE = 8;

/** The response that may be the file, after all redirects. */
export interface OpenFile extends Exchanged {
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
	let url = checked(connection, endpoint, link);
	// Once away from the API, the key stays away.
	let withKey = url.origin === api;
	for (let redirects = 0; ; redirects++) {
		const file = await openOne(connection, endpoint, url, withKey);
		if (!REDIRECTS.has(file.status)) return file;
		file.body?.destroy();
		if (redirects >= MAX_REDIRECTS) {
			throw notDownloaded(
				connection,
				endpoint,
				`${quote(url.host, connection.secrets)} gave one redirect after another`,
			);
		}
		url = checked(connection, endpoint, headerText(file.headers, 'location'), url);
		withKey &&= url.origin === api;
	}
}

/** @throws NodeApiError for what is not encrypted, or no address at all */
function checked(
	connection: Connection,
	endpoint: Endpoint,
	link: string | undefined,
	from?: URL,
): URL {
	const base = from?.href ?? new URL(connection.baseUrl).origin;
	const refused = (why: string) =>
		notDownloaded(
			connection,
			endpoint,
			`${from ? `the redirect of ${quote(from.host, connection.secrets)}` : 'its link'} ${why}`,
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

async function openOne(
	known: Connection,
	endpoint: Endpoint,
	url: URL,
	withKey: boolean,
): Promise<OpenFile> {
	const connection = withSecret(known, ...signatureIn(url.href));
	const request = {
		method: 'GET',
		url: url.href,
		// Otherwise the announced length could not be compared.
		headers: { Accept: '*/*', 'Accept-Encoding': 'identity' },
	} as const;
	// The path of a link may open the file as well.
	const host = quote(url.host, connection.secrets);
	const info = { method: 'GET', path: 'the file', host, endpoint, isStorage: !withKey };
	const leavesOpen = (status: number) => status === 200 || REDIRECTS.has(status);
	const response = await withRetries(
		connection,
		info,
		async (limitMs) => await exchange(connection, request, limitMs, withKey, leavesOpen),
		FILE_LIMITS,
	);
	const { status } = response;
	if (leavesOpen(status)) return { ...response, url, mayHaveExpired: false };
	const refusal = refusedError(connection, info, response);
	// With the key, 401 is about the key.
	const isSigned = !withKey || (url.search !== '' && status !== 401);
	return { ...response, url, refusal, mayHaveExpired: isSigned && EXPIRED.has(status) };
}

/** What opens a file behind a signed link. */
function signatureIn(link: string): string[] {
	const [, query = ''] = link.slice(0, LONGEST_LINK).split('?', 2);
	const values = [...new URLSearchParams(query).values()];
	return values.filter(({ length }) => length >= LEAST_SIGNATURE);
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
