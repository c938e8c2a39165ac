import type { IDataObject } from 'n8n-workflow';

import { idOf, notUnderstood } from '../../shared/values';
import { avalaEntry } from '../../transport/entry';
import { all, DATASETS, EXPORTS, one, PROJECTS } from '../../transport/paths';
import { datasetLocator } from '../dataset/locator';
import { idIn } from '../locator';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { collectionOf, parameterOf } from '../parameters';
import { projectLocator } from '../project/locator';
import { exportForms } from './output';
import { maxWaitIn, waitOptions, waitUntilReady } from './waiting';

export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create export',
		description:
			'Have Avala prepare an export of a project or a dataset, and optionally wait for it',
	},
	properties: [
		{
			displayName: 'Export From',
			name: 'exportFrom',
			type: 'options',
			default: 'project',
			description: 'What to export',
			options: [
				{ name: 'Dataset', value: 'dataset', description: 'All annotations of one dataset' },
				{ name: 'Project', value: 'project', description: 'All annotations of one project' },
			],
		},
		{
			...projectLocator,
			required: true,
			displayOptions: { show: { exportFrom: ['project'] } },
			description: 'The project to export',
		},
		{
			...datasetLocator,
			required: true,
			displayOptions: { show: { exportFrom: ['dataset'] } },
			description: 'The dataset to export',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			description:
				"Optional. Without 'Wait Until Ready' the export is returned immediately, before it is ready.",
			options: waitOptions,
		},
		...outputProperties(exportForms),
	],
	async execute(run) {
		const { show } = outputOf(run, exportForms);
		const options = collectionOf(run, 'options', 'Options', ['maxWait', 'waitUntilReady']);
		const maxWaitMs = maxWaitIn(options);
		const body = sourceOf(run);
		const { connection } = run;
		const created = await avalaEntry(connection, {
			method: 'POST',
			endpoint: all(EXPORTS),
			body,
		});
		if (maxWaitMs === undefined) return itemsOf([show(created)]);
		const endpoint = one(EXPORTS, idOf(created.uid) ?? '');
		return itemsOf([show(await waitUntilReady(connection, endpoint, maxWaitMs, created))]);
	},
};

function sourceOf(run: ItemRun): IDataObject {
	const given = parameterOf(run, 'exportFrom', 'project');
	const source = typeof given === 'string' ? given.trim().toLowerCase() : given;
	if (source === 'project') {
		return { project: idIn(PROJECTS, 'Project', parameterOf(run, 'projectId', '')) };
	}
	if (source === 'dataset') {
		return { dataset: idIn(DATASETS, 'Dataset', parameterOf(run, 'datasetId', '')) };
	}
	throw notUnderstood('Export From', 'project or dataset', given);
}
