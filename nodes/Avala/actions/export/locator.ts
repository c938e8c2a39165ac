import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { momentIn } from '../../shared/moments';
import { idOf } from '../../shared/values';
import type { Endpoint } from '../../transport/paths';
import { all, EXPORTS, one } from '../../transport/paths';
import type { ListSearchEntry } from '../listSearch';
import { searchEntries } from '../listSearch';
import { idIn, locatorOf } from '../locator';
import type { ItemRun } from '../operation';
import { parameterOf } from '../parameters';
import { exportState } from './state';

/** Picks one export. */
export const exportLocator = locatorOf({
	displayName: 'Export',
	name: 'exportId',
	collection: EXPORTS,
	searchListMethod: 'searchExports',
	description: 'The export to work on',
	propertyHint:
		'The uid of an export (mode id): {{ $json.uid }} behind Export Create or Get Many, {{ $json.data.uid }} behind the Avala Trigger.',
});

/** The endpoint of the export that the node's locator stands for. */
export function exportEndpoint(run: ItemRun): Endpoint {
	return one(EXPORTS, idIn(EXPORTS, 'Export', parameterOf(run, 'exportId', '')));
}

/** The editor's list of exports. */
export async function searchExports(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchEntries(this, all(EXPORTS), { filter, paginationToken }, choiceOf);
}

/** `2026-03-02 10:30 ready – Street scenes`: the time first, since exports of one project share a name. */
function choiceOf(entry: IDataObject): ListSearchEntry | undefined {
	const uid = idOf(entry.uid);
	if (uid === undefined) return undefined;
	const created = momentIn(entry.created_at);
	const time =
		created === undefined
			? ''
			: `${new Date(created).toISOString().slice(0, 16).replace('T', ' ')} `;
	const name = `${time}${exportState(entry)} – ${idOf(entry.name) ?? uid}`;
	return { name, value: uid, searched: uid };
}
