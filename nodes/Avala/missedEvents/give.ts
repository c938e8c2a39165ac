import type { IDataObject } from 'n8n-workflow';

import type { RecoveredEvent } from '../actions/delivery/recover';
import { recover } from '../actions/delivery/recover';
import type { Connection } from '../transport/connection';
import { concernsOtherProject } from '../trigger/projects';
import type { MissedAt } from './backlog';
import type { PollState } from './state';
import { hashOf } from './state';

/** How many items one execution gets. */
const MAX_EVENTS = 100;
/** n8n stores the state with each execution; further events wait until older ones are settled. */
const MAX_GIVEN = 5_000;

/**
 * Takes events off the list and makes items of them, as many as one execution should have.
 *
 * @returns the items, and all that was ever given
 * @throws NodeApiError when not even the first can be recovered now
 */
export async function give(
	connection: Connection,
	missed: MissedAt[],
	{ given: before }: PollState,
	projects: readonly string[],
): Promise<{ items: IDataObject[]; given: Map<string, number> }> {
	const given = new Map(before);
	const items: IDataObject[] = [];
	let done = 0;
	for (const one of missed) {
		if (items.length >= MAX_EVENTS || given.size >= MAX_GIVEN) break;
		const hash = hashOf(one.key);
		if (!given.has(hash)) {
			const item = await recover(connection, one).catch((error: unknown) => {
				if (done === 0) throw error;
				return undefined;
			});
			// What has been recovered is given now, and the next poll goes on.
			if (item === undefined) break;
			if (!isElsewhere(item, projects)) items.push(item);
			given.set(hash, one.time);
		}
		done += 1;
	}
	missed.splice(0, done);
	return { items, given };
}

/** Whether an event is of other projects than those that are wanted. */
export function isElsewhere(event: RecoveredEvent, projects: readonly string[]): boolean {
	return projects.length > 0 && concernsOtherProject(event, projects);
}
