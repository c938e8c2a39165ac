import { avalaEntry } from '../../transport/entry';
import { isSimplified, simplifyFields } from '../fields';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { exportEndpoint, exportLocator } from './locator';
import { completeExport, simplifyExport } from './output';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get export',
		description: 'Look up one export: whether it is running, ready or failed, and its link',
	},
	properties: [{ ...exportLocator, required: true }, ...simplifyFields],
	async execute(run) {
		const show = isSimplified(run) ? simplifyExport : completeExport;
		const endpoint = exportEndpoint(run);
		return itemsOf([show(await avalaEntry(run.connection, { method: 'GET', endpoint }))]);
	},
};
