/** Entries in order of arrival, oldest first, found by their id. */
export class Collection<T extends { uid: string }> {
	private entries: T[] = [];

	private readonly byUid = new Map<string, T>();

	get list(): readonly T[] {
		return this.entries;
	}

	get(uid: string): T | undefined {
		return this.byUid.get(uid);
	}

	/** Adds the entry, or replaces the one with the same id in its place. */
	put(entry: T): T {
		const known = this.byUid.get(entry.uid);
		this.byUid.set(entry.uid, entry);
		if (known) this.entries[this.entries.indexOf(known)] = entry;
		else this.entries.push(entry);
		return entry;
	}

	remove(uid: string): void {
		if (this.byUid.delete(uid)) this.entries = this.entries.filter((entry) => entry.uid !== uid);
	}

	clear(): void {
		this.entries = [];
		this.byUid.clear();
	}

	/** Copies, newest first, and no more than `most` of them. */
	newestFirst(most = Infinity): T[] {
		return this.entries
			.slice(Math.max(0, this.entries.length - most))
			.map((entry) => ({ ...entry }))
			.reverse();
	}
}
