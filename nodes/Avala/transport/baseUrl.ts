import { UserError } from 'n8n-workflow';

export const DEFAULT_BASE_URL = 'https://api.avala.ai/api/v1';

/** As in Avala's own SDKs: the hosts that may be spoken to without TLS. */
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True for https, and for plain http to this machine. */
export function isSafeUrl({ protocol, hostname }: URL): boolean {
	return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOSTS.has(hostname));
}

/**
 * The credential's base URL, without a slash at its end; Avala's own when the field is empty.
 *
 * @throws UserError when the API key would travel unencrypted, or the value is no base URL at all
 */
export function parseBaseUrl(value: unknown): string {
	if (value !== undefined && value !== null && typeof value !== 'string')
		throw refusal('it is not text');
	const text = value?.trim() || DEFAULT_BASE_URL;
	if (!URL.canParse(text)) throw refusal('it is not a URL');
	const url = new URL(text);
	if (url.username || url.password) throw refusal('it must not contain a user name or password');
	if (url.search || url.hash) throw refusal('it must not contain a query or a fragment');
	if (!isSafeUrl(url)) throw refusal('it must start with https:// (plain http only for localhost)');
	return url.href.replace(/\/+$/, '');
}

function refusal(reason: string): UserError {
	return new UserError(
		`'Base URL' in the Avala credential was refused: ${reason}. No request was sent. Use ${DEFAULT_BASE_URL} unless Avala gave you another one.`,
	);
}
