import type { IDataObject } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import { all, EXPORTS, one } from '../../transport/paths';
import { avalaEntry } from '../../transport/request';
import { datasetLocator } from '../dataset/locator';
import { choiceField } from '../fields';
import { collectionProperty, propertiesOf, readCollection, readParameters } from '../parameters';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { projectLocator } from '../project';
import { maxWaitMs, waitFor } from '../waiting';
import { AWAITED, exportForms, WAIT_OPTIONS } from './export';

const SOURCE = {
	exportFrom: choiceField(
		'Export From',
		[
			{ name: 'Dataset', value: 'dataset', description: 'All annotations of one dataset' },
			{ name: 'Project', value: 'project', description: 'All annotations of one project' },
		],
		{ default: 'project', description: 'What to export' },
	),
};
const PROJECT = { projectId: projectLocator };
const DATASET = { datasetId: datasetLocator };

export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create export',
		description:
			'Have Avala prepare an export of a project or a dataset, and optionally wait for it',
	},
	// Not marked as required: where an expression chooses between them, n8n would demand both.
	properties: [
		...propertiesOf(SOURCE),
		...propertiesOf(PROJECT, {
			displayOptions: { show: { exportFrom: ['project'] } },
			description: 'The project to export',
		}),
		...propertiesOf(DATASET, {
			displayOptions: { show: { exportFrom: ['dataset'] } },
			description: 'The dataset to export',
		}),
		collectionProperty('options', 'Options', WAIT_OPTIONS, {
			placeholder: 'Add option',
			description: 'Optional. Without them the export is returned immediately, before it is ready.',
		}),
		...outputProperties(exportForms),
	],
	async execute(run) {
		const { show } = outputOf(run, exportForms);
		const { maxWait, waitUntilReady } = await readCollection(
			run,
			'options',
			'Options',
			WAIT_OPTIONS,
		);
		const limitMs = maxWaitMs(maxWait, waitUntilReady);
		const body = await sourceOf(run);
		const { connection } = run;
		const created = await avalaEntry(connection, { method: 'POST', endpoint: all(EXPORTS), body });
		if (limitMs === undefined) return itemsOf([show(created)]);
		const endpoint = one(EXPORTS, idOf(created.uid) ?? '');
		return itemsOf([show(await waitFor(connection, endpoint, AWAITED, limitMs, created))]);
	},
};

async function sourceOf(run: ItemRun): Promise<IDataObject> {
	const { exportFrom } = await readParameters(run, SOURCE);
	if (exportFrom === 'project') {
		return { project: (await readParameters(run, PROJECT)).projectId };
	}
	return { dataset: (await readParameters(run, DATASET)).datasetId };
}
