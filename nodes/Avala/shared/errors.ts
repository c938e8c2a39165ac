import type { INode } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { isObject, textOf } from './types';

/** What was being asked of Avala, as far as an error needs to tell it. */
export interface AskedFor {
	method: string;
	/** Path below the base URL, e.g. `/webhooks/wh_1/`. */
	path: string;
	/** Host and port that the request was for. */
	host: string;
}

/** Avala's answer, its text already redacted. */
export interface RefusedAnswer {
	status: number;
	text: string;
	contentType?: string;
	/** Where a redirect pointed to, host only. */
	redirectHost?: string;
	/** How long Avala asks to wait, in milliseconds. */
	retryAfterMs?: number;
}

/**
 * The error for an answer that is not a 2xx. Its description stands alone, since n8n shows only the
 * description when an activation fails; its `httpCode` is the HTTP status.
 */
export function refusedAnswerError(
	node: INode,
	asked: AskedFor,
	answer: RefusedAnswer,
): NodeApiError {
	const { status } = answer;
	const words = avalasWords(answer.text);
	const said = words ? `Avala answered ${status}: ${words}` : `Avala answered ${status}.`;
	const { message, advice } = diagnosis(asked, answer);
	return apiError(node, message, `${said} ${advice}`, status);
}

/** The error for a 2xx answer that cannot be what Avala sends. */
export function unusableAnswerError(
	node: INode,
	asked: AskedFor,
	status: number,
	what: string,
): NodeApiError {
	return apiError(
		node,
		`The answer of ${asked.host} is not what Avala sends`,
		`${asked.method} ${asked.path} was answered ${status}, but ${what} Check that the base URL of the Avala credential points to the API and that no proxy or login page stands in between.`,
		status,
	);
}

/** The error for a request that got no answer. `reason` says why in a few words and is already redacted. */
export function noAnswerError(node: INode, asked: AskedFor, reason: string): NodeApiError {
	return apiError(
		node,
		`No answer from ${asked.host}`,
		`${asked.method} ${asked.path} got no answer from ${asked.host}: ${reason}. Check that n8n can reach this host (network, proxy, firewall) and that the base URL of the Avala credential is right, then try again.`,
	);
}

function apiError(
	node: INode,
	message: string,
	description: string,
	status?: number,
): NodeApiError {
	const httpCode = status === undefined ? undefined : String(status);
	return new NodeApiError(
		node,
		{ message, httpCode: httpCode ?? null },
		{ message, description, httpCode },
	);
}

function diagnosis(asked: AskedFor, answer: RefusedAnswer): { message: string; advice: string } {
	const subject = subjectOf(asked.path);
	const { status } = answer;
	if (status >= 300 && status < 400) {
		return {
			message: `${asked.host} answered with a redirect`,
			advice: `It points to ${answer.redirectHost ?? 'another address'} and was not followed, because the API key would travel with it. Put the address of the API itself into the base URL of the Avala credential.`,
		};
	}
	switch (status) {
		case 400:
		case 422:
			return {
				message: `Avala did not accept the values for ${subject}`,
				advice: 'Correct the field that Avala names and try again.',
			};
		case 401:
			return {
				message: 'Avala refused the API key',
				advice:
					'The API key is wrong, revoked or expired: paste a current one into the Avala credential and press Test.',
			};
		case 403:
			return {
				message: `The API key may not access ${subject}`,
				advice:
					'Give the owner of the API key permission to manage webhooks at Avala, or use the key of someone who has it.',
			};
		case 404:
			return {
				message: `Avala does not know ${subject}`,
				advice:
					'It may have been deleted, or belong to another account. Check the ID, the API key and the base URL.',
			};
		case 405:
			return {
				message: `Avala does not allow ${asked.method} on ${asked.path}`,
				advice: 'Check that the base URL of the Avala credential ends in /api/v1.',
			};
		case 409:
			return {
				message: `Avala reports a conflict for ${subject}`,
				advice:
					'Someone else may have changed it at the same time. Look at its current state and try again.',
			};
		case 413:
			return { message: 'The request was too large for Avala', advice: 'Send less at once.' };
		case 429:
			return {
				message: 'Avala’s rate limit was reached',
				advice: `${waitAdvice(answer.retryAfterMs)} Avala allows 100 requests a minute for each user: run fewer items at once, or run them later.`,
			};
		default:
			return status >= 500
				? {
						message: 'Avala has trouble answering',
						advice:
							'The fault is at Avala’s side. Try again in a few minutes; if it lasts, look at Avala’s status page.',
					}
				: {
						message: `Avala refused the request for ${subject}`,
						advice: 'Check the parameters of this node.',
					};
	}
}

function waitAdvice(retryAfterMs: number | undefined): string {
	return retryAfterMs === undefined
		? 'Wait a minute.'
		: `Avala asks to wait ${Math.ceil(retryAfterMs / 1000)} s before the next request.`;
}

/** `/webhooks/wh_1/` is "webhook wh_1", `/webhooks/` is "webhooks". */
function subjectOf(path: string): string {
	const [collection, uid] = path.split('?')[0]!.split('/').filter(Boolean);
	const name = collection === 'webhook-deliveries' ? 'delivery' : 'webhook';
	if (uid) return `${name} ${uid}`;
	return collection === 'webhook-deliveries' ? 'the deliveries' : 'the webhooks';
}

/** Avala's own explanation, in the three shapes that its documents show, as one line; a page that is no JSON by its first words. */
function avalasWords(text: string): string {
	const words = explain(parsed(text)) || text;
	const line = words
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	const short = line.length > 300 ? `${line.slice(0, 300)}…` : line;
	return short && !/[.!?…]$/.test(short) ? `${short}.` : short;
}

function parsed(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		return value;
	} catch {
		return undefined;
	}
}

function explain(answer: unknown): string {
	if (typeof answer === 'string') return answer;
	if (Array.isArray(answer)) return answer.map(explain).filter(Boolean).join(' ');
	if (!isObject(answer)) return '';
	if (isObject(answer.error)) {
		const { message, details } = answer.error;
		return [textOf(message), explain(details)].filter(Boolean).join(' ');
	}
	const general = textOf(answer.detail) ?? textOf(answer.message) ?? textOf(answer.error);
	if (general) return general;
	return Object.entries(answer)
		.map(([field, problem]) => [field, explain(problem)] as const)
		.filter(([, problem]) => problem !== '')
		.map(([field, problem]) => `${field}: ${problem}`)
		.join(' ');
}
