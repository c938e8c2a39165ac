import type { IDataObject } from 'n8n-workflow';

import type { Missed } from '../actions/delivery/missed';
import { MissedEvents } from '../actions/delivery/missed';
import { walk } from '../actions/getMany';
import type { Delivery } from '../shared/delivery';
import { createdAt, eventTypeOf, normaliseDelivery } from '../shared/delivery';
import { idKey, idOf } from '../shared/values';
import type { Connection } from '../transport/connection';
import { apiError } from '../transport/errors';
import { all, DELIVERIES } from '../transport/paths';

/** A try that is overdue for longer does not come any more; nothing waits for it. */
const LONGEST_UNDECIDED_MS = 6 * 60 * 60_000;
/** Deliveries may become visible a little later than newer ones, and some servers tell whole seconds. */
const MARGIN_MS = 5 * 60_000;

/** An event that Avala has given up on, with the time of its oldest delivery. */
export type MissedAt = Missed & { time: number };

/**
 * What Avala has given up on since a moment. It is read from the newest delivery down to that moment, in as
 * many polls as it takes; after that it holds what was missed, the oldest first.
 */
export class Backlog {
	/** What was missed and is still to be given; undefined until everything is read. */
	missed?: MissedAt[];

	/** Where the reading goes on. */
	private next?: URL;

	private readonly found: MissedEvents;

	private readonly webhookKeys: readonly string[] | undefined;

	private newest?: number;

	private oldestUndecided = Infinity;

	/** Of the delivery that was read last, for those without a time. */
	private lastTime?: number;

	/**
	 * @param since Unix time in milliseconds
	 * @param webhookIds the webhooks that count; undefined for all
	 * @param isWanted whether an event type may count
	 */
	constructor(
		readonly since: number,
		webhookIds: readonly string[] | undefined,
		private readonly isWanted: (type: string) => boolean,
		private readonly now = Date.now(),
	) {
		this.found = new MissedEvents(now);
		this.webhookKeys = webhookIds?.map(idKey);
	}

	/**
	 * Everything before this moment is settled once `missed` is given: it does not pass a delivery that may
	 * still fail for good.
	 */
	get settledUntil(): number {
		const newest = this.newest === undefined ? this.since : this.newest - MARGIN_MS;
		return Math.max(this.since, Math.min(newest, this.oldestUndecided));
	}

	/**
	 * Reads on.
	 *
	 * @param mostPages how many pages at most
	 * @throws NodeApiError; what was read before is kept
	 */
	async read(connection: Connection, mostPages: number): Promise<void> {
		const pages = walk(connection, all(DELIVERIES), {
			wanted: Infinity,
			narrowing: {
				values: {},
				query: {},
				createdAfter: this.since,
				createdBefore: Infinity,
				isNarrow: true,
				passes: () => true,
			},
			query: { ordering: '-created_at' },
			normalise: normaliseDelivery,
			start: this.next,
		});
		let count = 0;
		let isEnd = false;
		for await (const { found, next } of pages) {
			for (const entry of found) this.add(connection, entry);
			this.next = next;
			count += 1;
			isEnd = next === undefined;
			if (count >= mostPages) break;
		}
		// A page that was announced and is gone is no end: the next poll begins anew then.
		if (isEnd)
			this.missed = this.found.list().map((one) => ({ ...one, time: one.time ?? this.since }));
		else if (count < mostPages) this.next = undefined;
	}

	/** What was missed as far as it was read, the newest first. */
	newestFirst(): Missed[] {
		return this.found.list().reverse();
	}

	private add(connection: Connection, sent: IDataObject): void {
		const delivery = normaliseDelivery(sent);
		// One without a time lies between its neighbours.
		const time = createdAt(delivery) ?? this.lastTime;
		if (time === undefined) {
			throw apiError(
				connection,
				'Avala sent deliveries without a time.',
				'New ones cannot be told from old ones then, so missed events cannot be found. Use Delivery: Get Missed Events instead.',
			);
		}
		this.lastTime = time;
		if (time < this.since) return;
		this.newest ??= time;
		if (!this.isOurs(delivery)) return;
		const outcome = this.found.add(delivery, time);
		const isUndecided = outcome === 'pending' || outcome === 'retrying';
		if (isUndecided && this.now - time < LONGEST_UNDECIDED_MS) this.oldestUndecided = time;
	}

	private isOurs(delivery: Delivery): boolean {
		const webhookId = idKey(idOf(delivery.webhook_uid) ?? '');
		const isWatched = this.webhookKeys?.includes(webhookId) ?? true;
		return isWatched && this.isWanted(eventTypeOf(delivery));
	}
}
