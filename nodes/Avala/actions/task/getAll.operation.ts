import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { uidOf } from '../../shared/values';
import { all, PROJECTS, TASKS } from '../../transport/paths';
import { isSimplified, limit, returnAll, simplifyFields } from '../fields';
import { getMany } from '../getMany';
import { idIn } from '../locator';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { collectionOf, given, wantedCount } from '../parameters';
import { projectLocator } from '../project/locator';
import type { KnownWords } from '../filterWords';
import { explainNothing, isWord, readWord } from '../filterWords';
import { simplifyTask } from './simplify';

const STATUSES: KnownWords = [
	{ name: 'Active', value: 'active' },
	{ name: 'Completed', value: 'completed' },
	{ name: 'In Progress', value: 'in_progress' },
	{ name: 'Pending', value: 'pending' },
];

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: [
		{ ...projectLocator, description: 'Only tasks of this project' },
		{
			displayName: 'Status',
			name: 'status',
			type: 'options',
			default: 'completed',
			description: 'Only tasks with this status. An expression can give one that the list lacks.',
			options: [...STATUSES],
		},
	],
};

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many tasks',
		description: 'List tasks, for example the completed ones of a project',
	},
	properties: [returnAll, limit, filters, ...simplifyFields],
	async execute(run) {
		const isSimple = isSimplified(run);
		const wanted = wantedCount(run);
		const { project, status } = readFilters(run);
		const query = {
			...(project !== undefined && { project }),
			...(status !== undefined && { status }),
		};
		const tasks = await getMany(run, all(TASKS), {
			wanted,
			query,
			// A server that does not know a filter gives all tasks, so each is looked at again.
			...(Object.keys(query).length > 0 && {
				matches: (task) => isOf(task, project) && isWord(task.status, status),
			}),
		});
		explainNothing(run, tasks.length, [{ name: 'Status', word: status, known: STATUSES }]);
		return itemsOf(isSimple ? tasks.map(simplifyTask) : tasks);
	},
};

function readFilters(run: ItemRun): { project?: string; status?: string } {
	const fields = collectionOf(run, 'filters', 'Filters', ['projectId', 'status']);
	return {
		project: given(fields, 'projectId', (value) => idIn(PROJECTS, 'Project', value)),
		status: given(fields, 'status', (value) => readWord('Status', value, STATUSES)),
	};
}

/**
 * A task that does not say which project it belongs to, or says it by a name or another kind of ID, is
 * believed to be what was asked for.
 */
function isOf(task: IDataObject, wanted: string | undefined): boolean {
	const project = uidOf(task.project_uid ?? task.project);
	return (
		wanted === undefined ||
		project === undefined ||
		project === wanted ||
		kindOf(project) !== kindOf(wanted)
	);
}

/** IDs of one server look alike: numbers, hexadecimal digits as in a UUID, or words that begin with the same letters. */
function kindOf(id: string): string {
	if (/^\d+$/.test(id)) return 'number';
	if (/^[\da-f-]{16,}$/i.test(id)) return 'hexadecimal';
	return id.replace(/[^a-z].*$/is, '').toLowerCase();
}
