import type { FastifyRequest } from 'fastify';

import type { Entries } from '../collection';
import type { Resource } from '../resources/resourceRecords';
import type { ApiSettings } from '../settings';
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

/** A page of a list, newest first unless the request wants `ordering=created_at`. */
export function pageOf<T extends { uid: string }>(
	call: Call,
	{ paginateBy, pageOrigin = `${call.protocol}://${call.host}` }: ApiSettings,
	listing: Listing<T>,
): Resource {
	const limit = Math.floor(Number(call.query.limit)) || MAX_PAGE_SIZE;
	const size = Math.min(MAX_PAGE_SIZE, Math.max(1, limit));
	const link = (parameter: string, value: string) => {
		const url = new URL(pageOrigin + call.url);
		url.searchParams.set(parameter, value);
		return url.href;
	};
	return paginateBy === 'page'
		? numberedPage(call, listing, size, (page) => link('page', String(page)))
		: cursorPage(call, listing, size, (cursor) => {
				return link('cursor', Buffer.from(cursor).toString('base64url'));
			});
}

/** A cursor names the place that a page begins after, or ends before, so that entries that come and go shift nothing. */
function cursorPage<T extends { uid: string }>(
	call: Call,
	{ entries: { list, placeOf }, show, matches }: Listing<T>,
	size: number,
	link: (cursor: string) => string,
): Resource {
	const forth = call.query.ordering === 'created_at' ? 1 : -1;
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
	const step = way === 'p' ? -forth : forth;
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
		next: linkTo('n', indexes.at(-1), forth),
		previous: linkTo('p', indexes[0], -forth),
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

/** As a few older documents have it: `page=2`. */
function numberedPage<T extends { uid: string }>(
	call: Call,
	{ entries, show, matches }: Listing<T>,
	size: number,
	link: (page: number) => string,
): Resource {
	const found = entries.list.filter(matches);
	if (call.query.ordering !== 'created_at') found.reverse();
	const page = Number(filterOf(call, 'page') ?? 1);
	const last = Math.max(1, Math.ceil(found.length / size));
	if (!Number.isInteger(page) || page < 1 || page > last) {
		throw new ApiError(404, 'Invalid page.');
	}
	return {
		count: found.length,
		next: page < last ? link(page + 1) : null,
		previous: page > 1 ? link(page - 1) : null,
		results: found.slice((page - 1) * size, page * size).map(show),
	};
}
