import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Matching } from '../faultList';
import type { ExportFile } from '../resources/resourceRecords';

const CHUNK_BYTES = 256 * 1024;
/** A chunk of a generated file; all chunks are the same. */
const FILLING = Buffer.alloc(CHUNK_BYTES, 'An export of the sandbox. ');

/** What goes wrong with a download. */
export interface FileFault extends Matching {
	/** Send this instead of the file; a body is XML. */
	status?: number;
	body?: string;
	redirectTo?: string;
	/** Break the connection after so many bytes. */
	cutOffAfter?: number;
	/** End normally after so many bytes, fewer than the Content-Length says. */
	endAfter?: number;
	/** Send chunked, without a Content-Length. */
	chunked?: boolean;
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
	});
	const isCutOff = fault.cutOffAfter !== undefined && end < size;
	const chunks = Readable.from(chunksOf(content, end));
	// Fails when the connection is closed, after which there is nothing to do.
	await pipeline(chunks, response, { end: !isCutOff }).catch(() => undefined);
	// Everything so far is on its way before the break.
	if (isCutOff) response.write('', () => response.destroy());
}

/** The content again and again, up to so many bytes. */
function* chunksOf(content: Buffer, end: number) {
	for (let left = end; left > 0; left -= content.length) yield content.subarray(0, left);
}
