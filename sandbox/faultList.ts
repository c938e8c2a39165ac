/** Which requests a fault is for; all of them by default. */
export interface Matching {
	method?: string;
	/** A text is the whole path without its query. */
	path?: string | RegExp;
	/** How many requests it applies to; without a limit by default. */
	times?: number;
	/** 2 is every second matching request. */
	every?: number;
}

/** What goes wrong with the API requests that match; without any other field a fault does nothing. */
export interface Fault extends Matching {
	/** Wait this long first. */
	delayMs?: number;
	/** Respond with this instead; a text is sent as HTML, anything else as JSON. */
	status?: number;
	body?: unknown;
	headers?: Record<string, string>;
	redirectTo?: string;
	/** Carry out the request before responding like this. */
	afterHandling?: boolean;
	/** Cut the connection without handling the request, or after it. */
	reset?: boolean;
	resetAfterHandling?: boolean;
}

interface Active<T> {
	fault: T;
	matched: number;
	applied: number;
}

/** Faults on demand: each request takes the first one that is for it. */
export class FaultList<T extends Matching> {
	private active: Array<Active<T>> = [];

	/** @returns removes the fault again */
	add(fault: T): () => void {
		const entry = { fault, matched: 0, applied: 0 };
		this.active.push(entry);
		return () => {
			this.active = this.active.filter((other) => other !== entry);
		};
	}

	clear(): void {
		this.active = [];
	}

	/** @param url path and query of the request */
	take(method: string, url: string): T | undefined {
		const path = url.split('?')[0] ?? '';
		for (const entry of this.active) {
			const { fault } = entry;
			const isMatch =
				(fault.method ?? method) === method &&
				(fault.path === undefined ||
					(typeof fault.path === 'string' ? fault.path === path : fault.path.test(path)));
			if (!isMatch || entry.applied >= (fault.times ?? Infinity)) continue;
			entry.matched += 1;
			if (entry.matched % (fault.every ?? 1) !== 0) continue;
			entry.applied += 1;
			return fault;
		}
		return undefined;
	}
}
