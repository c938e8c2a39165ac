import type { Delivery } from '../../shared/delivery';
import { createdAt, normaliseDelivery } from '../../shared/delivery';
import type { Connection } from '../../transport/connection';
import { avalaPages } from '../../transport/pages';
import { all, DELIVERIES } from '../../transport/paths';
import type { DeliveryFilters } from './filters';
import { isFiltered, matches } from './filters';

/** Deliveries that match, and whether others come after them. */
export interface FoundPage {
	found: Delivery[];
	hasMore: boolean;
}

/**
 * The deliveries that match, newest first and page by page, until so many as are wanted are found.
 * Avala cannot filter, so each is looked at; once they are older than `createdAfter` no more pages
 * are requested.
 */
export async function* listDeliveries(
	connection: Connection,
	filters: DeliveryFilters,
	wanted: number,
): AsyncGenerator<FoundPage, void, undefined> {
	const { createdAfter = -Infinity, createdBefore = Infinity } = filters;
	const isTimed = createdAfter > -Infinity || createdBefore < Infinity;
	const options = {
		pageSize: isFiltered(filters) ? undefined : wanted,
		query: { ordering: '-created_at' },
	};
	let isNewestFirst: boolean | undefined;
	let lastBefore: number | undefined;
	let missing = wanted;
	for await (const { entries, next } of avalaPages(connection, all(DELIVERIES), options)) {
		const found: Delivery[] = [];
		const times: number[] = [];
		for (const sent of entries) {
			const delivery = normaliseDelivery(sent);
			const created = isTimed ? createdAt(delivery) : undefined;
			if (created !== undefined) times.push(created);
			// A delivery without a time that can be read passes, so that it is not lost.
			const isInTime =
				created === undefined || (created >= createdAfter && created < createdBefore);
			if (isInTime && matches(delivery, filters)) found.push(delivery);
		}
		const [first] = times;
		const last = times.at(-1);
		if (first !== undefined && last !== undefined) {
			// Should a server not keep to the order, all pages have to be looked at.
			const earlier = [first, lastBefore ?? first];
			if (last > Math.min(...earlier)) isNewestFirst = false;
			else if (last < Math.max(...earlier)) isNewestFirst ??= true;
			lastBefore = last;
		}
		const isPastTheOldest = isNewestFirst === true && last !== undefined && last < createdAfter;
		const isEnough = found.length >= missing;
		const hasMore = found.length > missing || (isEnough && !isPastTheOldest && next !== undefined);
		yield { found: found.slice(0, missing), hasMore };
		missing -= found.length;
		if (isPastTheOldest || isEnough) return;
	}
}
