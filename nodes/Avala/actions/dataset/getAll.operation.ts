import { all, DATASETS } from '../../transport/paths';
import { limit, returnAll } from '../fields';
import { getMany } from '../getMany';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { wantedCount } from '../parameters';
import { datasetFilters, explainNoDatasets, matches, queryOf, readFilters } from './filters';
import { datasetForms } from './simplify';

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many datasets',
		description: 'List the datasets of the account; filter by type, name, status or visibility',
	},
	properties: [returnAll, limit, datasetFilters, ...outputProperties(datasetForms)],
	async execute(run) {
		const { show } = outputOf(run, datasetForms);
		const wanted = wantedCount(run);
		const filters = readFilters(run);
		const query = queryOf(filters);
		const datasets = await getMany(run, all(DATASETS), {
			wanted,
			query,
			...(Object.keys(query).length > 0 && { matches: (dataset) => matches(dataset, filters) }),
		});
		explainNoDatasets(run, datasets.length, filters);
		return itemsOf(datasets.map(show));
	},
};
