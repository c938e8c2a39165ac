import { DATASETS, one } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { idIn } from '../locator';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { parameterOf } from '../parameters';
import { datasetLocator } from './locator';
import { datasetForms } from './simplify';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get dataset',
		description: 'Look up one dataset: its type, its status and how many items it has',
	},
	properties: [{ ...datasetLocator, required: true }, ...outputProperties(datasetForms)],
	async execute(run) {
		const { show } = outputOf(run, datasetForms);
		const endpoint = one(DATASETS, idIn(DATASETS, 'Dataset', parameterOf(run, 'datasetId', '')));
		const dataset = await avalaEntry(run.connection, { method: 'GET', endpoint });
		return itemsOf([show(dataset)]);
	},
};
