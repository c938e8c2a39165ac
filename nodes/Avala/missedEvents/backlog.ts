import { UserError } from 'n8n-workflow';

import type { Missed } from '../actions/delivery/missed';
import { identityOf, MissedEvents } from '../actions/delivery/missed';
import { walk } from '../actions/getMany';
import type { Delivery } from '../shared/delivery';
import { createdAt, eventTypeOf, normaliseDelivery } from '../shared/delivery';
import { isChosenEvent } from '../shared/eventCatalogue';
import { idKey, idOf } from '../shared/values';
import type { Connection } from '../transport/connection';
import { all, DELIVERIES } from '../transport/paths';
import { hasStatus } from '../transport/request';
import type { EventSelection } from '../trigger/parameters';
import type { PollState } from './state';
import { hashOf } from './state';

/** A try that is overdue for longer does not come any more; nothing waits for it. */
const LONGEST_UNDECIDED_MS = 6 * 60 * 60_000;
/** Deliveries may become visible a little later than newer ones, and some servers tell whole seconds. */
export const MARGIN_MS = 5 * 60_000;
/** How servers refuse the address of a page that they do not keep any longer. */
const PAGE_IS_GONE: readonly number[] = [400, 404, 410, 422];

/** An event that Avala has given up on, with the time of its oldest delivery. */
export type MissedAt = Missed & { time: number };

/**
 * What Avala has given up on since a moment. It is read from the newest delivery down to that moment, in as
 * many polls as it takes; after that it holds what was missed, the oldest first.
 */
export class Backlog {
	/** What was missed and is still to be given; undefined until everything is read. */
	missed?: MissedAt[];

	/** The time of the newest delivery. */
	newest = -Infinity;

	/** The time of the oldest delivery that may still fail for good. */
	oldestUndecided = Infinity;

	/** Where the reading goes on. */
	private next?: URL;

	private readonly found: MissedEvents;

	private readonly webhookKeys: readonly string[] | undefined;

	/** Of the delivery that was read last, for those without a time. */
	private lastTime?: number;

	/**
	 * @param since Unix time in milliseconds
	 * @param webhookIds the webhooks that count; undefined for all
	 * @param selection the event types that count
	 */
	constructor(
		readonly since: number,
		webhookIds: readonly string[] | undefined,
		private readonly selection: Pick<EventSelection, 'events' | 'customEvents'>,
		/** When the reading began, Unix time in milliseconds. */
		readonly now = Date.now(),
	) {
		this.found = new MissedEvents(now);
		this.webhookKeys = webhookIds?.map(idKey);
	}

	/**
	 * Reads on.
	 *
	 * @param mostPages how many pages at most
	 * @throws NodeApiError; what was read before is kept. UserError when no delivery has a time
	 */
	async read(connection: Connection, mostPages: number): Promise<void> {
		const start = this.next;
		await this.readPages(connection, mostPages).catch((error: unknown) => {
			// The reading begins anew with the next poll, and not where there is nothing any more.
			if (start && this.next === start && hasStatus(error, PAGE_IS_GONE)) this.next = undefined;
			throw error;
		});
	}

	private async readPages(connection: Connection, mostPages: number): Promise<void> {
		const { since } = this;
		let count = 0;
		for await (const { found, next } of pagesOf(connection, since, this.next)) {
			this.lastTime ??= found.map(createdAt).find((time) => time !== undefined);
			for (const delivery of found) this.add(delivery);
			this.next = next;
			count += 1;
			if (next && count >= mostPages) return;
			if (!next) this.missed = this.found.list().map((one) => ({ time: since, ...one }));
		}
		// A page that was announced and is gone is no end: the next poll begins anew then.
		this.next = undefined;
	}

	/** What was missed as far as it was read, the newest first. */
	newestFirst(): Missed[] {
		return this.found.list().reverse();
	}

	private add(delivery: Delivery): void {
		// One without a time lies between its neighbours.
		const time = createdAt(delivery) ?? this.lastTime;
		if (time === undefined) {
			throw new UserError('Avala sent deliveries without a time.', {
				description:
					'New ones cannot be told from old ones then, so missed events cannot be found. Use Delivery: Get Missed Events instead.',
			});
		}
		this.lastTime = time;
		if (time < this.since) return;
		this.newest = Math.max(this.newest, time);
		if (!this.isOurs(delivery)) return;
		const outcome = this.found.add(delivery, time);
		const isUndecided = outcome === 'pending' || outcome === 'retrying';
		if (isUndecided && this.now - time < LONGEST_UNDECIDED_MS) {
			this.oldestUndecided = Math.min(this.oldestUndecided, time);
		}
	}

	private isOurs(delivery: Delivery): boolean {
		const webhookId = idKey(idOf(delivery.webhook_uid) ?? '');
		const isWatched = this.webhookKeys?.includes(webhookId) ?? true;
		const { events, customEvents } = this.selection;
		return isWatched && isChosenEvent(eventTypeOf(delivery), events, customEvents);
	}
}

/**
 * A state to which what is there is from before, also where the clocks of n8n and Avala differ. The same state
 * where Avala does not list the newest first.
 */
export async function fromNewest(connection: Connection, state: PollState): Promise<PollState> {
	for await (const { found } of pagesOf(connection, -Infinity)) {
		const times = found.map((delivery) => createdAt(delivery) ?? 0);
		const [since = 0] = times;
		if (since < Math.max(...times) || since > state.since) return state;
		const newest = found.filter((_, index) => times[index] === since);
		const given = newest.map((one) => [hashOf(identityOf(one).key), since] as const);
		return { ...state, since, given: new Map(given) };
	}
	return state;
}

function pagesOf(connection: Connection, createdAfter: number, start?: URL) {
	return walk(connection, all(DELIVERIES), {
		wanted: Infinity,
		narrowing: {
			values: {},
			query: {},
			createdAfter,
			createdBefore: Infinity,
			isNarrow: true,
			passes: () => true,
		},
		query: { ordering: '-created_at' },
		normalise: normaliseDelivery,
		start,
	});
}
