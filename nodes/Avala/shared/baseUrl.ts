import { UserError } from 'n8n-workflow';

export const DEFAULT_BASE_URL = 'https://api.avala.ai/api/v1';

/** As in Avala's own SDKs: the hosts that may be spoken to without TLS. */
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The credential's base URL, without a slash at its end.
 *
 * @throws UserError when the API key would travel unencrypted, or the text is no base URL at all.
 */
export function parseBaseUrl(value: unknown): string {
	const text = typeof value === 'string' && value.trim() !== '' ? value.trim() : DEFAULT_BASE_URL;
	if (!URL.canParse(text)) throw refusal('it is not a URL');
	const url = new URL(text);
	if (url.username || url.password) throw refusal('it must not contain a user name or password');
	if (url.search || url.hash) throw refusal('it must not contain a query or a fragment');
	const isSafe =
		url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname));
	if (!isSafe) throw refusal('it must start with https:// (plain http only for localhost)');

	return url.href.replace(/\/+$/, '');
}

function refusal(reason: string): UserError {
	return new UserError(
		`The base URL of the Avala credential was refused: ${reason}. No request was sent. Use ${DEFAULT_BASE_URL} unless Avala gave you another one.`,
	);
}
