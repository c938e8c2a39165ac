import { Pool } from 'undici';

import { bodyOf } from '../body';

/** About the size of an event from Avala. */
const EVENT_BYTES = 1024;
/** How many requests are under way at once. */
const WIDTH = 20;

/** Where requests go, how each is signed, and the response that each must get. */
export interface Target {
	url: string;
	headersOf(body: string): Record<string, string>;
	expectedStatus: number;
}

/**
 * Sends events, each with a body and a signature of its own, until one of the limits is reached, and waits
 * for every response.
 *
 * @returns requests a second, and the response times in ms
 * @throws when a response has another status
 */
export async function send(
	{ url, headersOf, expectedStatus }: Target,
	{ ms = Infinity, requests = Infinity }: { ms?: number; requests?: number },
): Promise<{ perSecond: number; times: number[] }> {
	const { origin, pathname } = new URL(url);
	const pool = new Pool(origin, { connections: WIDTH });
	const times: number[] = [];
	let sent = 0;
	const startedAt = performance.now();
	const worker = async () => {
		while (sent < requests && performance.now() - startedAt < ms) {
			sent += 1;
			const body = bodyOf('guide', EVENT_BYTES);
			const headers = headersOf(body);
			const sentAt = performance.now();
			const response = await pool.request({ method: 'POST', path: pathname, headers, body });
			const text = await response.body.text();
			times.push(performance.now() - sentAt);
			if (response.statusCode !== expectedStatus)
				throw new Error(`${url} responded ${response.statusCode}: ${text.slice(0, 200)}`);
		}
	};
	try {
		await Promise.all(Array.from({ length: WIDTH }, worker));
	} finally {
		await pool.close();
	}
	return { perSecond: (times.length / (performance.now() - startedAt)) * 1000, times };
}
