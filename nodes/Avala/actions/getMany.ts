import type { IDataObject } from 'n8n-workflow';

import { momentIn } from '../shared/moments';
import { messageOf, shown } from '../shared/values';
import type { Connection } from '../transport/connection';
import { avalaPages } from '../transport/pages';
import type { Endpoint } from '../transport/paths';
import { one } from '../transport/paths';
import { avalaEntry, hasStatus } from '../transport/request';
import type { Filters, Narrowing } from './filters';
import type { ItemRun } from './operation';
import { isTool } from './operation';
import type { Output } from './output';

/** Entries that match, and how many were looked at for them. */
interface FoundPage<T> {
	found: T[];
	looked: number;
	/** Whether others come after them. */
	hasMore: boolean;
	/** Where the walk goes on; undefined where it ends. */
	next?: URL;
}

export interface WalkOptions<T extends IDataObject = IDataObject> {
	/** How many entries; Infinity for all. */
	wanted: number;
	narrowing: Narrowing;
	/** What Avala is asked for beside the filters. */
	query?: Record<string, string>;
	/** Brings an entry into the one form that the node uses. */
	normalise: (sent: IDataObject) => T;
	/** Where an earlier walk has stopped; the first page by default. */
	start?: URL;
}

/**
 * The entries of a list that match, page by page in Avala's order, until so many as are wanted are found.
 * A list that is newest first ends where its entries are older than `createdAfter`.
 */
export async function* walk<T extends IDataObject>(
	connection: Connection,
	endpoint: Endpoint,
	{ wanted, narrowing, query, normalise, start }: WalkOptions<T>,
): AsyncGenerator<FoundPage<T>, void, undefined> {
	const { createdAfter, createdBefore, passes, isNarrow } = narrowing;
	const pageSize = isNarrow ? undefined : wanted;
	const pages = avalaPages(connection, endpoint, {
		pageSize,
		query: { ...query, ...narrowing.query },
		start,
	});
	let missing = wanted;
	let lastBefore: number | undefined;
	let isNewestFirst: boolean | undefined;
	for await (const { entries, next } of pages) {
		const found: T[] = [];
		const times: number[] = [];
		for (const sent of entries) {
			const entry = normalise(sent);
			const created = momentIn(entry.created_at);
			if (created !== undefined) times.push(created);
			// An entry without a time that can be read passes, so that it is not lost.
			const isInTime =
				created === undefined || (created >= createdAfter && created < createdBefore);
			if (isInTime && passes(entry)) found.push(entry);
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
		const isLast = isPastTheOldest || isEnough;
		yield {
			found: found.slice(0, missing),
			looked: entries.length,
			hasMore,
			next: isLast ? undefined : next,
		};
		missing -= found.length;
		if (isLast) return;
	}
}

/**
 * The entries of a list that match, as they are to be shown. Says so on the output when it stopped at the
 * limit although there is more, and why nothing was found. Items that ask for the same share one walk.
 */
export async function getMany(
	run: ItemRun,
	endpoint: Endpoint,
	filters: Filters,
	options: WalkOptions,
	{ choice, show }: Output,
): Promise<IDataObject[]> {
	const { wanted, narrowing, query } = options;
	const key = [endpoint.path, wanted, narrowing.values, query ?? {}, choice];
	const { entries, looked, isCut } = await run.once(key, async () => {
		const result = { entries: [] as IDataObject[], looked: 0, isCut: false };
		for await (const page of walk(run.connection, endpoint, options)) {
			for (const entry of page.found) result.entries.push(show(entry));
			result.looked += page.looked;
			result.isCut = page.hasMore;
		}
		return result;
	});
	if (isCut && entries.length >= wanted) hintAtMore(run, wanted, endpoint.collection.plural);
	if (entries.length === 0) await explainNothing(run, filters, narrowing, looked);
	return entries;
}

/** In the editor n8n says so by itself. */
export function hintAtMore(run: ItemRun, wanted: number, plural: string): void {
	if (!isTool(run.context)) return;
	run.hint(
		`There are more ${plural} than the limit of ${wanted}. Raise 'Limit' or turn on 'Return All' to get them.`,
	);
}

/** How Avala refuses an ID of nothing that it has. */
const UNKNOWN_ID: readonly number[] = [400, 404, 410, 422];

/**
 * Says why nothing was found, since an empty result looks like good news: a word that Avala does not
 * document may be a mistake, and so may an ID of something that does not exist.
 *
 * @param looked how many entries Avala sent
 * @throws NodeApiError when Avala does not know what an ID stands for
 */
export async function explainNothing(
	run: ItemRun,
	filters: Filters,
	{ values }: Narrowing,
	looked: number,
): Promise<void> {
	// Beside other filters it cannot be told which of them let nothing pass.
	const isAlone = looked > 0 && Object.keys(values).length === 1;
	for (const [name, value] of Object.entries(values)) {
		const { property, known, collection } = filters[name] ?? {};
		const label = property?.displayName ?? name;
		const found = `Nothing was found for '${label}'`;
		if (collection !== undefined) {
			const endpoint = one(collection, String(value));
			const read = async () => await avalaEntry(run.connection, { method: 'GET', endpoint });
			const why = await run.once(['explainNothing', endpoint.path], read).then(
				() =>
					isAlone ? `Avala knows it, but none of ${looked} entries that it sent names it.` : '',
				(error: unknown) => {
					if (hasStatus(error, UNKNOWN_ID)) throw error;
					return `Whether it exists could not be checked: ${messageOf(error)}`;
				},
			);
			if (why !== '') run.hint(`${found} ${shown(value)}. ${why}`);
		}
		const unknown = [value].flat().find((word) => known?.every((it) => it.value !== word));
		if (known === undefined || unknown === undefined) continue;
		run.hint(
			`${found} ${shown(unknown)}, which Avala does not document. Known values: ${known.map((it) => it.value).join(', ')}.`,
		);
	}
}
