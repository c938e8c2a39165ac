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
	settings: ApiSettings,
	{ entries, show, matches }: Listing<T>,
): Resource {
	const isOldestFirst = call.query.ordering === 'created_at';
	const found = entries.list.filter(matches);
	if (!isOldestFirst) found.reverse();
	const limit = Math.floor(Number(call.query.limit)) || MAX_PAGE_SIZE;
	const size = Math.min(MAX_PAGE_SIZE, Math.max(1, limit));

	const link = (parameter: string, value: string | number | undefined) => {
		const origin = settings.pageOrigin ?? `${call.protocol}://${call.host}`;
		const url = new URL(origin + call.url);
		url.searchParams.set(parameter, String(value));
		return url.href;
	};
	if (settings.paginateBy === 'page') {
		const number = Number(filterOf(call, 'page') ?? 1);
		const last = Math.max(1, Math.ceil(found.length / size));
		if (!Number.isInteger(number) || number < 1 || number > last) {
			throw new ApiError(404, 'Invalid page.');
		}
		return {
			count: found.length,
			next: number < last ? link('page', number + 1) : null,
			previous: number > 1 ? link('page', number - 1) : null,
			results: found.slice((number - 1) * size, number * size).map(show),
		};
	}

	// A cursor is a place between entries, so that those that come and go do not shift pages.
	const cursor = filterOf(call, 'cursor');
	const [, direction, digits] = /^([np])(\d+)$/.exec(decoded(cursor) ?? '') ?? [];
	if (cursor !== undefined && digits === undefined) throw new ApiError(404, 'Invalid cursor');
	const place = Number(digits);
	const isPast = (entry: T) => {
		const distance = (entries.placeOf(entry) - place) * (isOldestFirst ? 1 : -1);
		return direction === 'n' ? distance > 0 : distance >= 0;
	};
	const index = digits === undefined ? 0 : found.findIndex(isPast);
	const at = index === -1 ? found.length : index;
	const start = direction === 'p' ? Math.max(0, at - size) : at;
	const page = found.slice(start, start + size);
	const to = (way: 'n' | 'p', entry: T | undefined) =>
		entry ? link('cursor', encoded(`${way}${entries.placeOf(entry)}`)) : null;
	return {
		next: start + size < found.length ? to('n', page.at(-1)) : null,
		previous: start > 0 ? to('p', page[0]) : null,
		results: page.map(show),
	};
}

function encoded(text: string): string {
	return Buffer.from(text).toString('base64url');
}

function decoded(text: string | undefined): string | undefined {
	return text === undefined ? undefined : Buffer.from(text, 'base64url').toString();
}
