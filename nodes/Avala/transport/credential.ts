import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

export const DEFAULT_BASE_URL = 'https://api.avala.ai/api/v1';

/** As in Avala's own SDKs: the hosts that may be spoken to without TLS. */
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The credential `avalaApi`, checked, without blanks or line ends around its values; `webhookSecret`, the signing
 * secret that the user chose, is undefined when its field is empty.
 *
 * @throws UserError that names the field and says what to do; never with the value of a secret
 */
export function readCredential(data: ICredentialDataDecryptedObject) {
	return {
		apiKey: readApiKey(data.apiKey),
		baseUrl: readBaseUrl(data.baseUrl),
		webhookSecret: textIn(data.webhookSecret, 'Webhook Secret') || undefined,
	};
}

/** @throws UserError when the key is missing, or cannot be sent in an HTTP header */
export function readApiKey(value: unknown): string {
	const key = textIn(value, 'API Key');
	if (key === '') {
		throw new UserError("'API Key' in the Avala credential is empty.", {
			description: 'Create a key in the settings of your Avala account and enter it there.',
		});
	}
	const unsendable = [...key].find((character) => !/[ -~]/.test(character));
	if (unsendable === undefined) return key;
	const codePoint = unsendable.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
	throw new UserError(
		`'API Key' in the Avala credential has a character that HTTP cannot send (U+${codePoint}).`,
		{
			description: 'No request was sent. Copy the key from Avala again and paste it as plain text.',
		},
	);
}

/**
 * The credential's base URL, without a slash at its end; Avala's own when the field is empty.
 *
 * @throws UserError when the API key would travel unencrypted, or the value is no base URL at all
 */
export function readBaseUrl(value: unknown): string {
	const text = textIn(value, 'Base URL') || DEFAULT_BASE_URL;
	if (!URL.canParse(text)) throw refusedBaseUrl('it is not a URL');
	const url = new URL(text);
	if (url.username || url.password) {
		throw refusedBaseUrl('it must not contain a user name or password');
	}
	if (url.search || url.hash) throw refusedBaseUrl('it must not contain a query or a fragment');
	if (!isSafeUrl(url)) {
		throw refusedBaseUrl('it must start with https:// (plain http only for localhost)');
	}
	return url.href.replace(/\/+$/, '');
}

/** True for https, and for plain http to this machine. */
export function isSafeUrl({ protocol, hostname }: URL): boolean {
	return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOSTS.has(hostname));
}

function refusedBaseUrl(reason: string): UserError {
	return new UserError(`'Base URL' in the Avala credential was refused: ${reason}.`, {
		description: `No request was sent. Use ${DEFAULT_BASE_URL} unless Avala gave you another one.`,
	});
}

/** Filled in by an expression, a field may hold anything. */
function textIn(value: unknown, field: string): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string') return value.trim();
	throw new UserError(
		`'${field}' in the Avala credential is not text but ${Array.isArray(value) ? 'a list' : typeof value}.`,
		{ description: 'No request was sent. Enter it as text.' },
	);
}
