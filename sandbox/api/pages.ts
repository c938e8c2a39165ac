import type { FastifyRequest } from 'fastify';

import type { Entries } from '../collection';
import type { Resource } from '../resources/resourceRecords';
import { ApiError } from './errors';

const MAX_PAGE_SIZE = 100;

/** A route's parameters, in its path and behind it. */
export interface Route {
	Params: Record<string, string>;
	Querystring: Record<string, unknown>;
}

/** A request to the API. */
export type Call = FastifyRequest<Route>;

interface Listing<T extends { uid: string }> {
	entries: Entries<T>;
	show: (entry: T) => Resource;
	/** Which entries belong to it. */
	matches: (entry: T) => boolean;
}

/** The value of a filter; undefined when it is absent or empty. */
export function filterOf({ query }: Call, name: string): string | undefined {
	const value = query[name];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * A page of a list, newest first. A cursor names the place that a page begins after, or ends before, so that entries
 * that come and go shift nothing.
 */
export function pageOf<T extends { uid: string }>(
	call: Call,
	{ entries: { list, placeOf }, show, matches }: Listing<T>,
): Resource {
	const limit = Math.floor(Number(call.query.limit)) || MAX_PAGE_SIZE;
	const size = Math.min(MAX_PAGE_SIZE, Math.max(1, limit));
	const link = (place: string) => {
		const url = new URL(`${call.protocol}://${call.host}${call.url}`);
		url.searchParams.set('cursor', Buffer.from(place).toString('base64url'));
		return url.href;
	};
	const cursor = filterOf(call, 'cursor');
	const text = Buffer.from(cursor ?? '', 'base64url').toString();
	const [, way, digits] = /^([np])(\d+)$/.exec(text) ?? [];
	if (cursor !== undefined && digits === undefined) throw new ApiError(404, 'Invalid cursor');

	/** The indexes of the next entries that belong to the list. */
	const walk = (from: number, step: number, most: number): number[] => {
		const indexes: number[] = [];
		for (let index = from, entry = list[index]; entry; entry = list[(index += step)]) {
			if (indexes.length === most) break;
			if (matches(entry)) indexes.push(index);
		}
		return indexes;
	};
	const step = way === 'p' ? 1 : -1;
	const place = digits === undefined ? -step * Infinity : Number(digits);
	const after = firstIndex(list, (entry) => placeOf(entry) > place);
	const before = firstIndex(list, (entry) => placeOf(entry) >= place) - 1;
	const indexes = walk(step === 1 ? after : before, step, size);
	if (way === 'p') indexes.reverse();
	const linkTo = (direction: 'n' | 'p', index: number | undefined, by: number) => {
		const entry = list[index ?? -1];
		const isLast = index === undefined || walk(index + by, by, 1).length === 0;
		return entry && !isLast ? link(`${direction}${placeOf(entry)}`) : null;
	};
	return {
		next: linkTo('n', indexes.at(-1), -1),
		previous: linkTo('p', indexes[0], 1),
		results: indexes.flatMap((index) => list[index] ?? []).map(show),
	};
}

/** The index of the first entry that passes a test that all later ones pass too; the length if none does. */
function firstIndex<T>(list: readonly T[], test: (entry: T) => boolean): number {
	let [low, high] = [0, list.length];
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		const entry = list[middle];
		if (entry === undefined || test(entry)) high = middle;
		else low = middle + 1;
	}
	return low;
}
