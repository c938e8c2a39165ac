import type { IDataObject } from 'n8n-workflow';

import { avalaPages } from '../transport/pages';
import type { Endpoint } from '../transport/paths';
import type { ItemRun } from './operation';

export interface GetManyOptions {
	/** How many entries; Infinity for all. */
	wanted: number;
	/** What the user has narrowed the list to: items that ask for the same share one walk. */
	filters?: object;
	/** What the server filters by. */
	query?: Record<string, string>;
	/** What the server does not filter by; without it, all entries match. */
	matches?: (entry: IDataObject) => boolean;
}

/**
 * The entries of a list that match, in Avala's order. Says so on the output when it stopped at the
 * limit although there is more.
 */
export async function getMany(
	run: ItemRun,
	endpoint: Endpoint,
	options: GetManyOptions,
): Promise<IDataObject[]> {
	const { wanted, filters, query } = options;
	const key = [endpoint.path, wanted, filters ?? {}, query ?? {}];
	const { found, hasMore } = await run.once(key, async () => await walk(run, endpoint, options));
	if (hasMore) hintAtMore(run, wanted, endpoint.collection.plural);
	return found;
}

export function hintAtMore(run: ItemRun, wanted: number, plural: string): void {
	run.hint(
		`There are more ${plural} than the limit of ${wanted}. Raise 'Limit' or turn on 'Return All' to get them.`,
	);
}

async function walk(
	{ connection }: ItemRun,
	endpoint: Endpoint,
	{ wanted, query, matches }: GetManyOptions,
): Promise<{ found: IDataObject[]; hasMore: boolean }> {
	const found: IDataObject[] = [];
	const pageSize = matches === undefined ? wanted : undefined;
	for await (const { entries, next } of avalaPages(connection, endpoint, { pageSize, query })) {
		for (const [index, entry] of entries.entries()) {
			if (matches && !matches(entry)) continue;
			found.push(entry);
			if (found.length < wanted) continue;
			const isLast = index === entries.length - 1 && next === undefined;
			return { found, hasMore: !isLast };
		}
	}
	return { found, hasMore: false };
}
