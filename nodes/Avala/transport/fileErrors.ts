import type { NodeApiError } from 'n8n-workflow';

import type { Connection } from './connection';
import { apiError } from './errors';
import type { Endpoint } from './paths';
import { tidy } from './words';

const MEGABYTE = 1024 * 1024;

/** Errors of a download. The query of a signed link opens the file, so none of them shows it. */

/** A response of the storage that is no file. */
export function refusedByStorage(
	connection: Connection,
	{ subject }: Endpoint,
	url: URL,
	{ status, body, mayHaveExpired }: { status: number; body: string; mayHaveExpired: boolean },
): NodeApiError {
	const words = storageWords(body, connection.secrets);
	return fileError(
		connection,
		url,
		`The file of ${subject} could not be downloaded. ${url.host} responded ${status}${words ? `: ${words}` : '.'} ${adviceFor(connection, url, status, mayHaveExpired)}`,
		status,
	);
}

function adviceFor(
	{ baseUrl }: Connection,
	{ host }: URL,
	status: number,
	mayHaveExpired: boolean,
): string {
	if (status === 404 || status === 410)
		return 'The file may have been removed: create a new export.';
	if (status === 429 || status >= 500) return 'Try again in a few minutes.';
	if (status === 401) {
		return `The API key was not sent there, as it goes to ${new URL(baseUrl).host} alone. If ${host} is Avala’s API, enter its address as 'Base URL' in the Avala credential; otherwise create a new export.`;
	}
	if (!mayHaveExpired) return 'Try again; if it persists, create a new export.';
	return 'Links to exports are short-lived. Avala was asked for a fresh one; try again, and if it persists, create a new export.';
}

/** No response at all. */
export function storageSilent(
	connection: Connection,
	{ subject }: Endpoint,
	url: URL,
	reason: string,
): NodeApiError {
	return fileError(
		connection,
		url,
		`The file of ${subject} could not be downloaded. No response from ${url.host}: ${withoutSecrets(reason, connection.secrets)}. Check that n8n can reach this host (network, proxy, firewall), then try again.`,
	);
}

/** A transfer that ended early. */
export function cutOff(
	connection: Connection,
	{ subject }: Endpoint,
	url: URL,
	received: { reason: string; bytes: number; expected: number | undefined },
): NodeApiError {
	const { bytes, expected, reason } = received;
	const amount =
		expected === undefined ? megabytes(bytes) : `${megabytes(bytes)} of ${megabytes(expected)}`;
	return fileError(
		connection,
		url,
		`The file of ${subject} was not received completely: ${withoutSecrets(reason, connection.secrets)} (${amount}). None of it was passed on. Try again; with 'Retry On Fail' in the settings of the node n8n does so by itself.`,
	);
}

/** A link or a redirect that is not followed. `what` is a sentence. */
export function linkRefused(
	connection: Connection,
	{ subject }: Endpoint,
	url: URL | undefined,
	what: string,
): NodeApiError {
	return fileError(connection, url, `The file of ${subject} was not downloaded. ${what}`);
}

/** "1.5 MB" */
export function megabytes(bytes: number): string {
	if (bytes < MEGABYTE / 10) return `${bytes} bytes`;
	return `${Math.round((bytes / MEGABYTE) * 10) / 10} MB`;
}

function fileError(
	connection: Connection,
	url: URL | undefined,
	message: string,
	status?: number,
): NodeApiError {
	const request = url ? `The request was GET ${url.pathname} to ${url.host}.` : '';
	return apiError(connection, message, withoutSecrets(request, connection.secrets), status);
}

/** Of the storage's XML its code and message; the rest of such a document may repeat the signature. */
function storageWords(body: string, secrets: readonly string[]): string {
	const code = /<Code>([^<]{1,80})<\/Code>/i.exec(body)?.[1];
	const message = /<Message>([^<]{1,400})<\/Message>/i.exec(body)?.[1];
	const text = [code, message].filter((part) => part !== undefined).join(': ');
	if (text === '') return '';
	return withoutSecrets(/[.!?]$/.test(text) ? text : `${text}.`, secrets);
}

/** Whatever stands behind a question mark in an address goes. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
	return tidy(text, secrets).replace(/(\/[^\s?"'<>]*)\?[^\s"'<>]*/g, '$1?…');
}
