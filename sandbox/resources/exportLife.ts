import type { Store } from '../store';
import type { WireFormat } from '../wireFormat';
import { newUid } from '../wireFormat';
import type { ExportPlan, StoredExport } from './resourceRecords';
import { DEFAULT_EXPORT_PLAN } from './resourceRecords';

/** What a test or the API says of a new export; the plan may be given in part. */
export type NewExport = Partial<Omit<StoredExport, 'plan'>> & { plan?: Partial<ExportPlan> };

interface Listener {
	onChange: () => void;
	/** An export has become ready or has failed by itself. */
	onEnd: (entry: StoredExport) => void;
}

/** Takes exports from requested through processing to ready or failed, on the sandbox's clock. */
export class ExportLife {
	private plan: ExportPlan;

	private readonly timers = new Map<string, NodeJS.Timeout>();

	constructor(
		private readonly store: Store,
		private readonly clockSpeed: number,
		plan: Partial<ExportPlan>,
		private readonly listener: Listener,
	) {
		this.plan = { ...DEFAULT_EXPORT_PLAN, ...plan };
		for (const entry of store.exports.list) this.schedule(entry);
	}

	/** For the exports that are created from now on. */
	planAll(plan: Partial<ExportPlan>): void {
		this.plan = { ...this.plan, ...plan };
	}

	/** Puts an export there, by default one that was requested just now. */
	add(given: NewExport, wireFormat: WireFormat, account: string): StoredExport {
		const now = new Date().toISOString();
		const entry: StoredExport = {
			uid: newUid('exp', wireFormat),
			account,
			name: 'Street scenes',
			format: 'coco',
			state: 'requested',
			projects: [],
			datasets: [],
			taskCount: 12,
			nextChangeAt: null,
			createdAt: now,
			updatedAt: now,
			extra: {},
			...given,
			plan: { ...this.plan, ...given.plan },
		};
		const { requestedMs, processingMs } = entry.plan;
		if (entry.state === 'requested') entry.nextChangeAt ??= this.after(requestedMs);
		if (entry.state === 'processing') entry.nextChangeAt ??= this.after(processingMs);
		this.store.exports.put(entry);
		this.store.save();
		this.schedule(entry);
		return entry;
	}

	/** Ends an export at once. */
	finish(entry: StoredExport, state: 'ready' | 'failed'): void {
		clearTimeout(this.timers.get(entry.uid));
		this.timers.delete(entry.uid);
		this.change(entry, state, null);
	}

	/** How many exports are under way, of the account or of all. */
	underWay(account?: string): number {
		return this.store.exports.list.filter(
			(entry) => entry.account === (account ?? entry.account) && isRunning(entry),
		).length;
	}

	/** Forgets what is under way and what was planned. */
	reset(plan: Partial<ExportPlan> = {}): void {
		this.forgetAll();
		this.plan = { ...DEFAULT_EXPORT_PLAN, ...plan };
	}

	forgetAll(): void {
		for (const timer of this.timers.values()) clearTimeout(timer);
		this.timers.clear();
	}

	private schedule(entry: StoredExport): void {
		clearTimeout(this.timers.get(entry.uid));
		if (entry.nextChangeAt === null || !isRunning(entry)) return;
		const waitMs = Math.max(0, entry.nextChangeAt - Date.now());
		const timer = setTimeout(() => {
			this.timers.delete(entry.uid);
			this.goOn(entry);
		}, waitMs);
		this.timers.set(entry.uid, timer);
	}

	private goOn(entry: StoredExport): void {
		if (entry.state === 'requested') {
			this.change(entry, 'processing', this.after(entry.plan.processingMs));
			this.schedule(entry);
		} else {
			this.change(entry, entry.plan.outcome, null);
			this.listener.onEnd(entry);
		}
	}

	private change(
		entry: StoredExport,
		state: StoredExport['state'],
		nextChangeAt: number | null,
	): void {
		Object.assign(entry, { state, nextChangeAt, updatedAt: new Date().toISOString() });
		this.store.save();
		this.listener.onChange();
	}

	private after(milliseconds: number): number {
		return Date.now() + milliseconds / this.clockSpeed;
	}
}

export function isRunning({ state }: StoredExport): boolean {
	return state === 'requested' || state === 'processing';
}
