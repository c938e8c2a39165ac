import { avalaEntry } from '../../transport/entry';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { exportEndpoint, exportLocator } from './locator';
import { exportForms } from './output';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get export',
		description: 'Look up one export: whether it is running, ready or failed, and its link',
	},
	properties: [{ ...exportLocator, required: true }, ...outputProperties(exportForms)],
	async execute(run) {
		const { show } = outputOf(run, exportForms);
		const endpoint = exportEndpoint(run);
		return itemsOf([show(await avalaEntry(run.connection, { method: 'GET', endpoint }))]);
	},
};
