import type { IDataObject } from 'n8n-workflow';

import { idOf, isObject, jsonOf } from '../shared/values';
import type { Connection } from './connection';
import { sentUrl } from './connection';
import { unusableError } from './errors';
import type { Endpoint } from './paths';
import type { AvalaRequest } from './request';
import { avalaRequest, infoOf, toEntry, undefinedOnStatus } from './request';

/** Avala's pages hold at most this many results. */
export const MAX_PAGE_SIZE = 100;
/** A server that goes on without anything new has come to its end. */
const MAX_PAGES_WITHOUT_NEWS = 10;
/** A million entries: at Avala's rate limit that takes more than an hour and a half. */
const MAX_PAGES = 10_000;

export interface ListOptions {
	/** How many entries to ask for at once, 100 at most. */
	pageSize?: number;
	query?: Record<string, string>;
	/** The page to begin with, from an earlier `next`; the first by default. */
	start?: URL;
}

/** A page of a list, and where the next one is. */
export interface Page {
	entries: IDataObject[];
	next?: URL;
}

/** The entries of `avalaPages`, one by one. */
export async function* avalaList(
	connection: Connection,
	endpoint: Endpoint,
	options: ListOptions = {},
): AsyncGenerator<IDataObject, void, undefined> {
	for await (const { entries } of avalaPages(connection, endpoint, options)) yield* entries;
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
	{ pageSize = MAX_PAGE_SIZE, query = {}, start }: ListOptions = {},
): AsyncGenerator<Page, void, undefined> {
	const limit = Math.max(1, Math.min(pageSize, MAX_PAGE_SIZE));
	const seen = new Set<string>();
	let pagesWithoutNews = 0;
	let url: URL | undefined = start ?? withQuery(connection, endpoint, { limit, ...query });
	for (let pages = 0; url !== undefined && pages < MAX_PAGES; pages++) {
		const reading = requestPage(connection, { method: 'GET', endpoint, url });
		// A page that was announced may be gone, when its entries were deleted meanwhile.
		const page: Page | undefined = await (pages === 0
			? reading
			: undefinedOnStatus([404], reading));
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

function withQuery(
	{ baseUrl }: Connection,
	{ path }: Endpoint,
	query: Record<string, string | number>,
): URL {
	const url = new URL(baseUrl + path);
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
	return url;
}

/** The entries of a list that is not read but made by a request, such as an evaluation. */
export async function avalaResults(
	connection: Connection,
	request: AvalaRequest,
): Promise<IDataObject[]> {
	const url = new URL(connection.baseUrl + request.endpoint.path);
	return (await requestPage(connection, { ...request, url })).entries;
}

/** Some of Avala's lists are a bare JSON list, which is complete. */
async function requestPage(
	connection: Connection,
	request: AvalaRequest & { url: URL },
): Promise<Page> {
	const { status, value } = await avalaRequest(connection, request);
	const unusable = (what: string) =>
		unusableError(connection, infoOf(connection, request), status, what);
	const page = Array.isArray(value) ? { results: value, next: null } : value;
	if (!isObject(page) || !Array.isArray(page.results)) {
		throw unusable("it is not a page with a list of 'results'");
	}
	const sent: unknown[] = page.results;
	// One odd entry is no reason to withhold the others.
	const entries = sent.filter(isObject).map((entry) => toEntry(entry));
	if (sent.length > 0 && entries.length === 0) throw unusable('no result on the page is an object');
	const next = nextPage(page.next, request.url, connection);
	if (next === 'elsewhere') {
		throw unusable('its next page is on another host, to which the API key is not sent');
	}
	return { entries, next };
}

/** Follows `next` as Avala gives it, absolute or from the page it stands on, to the API's own origin alone. */
function nextPage(
	next: unknown,
	page: URL,
	{ baseUrl }: Pick<Connection, 'baseUrl'>,
): URL | undefined | 'elsewhere' {
	if (next === null || next === undefined || next === '' || next === false) return undefined;
	if (typeof next !== 'string' || !URL.canParse(next, page.href)) return 'elsewhere';
	const url = sentUrl({ baseUrl }, next, page.href);
	const isApi = url.origin === new URL(baseUrl).origin && !url.username && !url.password;
	return isApi ? url : 'elsewhere';
}

/** The page that an earlier `next` names, which the editor gives back; undefined for anything else. */
export function pageAt(connection: Connection, next: string): URL | undefined {
	const page = nextPage(next, new URL(connection.baseUrl), connection);
	return page === 'elsewhere' ? undefined : page;
}
