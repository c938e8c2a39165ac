import type { IDataObject } from 'n8n-workflow';

import { EXPORTS } from '../../transport/paths';
import { avalaEntry } from '../../transport/request';
import { datasetLocator } from '../dataset';
import type { Fields } from '../fields';
import { choiceField, describedAs } from '../fields';
import { createdAfter } from '../filters';
import type { Resource } from '../operation';
import { propertiesOf, readParameters, sentOf } from '../parameters';
import { projectLocator } from '../project';
import { createOperation, readOperations } from '../usualOperations';
import type { State } from '../waiting';
import { maxWaitMs, waitIfWanted } from '../waiting';
import { download } from './download.operation';
import { AWAITED, exportForms, exportLocator, exportState, WAIT_OPTIONS } from './export';

const STATES: ReadonlyArray<{ name: string; value: State; description: string }> = [
	{ name: 'Failed', value: 'failed', description: 'Avala could not prepare it' },
	{ name: 'Ready', value: 'ready', description: 'It can be downloaded' },
	{ name: 'Running', value: 'running', description: 'Avala is preparing it' },
];

const { get, getAll } = readOperations({
	collection: EXPORTS,
	id: { exportId: exportLocator },
	forms: exportForms,
	// Avala itself cannot filter exports.
	filters: {
		createdAfter: createdAfter('exports'),
		state: {
			...choiceField('State', STATES, {
				default: 'ready',
				description: 'Only exports in this state',
			}),
			passes: (entry: IDataObject, wanted) => exportState(entry) === wanted,
		},
	},
	getDescription: 'Look up one export: whether it is running, ready or failed, and its link',
	getAllDescription: 'List exports, newest first; filter by state or time',
});

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
const PROJECT = { projectId: describedAs(projectLocator, 'The project to export', 'project') };
const DATASET = { datasetId: describedAs(datasetLocator, 'The dataset to export', 'dataset') };

const create = createOperation({
	collection: EXPORTS,
	// Not marked as required: where an expression chooses between them, n8n would demand both.
	further: [
		...propertiesOf(SOURCE),
		...propertiesOf(PROJECT, { displayOptions: { show: { exportFrom: ['project'] } } }),
		...propertiesOf(DATASET, { displayOptions: { show: { exportFrom: ['dataset'] } } }),
	],
	additionalFields: WAIT_OPTIONS,
	addedTo: 'options',
	forms: exportForms,
	description: 'Have Avala prepare an export of a project or a dataset, and optionally wait for it',
	fieldsDescription:
		'Optional. Without them the export is returned immediately, before it is ready.',
	send: async (run, endpoint, _, { maxWait, waitUntilReady }) => {
		const { exportFrom } = await readParameters(run, SOURCE);
		const source: Fields = exportFrom === 'project' ? PROJECT : DATASET;
		const body = sentOf(source, await readParameters(run, source));
		const created = await avalaEntry(run.connection, { method: 'POST', endpoint, body });
		return await waitIfWanted(run, EXPORTS, AWAITED, maxWaitMs(maxWait, waitUntilReady), created);
	},
});

export const exportResource: Resource = {
	name: 'Export',
	value: 'export',
	description: 'A file with the annotations of a project or a dataset',
	operations: [create, download, get, getAll],
	locators: [exportLocator],
};
