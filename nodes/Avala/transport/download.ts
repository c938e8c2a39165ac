import type { IBinaryData } from 'n8n-workflow';

import type { Connection } from './connection';
import { log } from './connection';
import { apiError, isPage } from './errors';
import { headerText, whyNoResponse } from './exchange';
import { nameAndType, UNKNOWN_TYPE } from './fileName';
import type { OpenFile } from './openFile';
import { notDownloaded, openFile } from './openFile';
import type { Endpoint } from './paths';
import { quote } from './quote';
import type { Readable, Watch } from './transfer';
import { Transfer } from './transfer';

const PROGRESS_EVERY_MS = 5_000;
const MEGABYTE = 1024 * 1024;

/** A file to be downloaded. */
interface DownloadOptions {
	/** What it is the file of. */
	endpoint: Endpoint;
	/** Where Avala says it is: on another origin, on the API's, or relative to the API's. */
	link: string;
	/** Asks Avala for the link again, in case it has expired. */
	freshLink: () => Promise<string>;
	/** A name that the user wants. */
	fileName?: string;
	/** A name without an extension, where nothing else gives one. */
	fallbackName: string;
	/** n8n's `prepareBinaryData`. */
	store: (stream: Readable, name: string, mimeType?: string) => Promise<IBinaryData>;
}

/**
 * Hands a file on to n8n as binary data, chunk by chunk. The API key goes to the API's origin alone; a
 * link that has expired is asked for anew once; a file that is not whole is an error.
 *
 * @throws NodeApiError without the link, which may open the file
 */
export async function download(
	connection: Connection,
	options: DownloadOptions,
): Promise<IBinaryData> {
	const { endpoint, link, freshLink } = options;
	let file = await openFile(connection, endpoint, link);
	if (file.refusal && file.mayHaveExpired) {
		log(
			connection,
			'debug',
			`Avala: the link to the file of ${endpoint.subject} is asked for anew.`,
		);
		file = await openFile(connection, endpoint, await freshLink());
	}
	if (file.refusal) throw file.refusal;
	return await storeFile(connection, options, file);
}

/** @throws NodeApiError when the file did not arrive whole, else what n8n's storing throws */
async function storeFile(
	connection: Connection,
	options: DownloadOptions,
	{ headers, url, body }: OpenFile,
): Promise<IBinaryData> {
	const { endpoint, fileName, fallbackName, store } = options;
	if (!body) throw notDownloaded(connection, endpoint, 'it is no file');
	const { cancelled } = connection;
	const onProgress = progressLog(connection, endpoint);
	const transfer = new Transfer(headers, body, { cancelled, onProgress });
	try {
		const start = await transfer.start();
		if (isWebPage(start, headerText(headers, 'content-type'))) {
			throw notDownloaded(
				connection,
				endpoint,
				`${quote(url.host, connection.secrets)} responded with a web page`,
			);
		}
		const sources = { given: fileName, headers, url, fallback: fallbackName, start };
		const { name, mimeType } = nameAndType(sources);
		const stored = await store(transfer.stream(start), name, mimeType);
		// n8n takes a file for text when it does not know the name either.
		const isUnknown = !mimeType && stored.mimeType === 'text/plain' && !/\.txt$/i.test(name);
		return isUnknown ? { ...stored, mimeType: UNKNOWN_TYPE, fileType: undefined } : stored;
	} catch (error) {
		cancelled?.throwIfAborted();
		throw transfer.failure === undefined ? error : cutOff(connection, endpoint, transfer);
	} finally {
		transfer.close();
	}
}

/** What a proxy or a login page that stands in for the storage gives: its first bytes tell, whatever it is called. */
function isWebPage(start: Uint8Array, contentType = ''): boolean {
	const text = Buffer.from(start.subarray(0, 1000)).toString('utf8');
	if (!isPage(text)) return false;
	if (/<(?:!doctype\s+html|html)\b/i.test(text)) return true;
	const isCalledPage = /^\s*text\/html\b/i.test(contentType);
	return !/^\s*<\?xml\b/i.test(text) && (isCalledPage || /^\s*<(?:head|body)\b/i.test(text));
}

/** A transfer that ended early. */
function cutOff(
	connection: Connection,
	{ subject }: Endpoint,
	{ failure, receivedBytes, expectedBytes }: Transfer,
) {
	const all = expectedBytes === undefined ? '' : ` of ${megabytes(expectedBytes)}`;
	return apiError(
		connection,
		`The file of ${subject} was not received completely: ${whyNoResponse(failure).reason}.`,
		`${megabytes(receivedBytes)}${all} came, and none of it was passed on. Run the node again; with 'Retry On Fail' in its settings n8n does so by itself.`,
	);
}

/** "1.5 MB" */
function megabytes(bytes: number): string {
	if (bytes < MEGABYTE / 10) return `${bytes} bytes`;
	return `${Math.round((bytes / MEGABYTE) * 10) / 10} MB`;
}

/** Tells n8n's log every few seconds how far the download is. */
function progressLog(connection: Connection, { subject }: Endpoint): Watch['onProgress'] {
	let next = Date.now() + PROGRESS_EVERY_MS;
	return (received, expected) => {
		if (Date.now() < next) return;
		next = Date.now() + PROGRESS_EVERY_MS;
		const total = expected === undefined ? '' : ` of ${megabytes(expected)}`;
		log(
			connection,
			'debug',
			`Avala: ${megabytes(received)}${total} of the file of ${subject} received.`,
		);
	};
}
