import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import type { AvalaEvent } from '../shared/event';
import { projectsOf } from '../shared/eventIds';
import { idKey, idOf } from '../shared/values';
import { forList } from '../transport/connection';
import { avalaList } from '../transport/pages';
import { all, PROJECTS } from '../transport/paths';

/** An option that both triggers have. */
export const projectsOption: INodeProperties = {
	displayName: 'Project Names or IDs',
	name: 'projects',
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod: 'getProjects' },
	default: [],
	description:
		'Only events of these projects start the workflow; an event that names no project starts it too. Empty means all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	builderHint: {
		propertyHint:
			'A list of project uids, as Project Get Many gives them; names are not IDs. Leave it out for all projects.',
	},
};

/** More than anyone looks through in a list; an ID can be entered as an expression. */
const MAX_PAGES = 10;

/** Whether an event names one or more projects, and none of these; no projects stand for all. */
export function concernsOtherProject(
	{ type, data }: Pick<AvalaEvent, 'type' | 'data'>,
	projects: readonly string[],
): boolean {
	const named = projectsOf(type, data).map(idKey);
	const isWanted = projects.length === 0 || projects.some((one) => named.includes(idKey(one)));
	return named.length > 0 && !isWanted;
}

/**
 * The projects of the API key, for the editor's list.
 *
 * @throws NodeOperationError or NodeApiError, which the editor shows in the list
 */
export async function loadProjects(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await forList(this, async (connection) => {
		const found: INodePropertyOptions[] = [];
		for await (const one of avalaList(connection, all(PROJECTS), choiceOf, MAX_PAGES)) {
			found.push(one);
		}
		return found.sort((a, b) => a.name.localeCompare(b.name));
	});
}

function choiceOf({ uid, name }: IDataObject): INodePropertyOptions | undefined {
	const value = idOf(uid);
	return value === undefined ? undefined : { name: idOf(name) ?? value, value };
}
