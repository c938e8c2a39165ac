import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import { all, DATASETS } from '../../transport/paths';
import { searchEntries } from '../listSearch';
import { locatorOf } from '../locator';

/** Picks one dataset. */
export const datasetLocator = locatorOf({
	displayName: 'Dataset',
	name: 'datasetId',
	collection: DATASETS,
	searchListMethod: 'searchDatasets',
	description: 'The dataset to work on',
	propertyHint:
		'The uid of a dataset (mode id), as Dataset Get Many gives it, or data.uid of a dataset event. A name or a slug is not an ID.',
});

/** The editor's list of datasets. */
export async function searchDatasets(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchEntries(this, all(DATASETS), { filter, paginationToken }, (dataset) => {
		const uid = idOf(dataset.uid);
		if (uid === undefined) return undefined;
		const slug = idOf(dataset.slug);
		const type = idOf(dataset.data_type);
		const name = idOf(dataset.name) ?? slug ?? uid;
		return {
			name: type === undefined ? name : `${name} (${type})`,
			value: uid,
			searched: `${slug ?? ''} ${uid}`,
		};
	});
}
