import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';

import { readCredential } from './credential';
import { wholeError } from './errors';
import { unlessSecret } from './quote';

/** The n8n contexts in which requests are sent to Avala. A running webhook is not among them. */
export type AvalaContext =
	IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IPollFunctions;

/** What all requests of one piece of work have in common. */
export interface Connection {
	context: AvalaContext;
	/** As n8n has decrypted it, once for all requests. */
	credential: ICredentialDataDecryptedObject;
	/** Without a slash at its end. */
	baseUrl: string;
	/** What must not appear in an error, whatever its shape. */
	secrets: string[];
	/** The moment (Unix time in milliseconds) after which nothing is waited for or tried again. */
	deadline: number;
	/** Aborted when the user stops the execution. */
	cancelled?: AbortSignal;
}

/**
 * Decrypts the credential `avalaApi` and checks it. The connection has no time limit: see `withLimit`.
 *
 * @param itemIndex the item whose expressions fill in the credential, if it has any
 * @throws UserError when the credential cannot be used
 */
export async function connect(context: AvalaContext, itemIndex?: number): Promise<Connection> {
	const credential = await context.getCredentials('avalaApi', itemIndex);
	const { apiKey, baseUrl, webhookSecret } = readCredential(credential);
	const connection = { context, credential, baseUrl, secrets: [apiKey], deadline: Infinity };
	const hasCancelSignal = 'getExecutionCancelSignal' in context;
	const cancelled = hasCancelSignal ? context.getExecutionCancelSignal() : undefined;
	return withSecret({ ...connection, cancelled }, webhookSecret);
}

/** Fills a list of the editor, which shows the message of an error alone. */
export async function forList<T>(
	context: ILoadOptionsFunctions,
	work: (connection: Connection) => Promise<T>,
): Promise<T> {
	try {
		return await work(await connect(context));
	} catch (error) {
		throw wholeError(context.getNode(), error);
	}
}

/**
 * An address that Avala sent. On the API's own host and port only the scheme may differ, since behind a
 * proxy a server may take its own for http; there it is the API's, so that the key never travels in clear.
 *
 * @param base what a relative address is relative to
 */
export function sentUrl({ baseUrl }: Pick<Connection, 'baseUrl'>, sent: string, base: string): URL {
	const [url, api] = [new URL(sent, base), new URL(baseUrl)];
	const port = api.port || (api.protocol === 'https:' ? '443' : '80');
	const isOnApi = url.hostname === api.hostname && [api.port, port].includes(url.port);
	if (isOnApi && /^https?:$/.test(url.protocol)) {
		Object.assign(url, { protocol: api.protocol, port: api.port });
	}
	return url;
}

/** The same connection, for work that has so many milliseconds from now on. */
export function withLimit(connection: Connection, limitMs: number): Connection {
	return { ...connection, deadline: Date.now() + limitMs };
}

/** The same connection, for requests after which Avala may quote these secrets in a refusal. */
export function withSecret(
	connection: Connection,
	...secrets: Array<string | undefined>
): Connection {
	const known = secrets.filter((secret) => secret !== undefined);
	return { ...connection, secrets: [...connection.secrets, ...known] };
}

/** Writes to n8n's log, unless the text repeats a secret. */
export function log(
	{ context, secrets }: Pick<Connection, 'context' | 'secrets'>,
	level: 'debug' | 'info' | 'warn',
	text: string,
): void {
	context.logger[level](unlessSecret(text, secrets));
}
