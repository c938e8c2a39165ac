const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A database compares the digits of a UUID in either case; other ids are compared as they are. */
function keyOf(uid: string): string {
	return UUID.test(uid) ? uid.toLowerCase() : uid;
}

export function isSameUid(one: unknown, other: string): boolean {
	return typeof one === 'string' && keyOf(one) === keyOf(other);
}

/** Entries in order of arrival, oldest first, found by their id. */
export interface Entries<T extends { uid: string }> {
	readonly list: readonly T[];
	get(uid: string): T | undefined;
	/** A number that rises from entry to entry and stays the same while others come and go. */
	readonly placeOf: (entry: object) => number;
}

export class Collection<T extends { uid: string }> implements Entries<T> {
	private entries: T[] = [];

	private readonly byUid = new Map<string, T>();

	private readonly places = new WeakMap<object, number>();

	private nextPlace = 0;

	constructor(entries: readonly T[] = []) {
		for (const entry of entries) this.put(entry);
	}

	get list(): readonly T[] {
		return this.entries;
	}

	get(uid: string): T | undefined {
		return this.byUid.get(keyOf(uid));
	}

	/** Those that pass the test, with the places that they have in the whole. */
	where(test: (entry: T) => boolean): Entries<T> {
		return {
			list: this.entries.filter(test),
			get: (uid) => {
				const entry = this.get(uid);
				return entry && test(entry) ? entry : undefined;
			},
			placeOf: this.placeOf,
		};
	}

	readonly placeOf = (entry: object): number => this.places.get(entry) ?? 0;

	/** Adds the entry, or replaces the one with the same id in its place. */
	put(entry: T): T {
		const known = this.get(entry.uid);
		this.byUid.set(keyOf(entry.uid), entry);
		this.places.set(entry, known ? this.placeOf(known) : (this.nextPlace += 1));
		if (known) this.entries[this.entries.indexOf(known)] = entry;
		else this.entries.push(entry);
		return entry;
	}

	remove(uid: string): void {
		const known = this.get(uid);
		if (!known) return;
		this.byUid.delete(keyOf(uid));
		this.entries = this.entries.filter((entry) => entry !== known);
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
