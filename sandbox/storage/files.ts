import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import type { Matching } from '../matching';
import type { ExportFile } from '../resources/resourceRecords';

const CHUNK_BYTES = 256 * 1024;
/** A chunk of a generated file; all chunks are the same. */
const FILLING = Buffer.alloc(CHUNK_BYTES, 'An export of the sandbox. ');

/** What goes wrong with a download. */
export interface FileFault extends Matching {
	/** Wait this long first. */
	delayMs?: number;
	/** Send this instead of the file; a body is XML. */
	status?: number;
	body?: string;
	redirectTo?: string;
	headers?: Record<string, string>;
	/** Break the connection after so many bytes. */
	cutOffAfter?: number;
	/** End normally after so many bytes, fewer than the Content-Length says. */
	endAfter?: number;
	/** Send chunked, without a Content-Length. */
	chunked?: boolean;
	bytesPerSecond?: number;
}

const SAMPLE = JSON.stringify({
	info: { description: 'An export of the sandbox' },
	images: [{ id: 1, file_name: 'street.jpg', width: 1280, height: 720 }],
	categories: [{ id: 1, name: 'car' }],
	annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [104, 88, 310, 142] }],
});

/** The name of an export's file; a generated one is called `.zip`, as at Avala. */
export function fileName(uid: string, { name, size }: ExportFile): string {
	return name ?? `${uid}.${size === undefined ? 'json' : 'zip'}`;
}

/** Sends a file, without ever holding more than a chunk of it. */
export async function sendFile(
	response: ServerResponse,
	name: string,
	file: ExportFile,
	fault: FileFault = {},
): Promise<void> {
	const content = file.size === undefined ? Buffer.from(file.content ?? SAMPLE) : FILLING;
	const size = file.size ?? content.length;
	const type =
		file.contentType ?? (name.endsWith('.json') ? 'application/json' : 'application/zip');
	const disposition =
		file.contentDisposition === undefined
			? `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`
			: file.contentDisposition;
	const end = Math.min(size, fault.cutOffAfter ?? size, fault.endAfter ?? size);
	response.writeHead(200, {
		'content-type': type,
		...(disposition !== null && { 'content-disposition': disposition }),
		...(!fault.chunked && { 'content-length': String(size) }),
		...(fault.endAfter !== undefined && { connection: 'close' }),
		...fault.headers,
	});
	const pause = fault.bytesPerSecond;
	const step = pause === undefined ? CHUNK_BYTES : Math.max(1, Math.floor(pause / 10));
	for (let sent = 0; sent < end && !response.destroyed;) {
		const from = sent % content.length;
		const chunk = content.subarray(from, from + Math.min(step, end - sent));
		sent += chunk.length;
		if (!response.write(chunk)) await drained(response);
		if (pause !== undefined) await wait((chunk.length / pause) * 1000, undefined, { ref: false });
	}
	if (fault.cutOffAfter !== undefined && end < size) {
		await flushed(response);
		response.destroy();
	} else response.end();
}

/** Resolves when more can be written, or when the connection is closed. */
async function drained(response: ServerResponse): Promise<void> {
	await new Promise<void>((resolve) => {
		const done = () => {
			response.off('drain', done).off('close', done);
			resolve();
		};
		response.once('drain', done).once('close', done);
	});
}

/** Resolves when everything so far is on its way, so that a break comes after it. */
async function flushed(response: ServerResponse): Promise<void> {
	await new Promise<void>((resolve) => {
		response.write('', () => resolve());
		response.once('close', resolve);
	});
}
