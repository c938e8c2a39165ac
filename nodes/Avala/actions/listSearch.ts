import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { connect } from '../transport/connection';
import { avalaPages, pageAt } from '../transport/pages';
import type { Endpoint } from '../transport/paths';

/** A list is shown once it holds this many; more come as the user scrolls. */
const WANTED_RESULTS = 20;
/** A search without enough hits stops after so many pages; scrolling goes on from there. */
const MAX_PAGES = 5;

export interface ListSearchEntry extends INodeListSearchItems {
	/** What the typed text is looked for in, beside the name. */
	searched?: string;
}

/**
 * Fills a searchable list of the editor, from where the last call ended, with the entries that hold
 * the typed text in any part.
 *
 * @param read undefined for an entry that cannot be selected
 * @throws NodeOperationError or NodeApiError, which the editor shows in the list
 */
export async function searchEntries(
	context: ILoadOptionsFunctions,
	endpoint: Endpoint,
	{ filter = '', paginationToken }: { filter?: string; paginationToken?: string },
	read: (entry: IDataObject) => ListSearchEntry | undefined,
): Promise<INodeListSearchResult> {
	// A pasted URL may have a slash at its end that Avala's has not.
	const wanted = filter.trim().toLowerCase().replace(/\/$/, '');
	const results: INodeListSearchItems[] = [];
	let pages = 0;
	const connection = await connect(context).catch((error: unknown) => {
		throw new NodeOperationError(context.getNode(), error instanceof Error ? error : String(error));
	});
	const start = paginationToken === undefined ? undefined : pageAt(connection, paginationToken);
	for await (const { entries, next } of avalaPages(connection, endpoint, { start })) {
		for (const entry of entries) {
			const found = read(entry);
			if (!found) continue;
			const { searched = '', ...shown } = found;
			if (`${shown.name} ${searched}`.toLowerCase().includes(wanted)) results.push(shown);
		}
		pages += 1;
		if (results.length >= WANTED_RESULTS || pages >= MAX_PAGES) {
			return { results, paginationToken: next?.href };
		}
	}
	return { results };
}
