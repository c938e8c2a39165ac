import type { INodeProperties } from 'n8n-workflow';

import { idOf, readText } from '../../shared/values';
import { isSimplified, limit, returnAll, simplifyFields } from '../fields';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { collectionOf, given, wantedCount } from '../parameters';
import type { KnownWords } from '../filterWords';
import { explainNothing, isWord, readWord } from '../filterWords';
import { listProjects, simplifyProject } from './read';

const STATUSES: KnownWords = [
	{ name: 'Active', value: 'active' },
	{ name: 'Archived', value: 'archived' },
	{ name: 'Canceled', value: 'canceled' },
	{ name: 'Completed', value: 'completed' },
	{ name: 'Paused', value: 'paused' },
	{ name: 'Pending Approval', value: 'pending-approval' },
];

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
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
				'Only projects with this status. An expression can give one that the list lacks.',
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
	properties: [returnAll, limit, filters, ...simplifyFields],
	async execute(run) {
		const isSimple = isSimplified(run);
		const wanted = wantedCount(run);
		const { name, status } = readFilters(run);
		const projects = await listProjects(run, {
			wanted,
			filters: { name, status },
			// Avala cannot filter projects.
			...((name !== undefined || status !== undefined) && {
				matches: (project) =>
					(name === undefined || (idOf(project.name) ?? '').toLowerCase().includes(name)) &&
					isWord(project.status ?? '', status),
			}),
		});
		explainNothing(run, projects.length, [{ name: 'Status', word: status, known: STATUSES }]);
		return itemsOf(isSimple ? projects.map(simplifyProject) : projects);
	},
};

function readFilters(run: ItemRun): { name?: string; status?: string } {
	const fields = collectionOf(run, 'filters', 'Filters', ['name', 'status']);
	return {
		name: given(fields, 'name', (value) => readText('Name', value).toLowerCase()),
		status: given(fields, 'status', (value) => readWord('Status', value, STATUSES)),
	};
}
