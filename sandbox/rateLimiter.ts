export interface RateLimit {
	perMinute: number;
	perSecond: number;
}

export const AVALA_RATE_LIMIT: RateLimit = { perMinute: 100, perSecond: 20 };

interface Window {
	/** Unix time in milliseconds. */
	endsAt: number;
	count: number;
}

/** Already over, so nothing is counted in it. */
const UNUSED: Readonly<Window> = { endsAt: 0, count: 0 };

/** Counts requests in windows of a second and a minute. */
export class RateLimiter {
	private minute: Window = UNUSED;

	private second: Window = UNUSED;

	constructor(public limit: RateLimit | false) {}

	/** Nothing of the new limit is used yet. */
	replaceLimit(limit: RateLimit | false): void {
		this.limit = limit;
		this.minute = UNUSED;
		this.second = UNUSED;
	}

	/** @returns the headers with what is left and, if nothing is, the seconds to wait */
	count(): { headers: Record<string, string>; waitSeconds?: number } {
		if (!this.limit) return { headers: {} };
		const { perMinute, perSecond } = this.limit;
		this.minute = current(this.minute, 60_000);
		this.second = current(this.second, 1000);
		const spent = [
			this.minute.count >= perMinute && this.minute,
			this.second.count >= perSecond && this.second,
		].filter((window) => window !== false);
		if (spent.length === 0) {
			this.minute.count += 1;
			this.second.count += 1;
		}
		const headers = {
			'x-ratelimit-limit': String(perMinute),
			'x-ratelimit-remaining': String(Math.max(0, perMinute - this.minute.count)),
			'x-ratelimit-reset': String(Math.ceil(this.minute.endsAt / 1000)),
		};
		if (spent.length === 0) return { headers };
		const waitMs = Math.max(...spent.map(({ endsAt }) => endsAt)) - Date.now();
		return { headers, waitSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
	}
}

function current(window: Window, lengthMs: number): Window {
	const now = Date.now();
	return now < window.endsAt ? window : { endsAt: now + lengthMs, count: 0 };
}
