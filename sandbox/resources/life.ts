import type { Collection } from '../collection';

/** What takes its time: an export, or a job. */
export interface Living {
	uid: string;
	account: string;
	state: 'requested' | 'processing' | 'ready' | 'failed' | 'cancelled';
	/** When the state changes next: Unix time in milliseconds. */
	nextChangeAt: number | null;
	plan: Plan;
	updatedAt: string;
}

export interface Plan {
	/** How long it is only requested, then processed: milliseconds on the sandbox's clock. */
	requestedMs: number;
	processingMs: number;
	outcome: 'ready' | 'failed';
	/** Whether no time passes for it: each reading of it shows the next state. */
	goesOnWhenRead?: boolean;
}

export const DEFAULT_PLAN: Readonly<Plan> = {
	requestedMs: 2_000,
	processingMs: 8_000,
	outcome: 'ready',
};

interface Listener<T> {
	onChange: () => void;
	/** It has become ready or has failed by itself. */
	onEnd: (entry: T) => void;
}

/** Takes entries from requested through processing to their end, on the sandbox's clock. */
export class Life<T extends Living> {
	private readonly timers = new Map<string, NodeJS.Timeout>();

	/** @param plan for the entries that are created from now on */
	constructor(
		private readonly entries: Collection<T>,
		public plan: T['plan'],
		private readonly clockSpeed: number,
		private readonly listener: Listener<T>,
	) {
		for (const entry of entries.list) this.schedule(entry);
	}

	/** Stores the entry, and lets it proceed if it is under way. */
	add(entry: T): T {
		this.entries.put(entry);
		const { requestedMs, processingMs } = entry.plan;
		if (isRunning(entry))
			entry.nextChangeAt ??= this.after(entry.state === 'requested' ? requestedMs : processingMs);
		this.schedule(entry);
		return entry;
	}

	/** To be called after each reading of the entry alone. */
	read(entry: T): void {
		if (entry.plan.goesOnWhenRead && isRunning(entry)) this.goOn(entry);
	}

	/** Ends it at once. */
	finish(entry: T, state: 'ready' | 'failed' | 'cancelled'): void {
		this.change(entry, state, null);
	}

	/** How many are under way, of the account or of all. */
	underWay(account?: string): number {
		return this.entries.list.filter(
			(entry) => entry.account === (account ?? entry.account) && isRunning(entry),
		).length;
	}

	forgetAll(): void {
		for (const timer of this.timers.values()) clearTimeout(timer);
		this.timers.clear();
	}

	private schedule(entry: T): void {
		clearTimeout(this.timers.get(entry.uid));
		this.timers.delete(entry.uid);
		if (entry.nextChangeAt === null || !isRunning(entry) || entry.plan.goesOnWhenRead) return;
		const waitMs = Math.max(0, entry.nextChangeAt - Date.now());
		this.timers.set(
			entry.uid,
			setTimeout(() => this.goOn(entry), waitMs),
		);
	}

	private goOn(entry: T): void {
		if (entry.state === 'requested') {
			this.change(entry, 'processing', this.after(entry.plan.processingMs));
		} else {
			this.change(entry, entry.plan.outcome, null);
			this.listener.onEnd(entry);
		}
	}

	private change(entry: T, state: T['state'], nextChangeAt: number | null): void {
		Object.assign(entry, { state, nextChangeAt, updatedAt: new Date().toISOString() });
		this.schedule(entry);
		this.listener.onChange();
	}

	private after(milliseconds: number): number {
		return Date.now() + milliseconds / this.clockSpeed;
	}
}

export function isRunning({ state }: Living): boolean {
	return state === 'requested' || state === 'processing';
}
