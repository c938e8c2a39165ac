import { DATASETS, one } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { isSimplified, simplifyFields } from '../fields';
import { idIn } from '../locator';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { parameterOf } from '../parameters';
import { datasetLocator } from './locator';
import { simplifyDataset } from './simplify';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get dataset',
		description: 'Look up one dataset: its type, its status and how many items it has',
	},
	properties: [{ ...datasetLocator, required: true }, ...simplifyFields],
	async execute(run) {
		const isSimple = isSimplified(run);
		const endpoint = one(DATASETS, idIn(DATASETS, 'Dataset', parameterOf(run, 'datasetId', '')));
		const dataset = await avalaEntry(run.connection, { method: 'GET', endpoint });
		return itemsOf([isSimple ? simplifyDataset(dataset) : dataset]);
	},
};
