import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

import type { Collection } from './collection';
import type { Store } from './store';

const SAVE_DELAY_MS = 100;
/** Saving takes at most one part in so many of the time. */
const SHARE_OF_TIME = 20;

const ENTRIES = z.array(z.object({ uid: z.string() }).passthrough());
const STATE = z.object({ webhooks: ENTRIES, deliveries: ENTRIES }).catchall(ENTRIES);

/** Keeps the state in a file, if there is one. */
export class StateFile {
	/** Whether the file held a saved state. */
	readonly isRestored: boolean;

	private saving: NodeJS.Timeout | undefined;

	private saveDelayMs = SAVE_DELAY_MS;

	/** @throws when the file holds anything but a saved state */
	constructor(
		private readonly file: string | undefined,
		private readonly store: Store,
	) {
		this.isRestored = file !== undefined && existsSync(file);
		if (file === undefined || !this.isRestored) return;
		const state = readState(file);
		// The sandbox alone writes the file, so its entries are what they were when it did.
		for (const [name, collection] of Object.entries<Collection<{ uid: string }>>(store))
			for (const entry of state[name] ?? []) collection.put(entry);
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
		const state = Object.entries(this.store).map(([name, { list }]) => [name, list]);
		const text = JSON.stringify(Object.fromEntries(state));
		writeFileSync(`${this.file}.new`, text, { mode: 0o600 });
		renameSync(`${this.file}.new`, this.file);
		this.saveDelayMs = Math.max(SAVE_DELAY_MS, SHARE_OF_TIME * (Date.now() - startedAt));
	}
}

function readState(file: string): z.output<typeof STATE> {
	try {
		return STATE.parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch {
		throw new Error(`${file} holds no state of a sandbox. Delete it to start empty.`);
	}
}
