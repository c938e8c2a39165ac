import type { IDataObject } from 'n8n-workflow';

import { notUnderstood, readText } from '../shared/values';
import { headerText } from './exchange';

/** Longer than any export's name, shorter than what file systems take. */
const MAX_BYTES = 200;

/** For a file without a name; what the name tells, n8n knows. */
const EXTENSION_BY_TYPE: Record<string, string> = {
	'application/gzip': '.gz',
	'application/json': '.json',
	'application/zip': '.zip',
	'text/csv': '.csv',
};

/** The type of a file of which no more is known. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** What says nothing: what storages send when they do not know, and what a file that is no page is not. */
const UNKNOWN_TYPES: readonly string[] = [UNKNOWN_TYPE, 'binary/octet-stream', 'text/html'];

/** What a file is called from. */
export interface NameSources {
	/** What the user wants; it counts before all others. */
	given?: string;
	/** Of the response that brings the file. */
	headers: IDataObject;
	/** Where the file came from. */
	url: URL;
	/** Without an extension, where nothing else gives a name. */
	fallback: string;
	/** The first bytes of the file. */
	start: Uint8Array;
}

/** A name without any path in it, and the MIME type of the file; undefined where n8n may know it by the name. */
export function nameAndType(sources: NameSources): { name: string; mimeType?: string } {
	const { given, headers, url, fallback, start } = sources;
	const isUnpacked = start.length > 0 && !isGzip(start);
	const type = declaredType(headers, isUnpacked);
	const disposition = headerText(headers, 'content-disposition') ?? '';
	const sent =
		cleaned(encodedNameIn(disposition)) ??
		cleaned(plainNameIn(disposition)) ??
		nameIn(url) ??
		`${cleaned(fallback) ?? 'export'}${EXTENSION_BY_TYPE[type ?? typeOfBytes(start) ?? ''] ?? ''}`;
	const name = given ?? (isUnpacked ? withoutGzip(sent) : sent);
	const mayBeKnown = /\.\w+$/.test(name);
	return {
		name,
		mimeType: type ?? (mayBeKnown ? undefined : (typeOfBytes(start) ?? UNKNOWN_TYPE)),
	};
}

/**
 * A name for a file that the user gave.
 *
 * @throws UserError when it would lead into another folder
 */
export function readFileName(name: string, value: unknown): string {
	const text = readText(name, value);
	if (cleaned(text) === text) return text;
	throw notUnderstood(
		name,
		`a plain name for a file, without a folder, '..' or special characters and of at most ${MAX_BYTES} bytes`,
		value,
	);
}

/** The last part of a path, without what could mislead a file system or a reader. */
function cleaned(text: string | undefined): string | undefined {
	const last = (text ?? '').slice(-1000).split(/[/\\]/).pop() ?? '';
	const plain = last
		// Control characters, and invisible ones that turn the direction of writing.
		.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
		.replace(/[<>:"|?*]/g, '_')
		.replace(/\.{2,}/g, '.')
		.replace(/^[.\s]+|[.\s]+$/g, '');
	return plain === '' ? undefined : shortened(plain);
}

/** A name that is too long loses the end of what stands before its extension. */
function shortened(name: string): string {
	if (Buffer.byteLength(name) <= MAX_BYTES) return name;
	const extension = /\.\w{1,10}$/.exec(name)?.[0] ?? '';
	let kept = '';
	for (const character of name) {
		if (Buffer.byteLength(kept + character + extension) > MAX_BYTES) break;
		kept += character;
	}
	return kept + extension;
}

/** `filename*=UTF-8''stra%C3%9Fe.zip` (RFC 6266) */
function encodedNameIn(disposition: string): string | undefined {
	const found = /(?:^|;)\s*filename\*\s*=\s*"?utf-?8'[\w-]*'([^;"\s]+)/i.exec(disposition);
	return found?.[1] === undefined ? undefined : percentDecoded(found[1]);
}

/** `filename="street scenes.zip"` */
function plainNameIn(disposition: string): string | undefined {
	const found = /(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]+))/i.exec(disposition);
	return found?.[1]?.replace(/\\(["\\])/g, '$1') ?? found?.[2];
}

/** The last part of an address if it has an extension; without one it may as well be an ID or a word such as `download`. */
function nameIn(url: URL): string | undefined {
	const name = cleaned(percentDecoded(url.pathname.split('/').pop() ?? ''));
	return name !== undefined && /[^.]\.\w{1,10}$/.test(name) ? name : undefined;
}

/** A percent sign that begins no escape stands for itself. */
function percentDecoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
	} catch {
		return undefined;
	}
}

/** Bytes that were unpacked on the way are not of the packed type any more. */
function declaredType(headers: IDataObject, isUnpacked: boolean): string | undefined {
	const sent = headerText(headers, 'content-type') ?? '';
	const type = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(sent)?.[1]?.toLowerCase();
	if (type === undefined || UNKNOWN_TYPES.includes(type)) return undefined;
	return isUnpacked && /gzip$/.test(type) ? undefined : type;
}

function typeOfBytes(start: Uint8Array): string | undefined {
	const isZip = start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4;
	if (isZip) return 'application/zip';
	return isGzip(start) ? 'application/gzip' : undefined;
}

function isGzip(start: Uint8Array): boolean {
	return start[0] === 0x1f && start[1] === 0x8b;
}

/** What a file is called that was unpacked on the way. */
function withoutGzip(name: string): string {
	return name.replace(/(.)\.gz$/i, '$1').replace(/\.tgz$/i, '.tar');
}
