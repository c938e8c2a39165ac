import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Connection } from '../transport/connection';
import { connectForList, withLimit } from '../transport/connection';
import { avalaPages, pageAt } from '../transport/pages';
import type { Endpoint } from '../transport/paths';
import { hasPart } from './filterWords';

/** A list is shown once it holds this many; more come as the user scrolls. */
const WANTED_RESULTS = 20;
/** One search takes half of the requests that Avala allows in a minute at most; pages may hold few entries. */
const MAX_PAGES = 50;
const MAX_ENTRIES = 2_000;
/** After this no further page is requested. */
const TIME_LIMIT_MS = 10_000;
/** A slow page may take until then; a wait that Avala asks for beyond it is shown as an error. */
const DEADLINE_MS = 30_000;

export interface ListSearchEntry extends INodeListSearchItems {
	/** What the typed text is looked for in, beside the name. */
	searched?: string;
}

/**
 * Fills a searchable list of the editor, from where the last call ended, with the entries that hold
 * the typed text in any part. n8n asks for more only when the user scrolls, which a short list does not
 * allow, so it goes on until there are enough, within bounds.
 *
 * @param list what is searched; a function where the server has to be asked for it
 * @param read undefined for an entry that cannot be selected
 * @throws NodeOperationError or NodeApiError, which the editor shows in the list
 */
export async function searchEntries(
	context: ILoadOptionsFunctions,
	list: Endpoint | ((connection: Connection) => Promise<Endpoint>),
	{ filter = '', paginationToken }: { filter?: string; paginationToken?: string },
	read: (entry: IDataObject) => ListSearchEntry | undefined,
): Promise<INodeListSearchResult> {
	// A pasted URL may have a slash at its end that Avala's has not.
	const wanted = filter.trim().replace(/\/$/, '');
	const results: INodeListSearchItems[] = [];
	const endsAt = Date.now() + TIME_LIMIT_MS;
	let pages = 0;
	let seen = 0;
	const connection = withLimit(await connectForList(context), DEADLINE_MS);
	const endpoint = typeof list === 'function' ? await list(connection) : list;
	const start = paginationToken === undefined ? undefined : pageAt(connection, paginationToken);
	for await (const { entries, next } of avalaPages(connection, endpoint, { start })) {
		for (const entry of entries) {
			const found = read(entry);
			if (!found) continue;
			const { searched = '', ...shown } = found;
			if (hasPart(`${shown.name} ${searched}`, wanted)) results.push(shown);
		}
		pages += 1;
		seen += entries.length;
		const isBound = pages >= MAX_PAGES || seen >= MAX_ENTRIES || Date.now() >= endsAt;
		if (results.length >= WANTED_RESULTS || isBound) {
			if (results.length === 0 && wanted !== '' && next && start === undefined) {
				const { noun, plural } = endpoint.collection;
				throw new NodeOperationError(
					context.getNode(),
					`None of the first ${seen} ${plural} contains ${JSON.stringify(filter)}, and there are more. Select the ${noun} by its ID instead.`,
				);
			}
			return { results, paginationToken: next?.href };
		}
	}
	return { results };
}
