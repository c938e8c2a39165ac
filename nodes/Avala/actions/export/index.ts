import type { IDataObject } from 'n8n-workflow';

import { momentIn } from '../../shared/moments';
import { all, EXPORTS } from '../../transport/paths';
import { choiceField } from '../fields';
import { createdAfter } from '../filters';
import { namedChoice, searchOf } from '../locator';
import type { Resource } from '../operation';
import { readOperations } from '../readOperations';
import type { State } from '../waiting';
import { create } from './create.operation';
import { download } from './download.operation';
import { exportForms, exportLocator, exportState } from './export';

/** `2026-03-02 10:30 UTC ready – Street scenes`: the time first, since exports of one project share a name. */
const searchExports = searchOf(all(EXPORTS), (entry) => {
	const choice = namedChoice(entry);
	const created = momentIn(entry.created_at);
	const time =
		created === undefined
			? ''
			: `${new Date(created).toISOString().slice(0, 16).replace('T', ' ')} UTC `;
	return choice && { ...choice, name: `${time}${exportState(entry)} – ${choice.name}` };
});

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
	descriptions: {
		get: 'Look up one export: whether it is running, ready or failed, and its link',
		getAll: 'List exports, newest first; filter by state or time',
	},
});

export const exportResource: Resource = {
	option: {
		name: 'Export',
		value: 'export',
		description: 'A file with the annotations of a project or a dataset',
	},
	operations: [create, download, get, getAll],
	listSearch: { searchExports },
};
