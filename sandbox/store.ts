import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import { Collection } from './collection';
import type { StoredDelivery, StoredWebhook } from './webhookRecords';
import type {
	StoredDataset,
	StoredExport,
	StoredProject,
	StoredTask,
} from './resources/resourceRecords';

export { makeDelivery } from './webhookRecords';

const SAVE_DELAY_MS = 100;
/** Saving takes at most one part in so many of the time. */
const SHARE_OF_TIME = 20;

type State = Partial<Record<keyof Collections, unknown>>;

interface Collections {
	webhooks: Collection<StoredWebhook>;
	deliveries: Collection<StoredDelivery>;
	projects: Collection<StoredProject>;
	tasks: Collection<StoredTask>;
	datasets: Collection<StoredDataset>;
	exports: Collection<StoredExport>;
}

/** The state of the sandbox, in memory and optionally in a file. */
export class Store implements Collections {
	readonly webhooks = new Collection<StoredWebhook>();

	readonly deliveries = new Collection<StoredDelivery>();

	readonly projects = new Collection<StoredProject>();

	readonly tasks = new Collection<StoredTask>();

	readonly datasets = new Collection<StoredDataset>();

	readonly exports = new Collection<StoredExport>();

	/** Whether the file held a saved state. */
	readonly isRestored: boolean;

	private saving: NodeJS.Timeout | undefined;

	private saveDelayMs = SAVE_DELAY_MS;

	/** @throws when the file holds anything but a saved state */
	constructor(private readonly file: string | undefined) {
		this.isRestored = file !== undefined && existsSync(file);
		if (file === undefined || !this.isRestored) return;
		const state = readState(file);
		fill(this.webhooks, state.webhooks);
		fill(this.deliveries, state.deliveries);
		fill(this.projects, state.projects);
		fill(this.tasks, state.tasks);
		fill(this.datasets, state.datasets);
		fill(this.exports, state.exports);
	}

	clear(): void {
		for (const collection of Object.values(this.collections())) collection.clear();
		this.save();
	}

	/** Saves soon, but rarely enough that a large state does not delay deliveries. */
	save(): void {
		if (!this.file) return;
		this.saving ??= setTimeout(() => {
			try {
				this.saveNow();
			} catch (error) {
				console.error(`The state was not saved: ${String(error)}`);
			}
		}, this.saveDelayMs);
	}

	/** Writes another file and renames it, so that the file is complete whenever the process ends. */
	saveNow(): void {
		clearTimeout(this.saving);
		this.saving = undefined;
		if (!this.file) return;
		const startedAt = Date.now();
		const state = Object.fromEntries(
			Object.entries(this.collections()).map(([name, { list }]) => [name, list]),
		);
		writeFileSync(`${this.file}.new`, JSON.stringify(state), { mode: 0o600 });
		renameSync(`${this.file}.new`, this.file);
		this.saveDelayMs = Math.max(SAVE_DELAY_MS, SHARE_OF_TIME * (Date.now() - startedAt));
	}

	private collections(): Collections {
		const { webhooks, deliveries, projects, tasks, datasets, exports } = this;
		return { webhooks, deliveries, projects, tasks, datasets, exports };
	}
}

/** The sandbox alone writes the file, so its entries are what they were when it did. */
function fill<T extends { uid: string }>(collection: Collection<T>, entries: unknown): void {
	for (const entry of Array.isArray(entries) ? entries : []) collection.put(entry as T);
}

function readState(file: string): State {
	let state: unknown;
	try {
		state = JSON.parse(readFileSync(file, 'utf8'));
	} catch (error) {
		throw new Error(`${file} holds no state: ${String(error)}. Delete it to start empty.`);
	}
	if (!isState(state)) throw new Error(`${file} holds no state. Delete it to start empty.`);
	return state;
}

/** Distinguishes a saved state from other files. */
function isState(value: unknown): value is State {
	return (
		typeof value === 'object' &&
		value !== null &&
		'webhooks' in value &&
		Array.isArray(value.webhooks) &&
		'deliveries' in value &&
		Array.isArray(value.deliveries)
	);
}
