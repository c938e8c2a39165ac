import { all, DATASETS } from '../../transport/paths';
import { isSimplified, limit, returnAll, simplifyFields } from '../fields';
import { getMany } from '../getMany';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { wantedCount } from '../parameters';
import { datasetFilters, explainNoDatasets, matches, queryOf, readFilters } from './filters';
import { simplifyDataset } from './simplify';

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many datasets',
		description: 'List the datasets of the account; filter by type, name, status or visibility',
	},
	properties: [returnAll, limit, datasetFilters, ...simplifyFields],
	async execute(run) {
		const isSimple = isSimplified(run);
		const wanted = wantedCount(run);
		const filters = readFilters(run);
		const query = queryOf(filters);
		const datasets = await getMany(run, all(DATASETS), {
			wanted,
			query,
			...(Object.keys(query).length > 0 && { matches: (dataset) => matches(dataset, filters) }),
		});
		explainNoDatasets(run, datasets.length, filters);
		return itemsOf(isSimple ? datasets.map(simplifyDataset) : datasets);
	},
};
