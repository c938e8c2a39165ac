import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import { all, PROJECTS } from '../../transport/paths';
import { projectsOf } from '../../transport/projects';
import type { ListSearchEntry } from '../listSearch';
import { searchEntries } from '../listSearch';
import { locatorOf } from '../locator';

/** Picks one project. */
export const projectLocator = locatorOf({
	displayName: 'Project',
	name: 'projectId',
	collection: PROJECTS,
	searchListMethod: 'searchProjects',
	description: 'The project to work on',
	propertyHint:
		'The uid of a project (mode id), as Project Get Many gives it, or from an event: data.project_uid or data.project of a task. A name is not an ID.',
});

/** The editor's list of projects. */
export async function searchProjects(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const projects = async (connection: Connection) =>
		// A token leads to the place by itself.
		all(paginationToken === undefined ? await projectsOf(connection) : PROJECTS);
	return await searchEntries(this, projects, { filter, paginationToken }, choiceOf);
}

/** `Street scenes`, with its status where that is not the usual one. */
function choiceOf(project: IDataObject): ListSearchEntry | undefined {
	const uid = idOf(project.uid);
	if (uid === undefined) return undefined;
	const status = idOf(project.status) ?? 'active';
	const name = idOf(project.name) ?? uid;
	return { name: status === 'active' ? name : `${name} (${status})`, value: uid, searched: uid };
}
