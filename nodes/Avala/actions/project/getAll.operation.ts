import type { INodeProperties } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import { filterCollection, limit, returnAll } from '../fields';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { collectionOf, given, wantedCount } from '../parameters';
import type { KnownWords } from '../filterWords';
import { explainNothing, hasPart, isWord, readPart, readWord } from '../filterWords';
import { listProjects, projectForms } from './read';

const STATUSES: KnownWords = [
	{ name: 'Active', value: 'active' },
	{ name: 'Archived', value: 'archived' },
	{ name: 'Canceled', value: 'canceled' },
	{ name: 'Completed', value: 'completed' },
	{ name: 'Paused', value: 'paused' },
	{ name: 'Pending Approval', value: 'pending-approval' },
];

const filters: INodeProperties = {
	...filterCollection,
	options: [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			placeholder: 'e.g. street',
			description: 'Only projects whose name contains this text',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'options',
			default: 'active',
			description:
				'Only projects with this status. Use an expression for a status that is not in the list.',
			options: [...STATUSES],
		},
	],
};

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many projects',
		description: 'List the projects of the API key’s owner; filter by name or status',
	},
	properties: [returnAll, limit, filters, ...outputProperties(projectForms)],
	async execute(run) {
		const { show } = outputOf(run, projectForms);
		const wanted = wantedCount(run);
		const { name, status } = readFilters(run);
		const projects = await listProjects(run, {
			wanted,
			filters: { name, status },
			// Avala cannot filter projects.
			...((name !== undefined || status !== undefined) && {
				matches: (project) =>
					(name === undefined || hasPart(idOf(project.name) ?? '', name)) &&
					isWord(project.status ?? '', status),
			}),
		});
		explainNothing(run, projects.length, [{ name: 'Status', word: status, known: STATUSES }]);
		return itemsOf(projects.map(show));
	},
};

function readFilters(run: ItemRun): { name?: string; status?: string } {
	const fields = collectionOf(run, 'filters', 'Filters', ['name', 'status']);
	return {
		name: given(fields, 'name', (value) => readPart('Name', value)),
		status: given(fields, 'status', (value) => readWord('Status', value, STATUSES)),
	};
}
