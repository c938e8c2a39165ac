import type { IBinaryData } from 'n8n-workflow';

import { idOf } from '../shared/values';
import type { Connection } from './connection';
import { whyNoResponse } from './exchange';
import { cutOff, linkRefused, megabytes } from './fileErrors';
import { nameAndType, UNKNOWN_TYPE } from './fileName';
import type { OpenFile } from './openFile';
import { discard, openFile } from './openFile';
import type { Endpoint } from './paths';
import type { Readable, Watch } from './transfer';
import { Transfer, WebPage } from './transfer';

const IDLE_LIMIT_MS = 60_000;
const PROGRESS_EVERY_MS = 5_000;

/** A file to be downloaded. */
export interface DownloadOptions {
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
	/** Without a byte for so long the download ends; a minute by default. */
	idleLimitMs?: number;
}

/**
 * Hands a file on to n8n as binary data, chunk by chunk. The API key goes to the API's origin alone; a
 * link that has expired is asked for anew once; a file that is not whole is an error.
 *
 * @throws NodeApiError without the query of the link, which may open the file
 */
export async function download(
	connection: Connection,
	options: DownloadOptions,
): Promise<IBinaryData> {
	const { endpoint, link, freshLink } = options;
	let file = await openFile(connection, endpoint, link);
	if (file.refusal && file.mayHaveExpired) {
		connection.context.logger.debug(
			`Avala: the link to the file of ${endpoint.subject} is asked for anew.`,
		);
		file = await openFile(connection, endpoint, await freshLink());
	}
	if (file.refusal) throw file.refusal;
	return await passOn(connection, options, file);
}

/** @throws NodeApiError when the file did not arrive whole, else what n8n's storing throws */
async function passOn(
	connection: Connection,
	options: DownloadOptions,
	file: OpenFile,
): Promise<IBinaryData> {
	const { endpoint, fileName, fallbackName, idleLimitMs = IDLE_LIMIT_MS } = options;
	const { headers, url } = file;
	const contentType = idOf(headers['content-type']);
	const webPage = () =>
		linkRefused(
			connection,
			endpoint,
			url,
			`${url.host} responded with a web page and not with a file. A proxy or a login page may stand in between.`,
		);
	if (typeof file.body === 'string' || /^\s*text\/html\b/i.test(contentType ?? '')) {
		discard(file);
		throw webPage();
	}
	const { name, mimeType } = nameAndType({
		given: fileName,
		disposition: idOf(headers['content-disposition']),
		url,
		fallback: fallbackName,
		contentType,
	});
	const transfer = new Transfer(headers, file.body, {
		idleLimitMs,
		cancelled: connection.cancelled,
		onProgress: progressLog(connection, endpoint),
	});
	const stored = await options
		.store(transfer.stream, name, mimeType)
		.catch((error: unknown) => {
			connection.cancelled?.throwIfAborted();
			if (transfer.failure === undefined) throw error;
			if (transfer.failure instanceof WebPage) throw webPage();
			throw cutOff(connection, endpoint, url, {
				reason: whyNoResponse(transfer.failure).reason,
				bytes: transfer.receivedBytes,
				expected: transfer.expectedBytes,
			});
		})
		.finally(() => transfer.close());
	// n8n takes a file for text when it does not know the name either.
	const isUnknown = mimeType === undefined && stored.mimeType === 'text/plain';
	return isUnknown ? { ...stored, mimeType: UNKNOWN_TYPE, fileType: undefined } : stored;
}

/** Tells n8n's log every few seconds how far the download is. */
function progressLog({ context }: Connection, { subject }: Endpoint): Watch['onProgress'] {
	let next = Date.now() + PROGRESS_EVERY_MS;
	return (received, expected) => {
		if (Date.now() < next) return;
		next = Date.now() + PROGRESS_EVERY_MS;
		const total = expected === undefined ? '' : ` of ${megabytes(expected)}`;
		context.logger.debug(
			`Avala: ${megabytes(received)}${total} of the file of ${subject} received.`,
		);
	};
}
