import type { IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { momentIn } from '../shared/moments';
import { idOf, numberOf } from '../shared/values';

/**
 * Waits, unless or until the signal is aborted.
 *
 * @throws the signal's reason
 */
export async function pause(ms: number, cancelled?: AbortSignal): Promise<void> {
	if (!cancelled) return await sleep(ms);
	cancelled.throwIfAborted();
	let stop = () => {};
	const stopped = new Promise<never>((_, reject) => {
		stop = () => reject(cancelled.reason);
	});
	cancelled.addEventListener('abort', stop);
	try {
		await Promise.race([sleep(ms), stopped]);
	} finally {
		cancelled.removeEventListener('abort', stop);
	}
}

/**
 * How long Avala asks to wait, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110), or
 * after 429 alone, `X-RateLimit-Reset` (Unix time), which Avala sends with every response. Undefined
 * when it does not ask, or not in a way that can be understood.
 */
export function askedWaitMs(status: number, headers: IDataObject): number | undefined {
	const reset = status === 429 ? numberOf(headers['x-ratelimit-reset']) : undefined;
	return waitIn(idOf(headers['retry-after'])?.trim() ?? '') ?? msUntil(momentIn(reset));
}

function waitIn(retryAfter: string): number | undefined {
	if (/^\d+(\.\d+)?$/.test(retryAfter)) return Number(retryAfter) * 1000;
	return msUntil(/[a-z]/i.test(retryAfter) ? Date.parse(retryAfter) : undefined);
}

function msUntil(moment: number | undefined): number | undefined {
	if (moment === undefined || Number.isNaN(moment)) return undefined;
	return Math.max(0, moment - Date.now());
}
