import autocannon from 'autocannon';
import { randomUUID } from 'node:crypto';

import type { WireFormat } from '../sandbox';
import { payloadOf } from '../sandbox/wire/webhooks';

export const EVENT_TYPE = 'task.completed';
/** About the size of an event from Avala. */
const EVENT_BYTES = 1024;
const ANNOTATION_BYTES = 93;
/** How many requests are under way at once. */
const CONNECTIONS = 20;

/** Where requests go, how each is signed, and the response that each must get. */
export interface Target {
	url: string;
	headersOf(body: string): Record<string, string>;
	expectedStatus: number;
}

export interface Load {
	perSecond: number;
	/** Response times in ms. */
	p50: number;
	p99: number;
}

/** The body of an event of about this size: a completed task with its annotations. */
export function bodyOf(wireFormat: WireFormat, bytes: number): string {
	const uid = randomUUID();
	const annotations = Array.from({ length: Math.floor(bytes / ANNOTATION_BYTES) }, () => ({
		id: 1000,
		label: 'vehicle – Pkw',
		box: [12.25, 40.5, 199.75, 88],
		track: 'track_1000',
	}));
	const data = { uid, status: 'completed', project_uid: 'proj_abc123', annotations };
	const event = { id: `evt_${uid}`, type: EVENT_TYPE, created_at: '2026-03-02T10:30:00Z', data };
	return JSON.stringify(payloadOf(event, wireFormat));
}

/**
 * Sends events, each with a body and a signature of its own.
 *
 * @param limit how many, or for how many seconds
 * @throws when a response has another status than the target's, or does not come
 */
export async function send(
	{ url, headersOf, expectedStatus }: Target,
	limit: { amount: number } | { duration: number },
): Promise<Load> {
	const result = await autocannon({
		url,
		method: 'POST',
		connections: 'amount' in limit ? Math.min(limit.amount, CONNECTIONS) : CONNECTIONS,
		requests: [
			{
				setupRequest: (request) => {
					const body = bodyOf('guide', EVENT_BYTES);
					return { ...request, body, headers: { ...request.headers, ...headersOf(body) } };
				},
			},
		],
		...limit,
	});
	const { statusCodeStats = {}, errors, requests, latency, duration } = result;
	const others = Object.keys(statusCodeStats).filter((status) => status !== `${expectedStatus}`);
	if (others.length > 0 || errors > 0)
		throw new Error(`${url} responded ${others.join(', ')}, and not at all ${errors} times.`);
	return { perSecond: requests.total / duration, p50: latency.p50, p99: latency.p99 };
}
