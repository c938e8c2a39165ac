import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { momentIn } from '../../shared/moments';
import { notUnderstood } from '../../shared/values';
import { all, EXPORTS } from '../../transport/paths';
import { filterCollection, limit, MOMENT_HINT, returnAll } from '../fields';
import { getMany } from '../getMany';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { collectionOf, given, momentReader, wantedCount } from '../parameters';
import { isEvery } from '../filterWords';
import { exportForms } from './output';
import type { ExportState } from './state';
import { exportState } from './state';

const filters: INodeProperties = {
	...filterCollection,
	options: [
		{
			displayName: 'Created After',
			name: 'createdAfter',
			type: 'dateTime',
			default: '',
			description: 'Only exports created at or after this time',
			builderHint: { propertyHint: MOMENT_HINT },
		},
		{
			displayName: 'State',
			name: 'state',
			type: 'options',
			default: 'ready',
			description: 'Only exports in this state',
			options: [
				{ name: 'Failed', value: 'failed', description: 'Avala could not prepare it' },
				{ name: 'Ready', value: 'ready', description: 'It can be downloaded' },
				{ name: 'Running', value: 'running', description: 'Avala is preparing it' },
			],
		},
	],
};

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many exports',
		description: 'List exports, newest first; filter by state or time',
	},
	properties: [returnAll, limit, filters, ...outputProperties(exportForms)],
	async execute(run) {
		const { show } = outputOf(run, exportForms);
		const wanted = wantedCount(run);
		const narrowed = readFilters(run);
		const isNarrowed = Object.values(narrowed).some((value) => value !== undefined);
		const exports = await getMany(run, all(EXPORTS), {
			wanted,
			filters: narrowed,
			// Avala cannot filter exports.
			...(isNarrowed && { matches: (entry) => matches(entry, narrowed) }),
		});
		return itemsOf(exports.map(show));
	},
};

interface ExportFilters {
	state?: ExportState;
	/** Unix time in milliseconds. */
	createdAfter?: number;
}

function readFilters(run: ItemRun): ExportFilters {
	const fields = collectionOf(run, 'filters', 'Filters', ['state', 'createdAfter']);
	return {
		state: given(fields, 'state', readState),
		createdAfter: given(fields, 'createdAfter', momentReader(run, 'Created After')),
	};
}

function readState(value: unknown): ExportState | undefined {
	if (isEvery(value)) return undefined;
	const text = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (text === 'running' || text === 'ready' || text === 'failed') return text;
	throw notUnderstood('State', 'running, ready, failed or all', value);
}

/** An export without a time that can be read passes the filter by time, so that it is not lost. */
function matches(entry: IDataObject, { state, createdAfter = -Infinity }: ExportFilters): boolean {
	return (
		(state === undefined || exportState(entry) === state) &&
		(momentIn(entry.created_at) ?? Infinity) >= createdAfter
	);
}
