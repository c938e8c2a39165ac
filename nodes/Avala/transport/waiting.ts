import type { IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { idOf } from '../shared/values';

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
 * How long Avala asks to wait, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110), and
 * after 429 alone, `X-RateLimit-Reset` (Unix time in seconds), which Avala sends with every response.
 */
export function askedWaitMs(status: number, headers: IDataObject): number | undefined {
	const retryAfter = idOf(headers['retry-after']);
	const reset = status === 429 ? idOf(headers['x-ratelimit-reset']) : undefined;
	const waitMs =
		retryAfter !== undefined
			? /^\d+(\.\d+)?$/.test(retryAfter)
				? Number(retryAfter) * 1000
				: Date.parse(retryAfter) - Date.now()
			: Number(reset ?? NaN) * 1000 - Date.now();
	return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}
