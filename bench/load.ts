import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';

import { bodyOf } from './delivery';
import { quantile } from './measure';

/** About what an event of Avala's has. */
const EVENT_BYTES = 1024;
/** How many requests are under way at once. */
const WIDTH = 20;

/** Where requests go, how each is signed, and what the answer has to be. */
export interface Target {
	url: string;
	headersOf(body: Buffer): Record<string, string>;
	expectedStatus: number;
}

export interface Load {
	requests: number;
	perSecond: number;
	/** Answer times in ms. */
	times: number[];
}

/** Stops when one of the limits is reached. */
export interface LoadLimit {
	ms?: number;
	requests?: number;
}

/**
 * Sends events, each with a body and a signature of its own, so many at a time, and waits for every answer.
 *
 * @throws when an answer has another status than it must
 */
export async function send(
	{ url, headersOf, expectedStatus }: Target,
	{ ms = Infinity, requests = Infinity }: LoadLimit,
): Promise<Load> {
	const { origin, pathname } = new URL(url);
	const pool = new Pool(origin, { connections: WIDTH });
	const times: number[] = [];
	const template = bodyOf('guide', EVENT_BYTES, UID).toString();
	let sent = 0;
	const startedAt = performance.now();
	const worker = async () => {
		while (sent < requests && performance.now() - startedAt < ms) {
			sent += 1;
			const body = Buffer.from(template.replaceAll(UID, randomUUID()));
			const headers = headersOf(body);
			const sentAt = performance.now();
			const answer = await pool.request({ method: 'POST', path: pathname, headers, body });
			const text = await answer.body.text();
			times.push(performance.now() - sentAt);
			if (answer.statusCode !== expectedStatus)
				throw new Error(`${url} answered ${answer.statusCode}: ${text.slice(0, 200)}`);
		}
	};
	try {
		await Promise.all(Array.from({ length: WIDTH }, worker));
	} finally {
		await pool.close();
	}
	const perSecond = (times.length / (performance.now() - startedAt)) * 1000;
	return { requests: times.length, perSecond, times };
}

/** p50, p95 and p99 in whole milliseconds. */
export function percentiles(times: readonly number[]): string {
	return [0.5, 0.95, 0.99].map((part) => String(Math.round(quantile(times, part)))).join(' / ');
}

const UID = '00000000-0000-4000-8000-000000000000';
