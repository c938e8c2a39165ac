import { NodeApiError } from 'n8n-workflow';

import type { Connection } from './connection';
import type { Endpoint } from './paths';
import type { AvalasWords } from './words';

/** What was asked of Avala, as far as an error needs to tell it. */
export interface Asked {
	method: string;
	/** Path below the base URL, e.g. `/webhooks/wh_1/`. */
	path: string;
	/** Host and port that the request was for. */
	host: string;
	endpoint: Endpoint;
}

/** A response that is no success. */
export interface Refusal {
	status: number;
	words: AvalasWords;
	/** Where a redirect pointed to, host only. */
	redirectHost?: string;
	/** How long Avala asks to wait, in milliseconds. */
	retryAfterMs?: number;
}

interface Diagnosis {
	problem: (asked: Asked, refusal: Refusal) => string;
	advice: (asked: Asked, refusal: Refusal) => string;
}

const NOT_ACCEPTED: Diagnosis = {
	problem: ({ endpoint }, { words }) =>
		words.fields.length > 0
			? `Avala did not accept ${[...new Set(words.fields)].map((field) => `'${field}'`).join(', ')}`
			: `Avala did not accept the values for ${endpoint.subject}`,
	advice: () => 'Correct what Avala names and try again.',
};

/** What each status means and what to do about it. */
const BY_STATUS: Record<number, Diagnosis> = {
	400: NOT_ACCEPTED,
	401: {
		problem: () => 'Avala refused the API key',
		advice: () =>
			'It is wrong, revoked or expired: enter a current key in the Avala credential and save it, which tests it.',
	},
	403: {
		problem: ({ endpoint }) => `The API key may not access ${endpoint.subject}`,
		advice: ({ method, endpoint: { collection } }) =>
			`It needs the permission ${method === 'GET' ? collection.permissions.read : collection.permissions.write}: have its owner grant it in Avala, or use another key.`,
	},
	404: {
		problem: ({ endpoint }) => `Avala does not know ${endpoint.subject}`,
		advice: () =>
			"It may have been deleted, or belong to another account. Check the ID, and 'API Key' and 'Base URL' in the Avala credential.",
	},
	405: {
		problem: ({ method, path }) => `Avala does not allow ${method} on ${path}`,
		advice: () => "Check that 'Base URL' in the Avala credential ends in /api/v1.",
	},
	409: {
		problem: ({ endpoint }) => `Avala reports a conflict for ${endpoint.subject}`,
		advice: () =>
			'Someone else may have changed it at the same time. Look at its current state and try again.',
	},
	413: {
		problem: () => 'The request was too large for Avala',
		advice: () => 'Send less at once.',
	},
	422: NOT_ACCEPTED,
	429: {
		problem: () => 'Avala’s rate limit was reached',
		advice: (_, { retryAfterMs }) =>
			`${!retryAfterMs ? 'Wait a minute' : `Avala asks to wait ${Math.ceil(retryAfterMs / 1000)} s`} before the next request. Avala allows 100 requests a minute for each user, and five exports at a time: run fewer items at once, or run them later.`,
	},
};

const REDIRECT: Diagnosis = {
	problem: ({ host }) => `${host} responded with a redirect`,
	advice: (_, { redirectHost }) =>
		`It points to ${redirectHost ?? 'another address'} and was not followed, because the API key would travel with it. Enter the address of the API itself as 'Base URL' in the Avala credential.`,
};

const SERVER_TROUBLE: Diagnosis = {
	problem: ({ endpoint }) => `Avala could not process the request for ${endpoint.subject}`,
	advice: () =>
		'The fault is on Avala’s side. Try again in a few minutes; if it persists, check Avala’s status page.',
};

const OTHER: Diagnosis = {
	problem: ({ endpoint }) => `Avala refused the request for ${endpoint.subject}`,
	advice: () => 'Check the parameters of this node.',
};

/** The error for a response that is not a 2xx. Its `httpCode` is the HTTP status. */
export function refusedError(connection: Connection, asked: Asked, refusal: Refusal): NodeApiError {
	const { status, words, retryAfterMs } = refusal;
	const { problem, advice } = diagnosisOf(status);
	const said = `Avala responded ${status}${words.text ? `: ${words.text}` : '.'}`;
	const error = apiError(
		connection,
		`${problem(asked, refusal)}. ${said} ${advice(asked, refusal)}`,
		requestOf(asked),
		status,
	);
	if (words.fields.length > 0) error.context.refusedFields = words.fields;
	if (retryAfterMs !== undefined) error.context.retryAfterMs = retryAfterMs;
	return error;
}

function diagnosisOf(status: number): Diagnosis {
	if (status >= 300 && status < 400) return REDIRECT;
	return BY_STATUS[status] ?? (status >= 500 ? SERVER_TROUBLE : OTHER);
}

/** The error for a 2xx response that cannot be what Avala sends. `what` completes "…, but ". */
export function unusableError(
	connection: Connection,
	asked: Asked,
	status: number,
	what: string,
): NodeApiError {
	return apiError(
		connection,
		`The response of ${asked.host} is not what Avala sends: it has status ${status}, but ${what}. Check that 'Base URL' in the Avala credential points to the API and that no proxy or login page stands in between.`,
		requestOf(asked),
		status,
	);
}

/** The error for a request without a response. `reason` says why in a few words and is already redacted. */
export function noResponseError(
	connection: Connection,
	asked: Asked,
	reason: string,
	cause: Error,
): NodeApiError {
	const error = apiError(
		connection,
		`No response from ${asked.host}: ${reason}. Check that n8n can reach this host (network, proxy, firewall) and that 'Base URL' in the Avala credential is right, then try again.`,
		requestOf(asked),
	);
	error.cause = cause;
	return error;
}

function requestOf({ method, path, host }: Asked): string {
	return `The request was ${method} ${path} to ${host}.`;
}

/** An error that says everything in its message: an AI agent sees nothing else. */
export function apiError(
	{ context }: Pick<Connection, 'context'>,
	message: string,
	description: string,
	status?: number,
): NodeApiError {
	const httpCode = status === undefined ? undefined : String(status);
	const error = new NodeApiError(
		context.getNode(),
		{ message },
		{ message, description, httpCode },
	);
	// n8n puts a general text in the place of a message that holds the name of a system error.
	error.message = message;
	return error;
}
