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
