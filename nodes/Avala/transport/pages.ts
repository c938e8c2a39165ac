import type { IDataObject } from 'n8n-workflow';

import { idOf, isObject, jsonOf } from '../shared/values';
import type { Connection } from './connection';
import { sentUrl } from './connection';
import { unusableError } from './errors';
import type { Endpoint } from './paths';
import type { AvalaRequest } from './request';
import { avalaRequest, toEntry, undefinedOnStatus } from './request';

/** Avala's pages hold at most this many results. */
const MAX_PAGE_SIZE = 100;
/** A server that goes on without anything new has come to its end. */
const MAX_PAGES_WITHOUT_NEWS = 10;
/** A million entries: at Avala's rate limit that takes more than an hour and a half. */
const MAX_PAGES = 10_000;

interface ListOptions {
	/** How many entries to ask for at once, 100 at most. */
	pageSize?: number;
	query?: Record<string, string>;
	/** The page to begin with, from an earlier `next`; the first by default. */
	start?: URL;
	/** How far a long list is read. */
	mostPages?: number;
}

/** A page of a list, and where the next one is. */
interface Page {
	entries: IDataObject[];
	next?: URL;
}

/**
 * The entries of `avalaPages`, one by one, as `read` gives them; what it makes nothing of is left out.
 *
 * @param mostPages how far a long list is read
 */
export async function* avalaList<T>(
	connection: Connection,
	endpoint: Endpoint,
	read: (entry: IDataObject) => T | undefined,
	mostPages?: number,
): AsyncGenerator<T, void, undefined> {
	for await (const { entries } of avalaPages(connection, endpoint, { mostPages })) {
		yield* entries.map(read).filter((one) => one !== undefined);
	}
}

/**
 * Walks a list of Avala's from its first entry on, page by page; a page is requested only when its
 * entries are wanted. Each ID comes out once, although new entries push others onto the next page.
 *
 * @throws NodeApiError also when a page is no page, or leads to another host
 */
export async function* avalaPages(
	connection: Connection,
	endpoint: Endpoint,
	{ pageSize = MAX_PAGE_SIZE, query = {}, start, mostPages = MAX_PAGES }: ListOptions = {},
): AsyncGenerator<Page, void, undefined> {
	const limit = Math.max(1, Math.min(pageSize, MAX_PAGE_SIZE));
	const seen = new Set<string>();
	let pagesWithoutNews = 0;
	const search = new URLSearchParams({ limit: String(limit), ...query });
	let url: URL | undefined = start ?? new URL(`${connection.baseUrl}${endpoint.path}?${search}`);
	for (let pages = 0; url !== undefined && pages < mostPages; pages++) {
		// A page that was announced may be gone, when its entries were deleted meanwhile.
		const page: Page | undefined = await undefinedOnStatus(
			pages === 0 ? [] : [404],
			avalaPage(connection, { method: 'GET', endpoint, url }),
		);
		if (page === undefined) return;
		const known = seen.size;
		const entries = page.entries.filter((entry) => {
			const key = idOf(entry.uid) ?? jsonOf(entry) ?? '';
			const isNew = !seen.has(key);
			seen.add(key);
			return isNew || idOf(entry.uid) === undefined;
		});
		pagesWithoutNews = seen.size > known ? 0 : pagesWithoutNews + 1;
		url = pagesWithoutNews < MAX_PAGES_WITHOUT_NEWS ? page.next : undefined;
		yield { entries, next: url };
	}
}

/**
 * One page of a list, also of one that is made by a request, such as an evaluation. Some of Avala's lists are a
 * bare JSON list, which is complete.
 */
export async function avalaPage(connection: Connection, request: AvalaRequest): Promise<Page> {
	const { status, value } = await avalaRequest(connection, request);
	const unusable = (what: string) => unusableError(connection, request, status, what);
	const page = Array.isArray(value) ? { results: value, next: null } : value;
	if (!isObject(page) || !Array.isArray(page.results)) {
		throw unusable("it is not a page with a list of 'results'");
	}
	const sent: unknown[] = page.results;
	// One odd entry is no reason to withhold the others.
	const entries = sent.filter(isObject).map((entry) => toEntry(entry));
	if (sent.length > 0 && entries.length === 0) throw unusable('no result on the page is an object');
	// Avala gives null at the end of a list.
	const next = page.next ? pageAt(connection, page.next, request.url?.href) : undefined;
	if (page.next && !next) {
		throw unusable('its next page is on another host, to which the API key is not sent');
	}
	return { entries, next };
}

/**
 * The page that a `next` names, absolute or from the page it stands on; undefined for what is not on the API's
 * own origin.
 *
 * @param next as Avala gives it, or as the editor gives it back
 */
export function pageAt(
	connection: Connection,
	next: unknown,
	base = connection.baseUrl,
): URL | undefined {
	if (typeof next !== 'string' || !URL.canParse(next, base)) return undefined;
	const url = sentUrl(connection, next, base);
	const isApi = url.origin === new URL(connection.baseUrl).origin;
	return isApi && !url.username && !url.password ? url : undefined;
}
