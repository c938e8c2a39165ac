import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import type { Missed } from '../actions/delivery/missed';
import type { RecoveredEvent } from '../actions/delivery/recover';
import { recover, unrecoverable } from '../actions/delivery/recover';
import type { Connection } from '../transport/connection';
import { hasStatus } from '../transport/request';
import { concernsOtherProject } from '../trigger/projects';
import type { MissedAt } from './backlog';
import { hashOf } from './state';

/** How many events one poll reads, and one execution gets at the most. */
const MAX_EVENTS = 100;
/** In one poll: then Avala seems to be out of order. */
const MAX_FAILURES = 3;
/** An event whose resource Avala fails to give for longer is given without it. */
const LONGEST_UNREADABLE_MS = 6 * 60 * 60_000;

/** Since when an event cannot be recovered, Unix time in milliseconds, by the hash of its first key. */
export type Unreadable = Map<string, number>;

/**
 * Makes items of missed events, as many as one execution should have. One that cannot be recovered now is
 * left for later.
 *
 * @param missed the oldest first
 * @param before what was given earlier, by hash, with the time of its delivery
 * @param unreadable is kept up to date
 * @returns the items, what is settled with them, and all that was ever given
 * @throws NodeApiError when none can be recovered now
 */
export async function give(
	connection: Connection,
	missed: readonly MissedAt[],
	before: ReadonlyMap<string, number>,
	projects: readonly string[],
	unreadable: Unreadable,
) {
	const items: IDataObject[] = [];
	const done = new Set<MissedAt>();
	const given = new Map(before);
	const failures: unknown[] = [];
	let read = 0;
	const firstAndLater = [false, true].flatMap((isLater) =>
		missed.filter((one) => isUnreadable(one, unreadable) === isLater),
	);
	for (const one of firstAndLater) {
		const isOver = read >= MAX_EVENTS || Date.now() >= connection.deadline;
		if (isOver || failures.length >= MAX_FAILURES || failures.some(mayConcernAll)) break;
		const hashes = one.keys.map(hashOf);
		if (!hashes.some((hash) => given.has(hash))) {
			read += 1;
			const item = await readNow(connection, one, unreadable).catch((error: unknown) => {
				failures.push(error);
			});
			if (item === undefined) continue;
			if (!concernsOtherProject(item, projects)) items.push(item);
		}
		done.add(one);
		for (const hash of hashes) given.set(hash, one.time);
	}
	if (done.size === 0 && failures.length > 0) throw failures[0];
	return { items, done, given };
}

/** @throws NodeApiError when it can be had later, perhaps */
async function readNow(
	connection: Connection,
	one: MissedAt,
	unreadable: Unreadable,
): Promise<RecoveredEvent> {
	const hash = hashOf(one.keys[0] ?? '');
	const since = unreadable.get(hash) ?? Date.now();
	const item = await recover(connection, one).catch((error: unknown) => {
		if (hasStatus(error, NOT_ABOUT_ONE) || Date.now() >= connection.deadline) throw error;
		unreadable.set(hash, since);
		if (Date.now() - since < LONGEST_UNREADABLE_MS) throw error;
		return unrecoverable(one.delivery);
	});
	unreadable.delete(hash);
	return item;
}

/** Avala refuses the key, or asks to wait, whatever it is asked for. */
const NOT_ABOUT_ONE: readonly number[] = [401, 429];

/** Whether the next event may fare the same: then it is for the next poll, which begins with it. */
function mayConcernAll(error: unknown): boolean {
	const isResponse = error instanceof NodeApiError && typeof error.httpCode === 'string';
	return !isResponse || hasStatus(error, NOT_ABOUT_ONE);
}

/** Whether an event could not be recovered when that was tried last. */
export function isUnreadable({ keys: [key = ''] }: Missed, unreadable: Unreadable): boolean {
	return unreadable.has(hashOf(key));
}
