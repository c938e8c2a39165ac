import type { FastifyRequest } from 'fastify';

import type { Resource } from '../resources/resourceRecords';
import type { ApiSettings } from '../settings';
import { ApiError } from './errors';

const MAX_PAGE_SIZE = 100;

interface Listing<T> {
	/** Kept oldest first. */
	list: readonly T[];
	show: (entry: T) => Resource;
	/** Which entries belong to it; all of them by default. */
	matches?: (entry: T) => boolean;
}

/** A page of a list, newest first unless the request wants `ordering=created_at`. */
export function pageOf<T extends { uid: string }>(
	request: FastifyRequest,
	{ paginateBy }: ApiSettings,
	listing: Listing<T>,
): Resource {
	const query = queryOf(request);
	const limit = Math.min(
		MAX_PAGE_SIZE,
		Math.max(1, Math.floor(Number(query.limit)) || MAX_PAGE_SIZE),
	);
	return paginateBy === 'page'
		? numberedPage(request, listing, limit)
		: cursorPage(request, listing, limit);
}

export function queryOf(request: FastifyRequest): Record<string, unknown> {
	return typeof request.query === 'object' && request.query !== null ? { ...request.query } : {};
}

/** The value of a filter; undefined when it is absent or empty. */
export function filterOf(request: FastifyRequest, name: string): string | undefined {
	const value = queryOf(request)[name];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * A cursor names the entry that a page begins after, or ends before when it leads back, so that new
 * entries do not shift pages.
 */
function cursorPage<T extends { uid: string }>(
	request: FastifyRequest,
	{ list, show, matches = () => true }: Listing<T>,
	limit: number,
): Resource {
	const query = queryOf(request);
	const step = query.ordering === 'created_at' ? 1 : -1;
	const newest = list.length - 1;
	const cursor = typeof query.cursor === 'string' ? readCursor(query.cursor, list) : undefined;

	/** The index of the next entry that belongs to the listing, going from this one on. */
	const seek = (index: number, by: number): number | undefined => {
		for (let entry = list[index]; entry; entry = list[(index += by)])
			if (matches(entry)) return index;
		return undefined;
	};
	const by = cursor?.isBack ? -step : step;
	const first = by === 1 ? 0 : newest;
	// Entries that were deleted meanwhile may have left the cursor beyond the list's end.
	const start = cursor ? Math.min(cursor.index + by, by === 1 ? Infinity : newest) : first;
	const indexes: number[] = [];
	let at = seek(start, by);
	while (at !== undefined && indexes.length < limit) {
		indexes.push(at);
		at = seek(at + by, by);
	}
	if (cursor?.isBack) indexes.reverse();

	const head = indexes[0];
	const last = indexes.at(-1);
	const link = (index: number, direction: 'n' | 'p'): string => {
		const uid = list[index]?.uid ?? '';
		const text = Buffer.from(`${direction}:${index}:${uid}`).toString('base64url');
		return linkWith(request, 'cursor', text);
	};
	const hasNext = last !== undefined && seek(last + step, step) !== undefined;
	const hasPrevious = head !== undefined && seek(head - step, -step) !== undefined;
	return {
		next: hasNext ? link(last, 'n') : null,
		previous: hasPrevious ? link(head, 'p') : null,
		results: indexes.flatMap((index) => list[index] ?? []).map(show),
	};
}

/**
 * The index of the entry that the cursor names; it was at the given index when the cursor was made, or
 * has moved down.
 * @throws ApiError 404 when the text is no cursor
 */
function readCursor<T extends { uid: string }>(
	cursor: string,
	list: readonly T[],
): { index: number; isBack: boolean } {
	const parts = /^([np]):(\d+):(.*)$/.exec(Buffer.from(cursor, 'base64url').toString());
	if (!parts) throw new ApiError(404, 'Invalid cursor');
	const [, direction, digits, uid] = parts;
	const index = Number(digits);
	const isBack = direction === 'p';
	if (list[index]?.uid === uid) return { index, isBack };
	const moved = list.findIndex((entry) => entry.uid === uid);
	return { index: moved === -1 ? index : moved, isBack };
}

/** As a few older documents have it: `page=2`. */
function numberedPage<T>(
	request: FastifyRequest,
	{ list, show, matches = () => true }: Listing<T>,
	limit: number,
): Resource {
	const entries = list.filter(matches);
	if (queryOf(request).ordering !== 'created_at') entries.reverse();
	const page = Number(filterOf(request, 'page') ?? 1);
	const pages = Math.max(1, Math.ceil(entries.length / limit));
	if (!Number.isInteger(page) || page < 1 || page > pages) {
		throw new ApiError(404, 'Invalid page.');
	}
	return {
		count: entries.length,
		next: page < pages ? linkWith(request, 'page', String(page + 1)) : null,
		previous: page > 1 ? linkWith(request, 'page', String(page - 1)) : null,
		results: entries.slice((page - 1) * limit, page * limit).map(show),
	};
}

function linkWith(request: FastifyRequest, parameter: string, value: string): string {
	const url = new URL(request.url, `${request.protocol}://${request.host}`);
	url.searchParams.set(parameter, value);
	return url.href;
}
