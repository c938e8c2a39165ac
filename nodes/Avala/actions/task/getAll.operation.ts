import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { projectsIn } from '../../shared/values';
import { all, PROJECTS, TASKS } from '../../transport/paths';
import { filterCollection, limit, returnAll } from '../fields';
import { getMany } from '../getMany';
import { idIn } from '../locator';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { collectionOf, given, wantedCount } from '../parameters';
import { projectLocator } from '../project/locator';
import type { KnownWords } from '../filterWords';
import { explainNothing, isEvery, isWord, readWord } from '../filterWords';
import { taskForms } from './simplify';

const STATUSES: KnownWords = [
	{ name: 'Active', value: 'active' },
	{ name: 'Completed', value: 'completed' },
	{ name: 'In Progress', value: 'in_progress' },
	{ name: 'Pending', value: 'pending' },
];

/** How many other projects a hint names. */
const MOST_NAMES = 5;

const filters: INodeProperties = {
	...filterCollection,
	options: [
		{ ...projectLocator, description: 'Only tasks of this project' },
		{
			displayName: 'Status',
			name: 'status',
			type: 'options',
			default: 'completed',
			description:
				'Only tasks with this status. Use an expression for a status that is not in the list.',
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
	properties: [returnAll, limit, filters, ...outputProperties(taskForms)],
	async execute(run) {
		const { show } = outputOf(run, taskForms);
		const wanted = wantedCount(run);
		const { project, status } = readFilters(run);
		const query = {
			...(project !== undefined && { project }),
			...(status !== undefined && { status }),
		};
		let sent = 0;
		const ofOthers: string[] = [];
		const tasks = await getMany(run, all(TASKS), {
			wanted,
			query,
			// A server that does not know a filter gives all tasks, so each is looked at again.
			...(Object.keys(query).length > 0 && {
				matches: (task) => {
					sent += 1;
					const other = otherProject(task, project);
					if (other !== undefined) ofOthers.push(other);
					return other === undefined && isWord(task.status, status);
				},
			}),
		});
		if (project !== undefined && sent > 0 && ofOthers.length === sent) {
			run.hint(noneNames(project, ofOthers));
		}
		explainNothing(run, tasks.length, [{ name: 'Status', word: status, known: STATUSES }]);
		return itemsOf(tasks.map(show));
	},
};

function readFilters(run: ItemRun): { project?: string; status?: string } {
	const fields = collectionOf(run, 'filters', 'Filters', ['projectId', 'status']);
	return {
		project: given(fields, 'projectId', (value) =>
			isEvery(value) ? undefined : idIn(PROJECTS, 'Project', value),
		),
		status: given(fields, 'status', (value) => readWord('Status', value, STATUSES)),
	};
}

/**
 * The project that a task belongs to when it is not the wanted one. A task that does not say which
 * project it belongs to is believed to be what was asked for.
 */
function otherProject(task: IDataObject, wanted: string | undefined): string | undefined {
	if (wanted === undefined) return undefined;
	const projects = projectsIn(task);
	return projects.includes(wanted) ? undefined : projects[0];
}

/** A server may name the project of a task in another form than its ID. */
function noneNames(wanted: string, projects: string[]): string {
	const tasks = projects.length === 1 ? '1 task' : `${projects.length} tasks`;
	const names = [...new Set(projects)].map((name) => JSON.stringify(name.slice(0, 80)));
	const shown = [...names.slice(0, MOST_NAMES), ...(names.length > MOST_NAMES ? ['others'] : [])];
	return `Avala sent ${tasks}, but none of them names the project ${JSON.stringify(wanted)}: they name ${shown.join(', ')}. If one of these is the project you mean, enter it as the project’s ID.`;
}
