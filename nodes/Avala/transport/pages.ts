import type { IDataObject } from 'n8n-workflow';

import { idOf, isObject } from '../shared/values';
import type { Connection } from './connection';
import { entryKey, whatCame, withUid } from './entry';
import { unusableError } from './errors';
import type { Endpoint } from './paths';
import type { AvalaRequest } from './request';
import { askedFor, avalaRequest } from './request';

/** Avala's pages hold at most this many results. */
export const MAX_PAGE_SIZE = 100;
/** A server that goes on without anything new will not come to an end. */
const MAX_PAGES_WITHOUT_NEWS = 10;
/** A million entries: at Avala's rate limit that takes more than an hour and a half. */
const MAX_PAGES = 10_000;
/** How many entries are remembered, so that one that was pushed along is known again: ten pages. */
const REMEMBERED_ENTRIES = 1_000;

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
 * Walks a list of Avala's from its newest entry on, page by page; a page is requested only when its
 * entries are wanted. An entry that new ones have pushed onto the next page comes out once.
 *
 * @throws NodeApiError also when a page is no page, leads to another origin, or the pages have no end
 */
export async function* avalaPages(
	connection: Connection,
	endpoint: Endpoint,
	{ pageSize = MAX_PAGE_SIZE, query = {}, start }: ListOptions = {},
): AsyncGenerator<Page, void, undefined> {
	const limit = Math.max(1, Math.min(pageSize, MAX_PAGE_SIZE));
	const visited = new Set<string>();
	const firstEntries = new Set<string>();
	const recent = new Set<string>();
	let withoutNews = 0;
	let url: URL | undefined = start ?? withQuery(connection, endpoint, { limit, ...query });
	while (url) {
		visited.add(url.href);
		const request: AvalaRequest & { url: URL } = { method: 'GET', endpoint, url };
		const { status, results, next } = await requestPage(connection, request);
		const keys = results.map(entryKey);
		const isNew = keys.map((key) => !recent.has(key));
		const entries = results.filter(({ uid }, index) => isNew[index] || idOf(uid) === undefined);
		const [first] = keys;
		const hasNews = first !== undefined && !firstEntries.has(first) && isNew.includes(true);
		if (first !== undefined) firstEntries.add(first);
		remember(recent, keys);
		yield { entries, next };

		withoutNews = hasNews ? 0 : withoutNews + 1;
		const isEndless =
			next !== undefined &&
			(visited.has(next.href) ||
				withoutNews >= MAX_PAGES_WITHOUT_NEWS ||
				visited.size >= MAX_PAGES);
		if (isEndless) {
			throw unusableError(
				connection,
				askedFor(connection, request),
				status,
				'its pages never end and contain nothing new',
			);
		}
		url = next;
	}
}

/** Adds to a set, which gives up what was added to it first. */
function remember(recent: Set<string>, keys: readonly string[]): void {
	for (const key of keys) recent.add(key);
	for (const oldest of recent) {
		if (recent.size <= REMEMBERED_ENTRIES) return;
		recent.delete(oldest);
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

async function requestPage(
	connection: Connection,
	request: AvalaRequest & { url: URL },
): Promise<{ status: number; results: IDataObject[]; next?: URL }> {
	const { status, value } = await avalaRequest(connection, request);
	const unusable = (what: string) =>
		unusableError(connection, askedFor(connection, request), status, what);
	if (!isObject(value) || !Array.isArray(value.results)) {
		throw unusable(`${whatCame(value, connection.secrets)}, not a page with a list of 'results'`);
	}
	const sent: unknown[] = value.results;
	// One odd entry is no reason to withhold the others.
	const results = sent.filter(isObject).map(withUid);
	if (sent.length > 0 && results.length === 0) throw unusable('no result on the page is an object');
	const next = nextPage(value.next, request.url, new URL(connection.baseUrl).origin);
	if (next === 'elsewhere') {
		throw unusable('its next page is on another origin, to which the API key is not sent');
	}
	return { status, results, next };
}

/** Follows `next` as Avala gives it, absolute or from the page it stands on, but to no other origin. */
function nextPage(next: unknown, page: URL, origin: string): URL | undefined | 'elsewhere' {
	if (next === null || next === undefined || next === '' || next === false) return undefined;
	if (typeof next !== 'string' || !URL.canParse(next, page.href)) return 'elsewhere';
	const url = new URL(next, page.href);
	return url.origin === origin && !url.username && !url.password ? url : 'elsewhere';
}

/** The page that an earlier `next` names, which the editor gives back; undefined for anything else. */
export function pageAt({ baseUrl }: Connection, next: string): URL | undefined {
	const page = nextPage(next, new URL(baseUrl), new URL(baseUrl).origin);
	return page === 'elsewhere' ? undefined : page;
}
