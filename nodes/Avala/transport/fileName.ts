import { notUnderstood, readText } from '../shared/values';

/** Longer than any export's name, shorter than what file systems take. */
const MAX_BYTES = 200;

/** The types that exports come in; n8n knows all others by the name alone. */
const TYPE_BY_EXTENSION: ReadonlyMap<string, string> = new Map([
	['csv', 'text/csv'],
	['geojson', 'application/geo+json'],
	['gz', 'application/gzip'],
	['json', 'application/json'],
	['jsonl', 'application/x-ndjson'],
	['parquet', 'application/vnd.apache.parquet'],
	['tar', 'application/x-tar'],
	['tgz', 'application/gzip'],
	['txt', 'text/plain'],
	['xml', 'application/xml'],
	['zip', 'application/zip'],
]);

/** The type of a file of which no more is known. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** What storage says when it does not know. */
const UNKNOWN_TYPES: readonly string[] = [UNKNOWN_TYPE, 'binary/octet-stream'];

/** What a file is called from, in the order in which it is believed. */
export interface NameSources {
	/** What the user wants. */
	given?: string;
	/** The header `Content-Disposition`, as Node gives it. */
	disposition?: string;
	/** Where the file came from. */
	url: URL;
	/** Without an extension. */
	fallback: string;
	/** The header `Content-Type`. */
	contentType?: string;
}

/** A name without any path in it, and the MIME type of the file; undefined where n8n may know it by the name. */
export function nameAndType(sources: NameSources): { name: string; mimeType?: string } {
	const { given, disposition = '', url, fallback, contentType = '' } = sources;
	const sentType = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(contentType)?.[1]?.toLowerCase();
	const knownType =
		sentType !== undefined && !UNKNOWN_TYPES.includes(sentType) ? sentType : undefined;
	const name =
		given ??
		cleaned(encodedNameIn(disposition)) ??
		cleaned(plainNameIn(disposition)) ??
		nameIn(url) ??
		`${cleaned(fallback) ?? 'export'}${extensionOf(knownType)}`;
	const extension = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase();
	return { name, mimeType: knownType ?? typeOf(extension) };
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
		.replace(/^[.\s]+/, '')
		.replace(/[.\s]+$/, '');
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
	const found = /(?:^|;)\s*filename\*\s*=\s*"?([\w-]+)'[\w-]*'([^;"\s]+)/i.exec(disposition);
	if (!found) return undefined;
	const [, charset = '', text = ''] = found;
	if (/^utf-?8$/i.test(charset)) return percentDecoded(text);
	if (!/^iso-8859-1$/i.test(charset)) return undefined;
	return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
		String.fromCharCode(parseInt(digits, 16)),
	);
}

/** `filename="street scenes.zip"`; Node reads the bytes of a header as Latin-1, and many send UTF-8. */
function plainNameIn(disposition: string): string | undefined {
	const found = /(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]+))/i.exec(disposition);
	const text = found?.[1]?.replace(/\\(["\\])/g, '$1') ?? found?.[2];
	if (text === undefined || /[^\0-\xff]/.test(text)) return text;
	const decoded = Buffer.from(text, 'latin1').toString('utf8');
	return decoded.includes('\ufffd') ? text : decoded;
}

/** The last part of an address if it has an extension; without one it may as well be an ID or a word such as `download`. */
function nameIn(url: URL): string | undefined {
	const name = cleaned(percentDecoded(url.pathname.split('/').pop() ?? ''));
	return name !== undefined && /[^.]\.\w{1,10}$/.test(name) ? name : undefined;
}

function typeOf(extension: string | undefined): string | undefined {
	return extension === undefined ? UNKNOWN_TYPE : TYPE_BY_EXTENSION.get(extension);
}

/** A percent sign that begins no escape stands for itself. */
function percentDecoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'));
	} catch {
		return undefined;
	}
}

function extensionOf(mimeType: string | undefined): string {
	const found = [...TYPE_BY_EXTENSION].find(([, type]) => type === mimeType);
	return found ? `.${found[0]}` : '';
}
