import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import { all, PROJECTS, PROJECTS_OF_OLDER_SERVERS } from '../../transport/paths';
import { unlessRefused } from '../../transport/request';
import type { ListSearchEntry } from '../listSearch';
import { searchEntries } from '../listSearch';
import { locatorOf } from '../locator';

/** Picks one project. */
export const projectLocator = locatorOf({
	displayName: 'Project',
	name: 'projectId',
	noun: 'project',
	example: PROJECTS.example,
	searchListMethod: 'searchProjects',
	description: 'The project to work on',
	propertyHint:
		'The uid of a project (mode id), as Project Get Many gives it, or from an event: data.project_uid or data.project of a task. A name is not an ID.',
});

/** The editor's list of projects, from where older servers keep them if need be. */
export async function searchProjects(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const searched = { filter, paginationToken };
	return (
		(await unlessRefused([404], searchEntries(this, all(PROJECTS), searched, choiceOf))) ??
		(await searchEntries(this, all(PROJECTS_OF_OLDER_SERVERS), searched, choiceOf))
	);
}

/** `Street scenes`, with its status where that is not the usual one. */
function choiceOf(project: IDataObject): ListSearchEntry | undefined {
	const uid = idOf(project.uid);
	if (uid === undefined) return undefined;
	const status = idOf(project.status) ?? 'active';
	const name = idOf(project.name) ?? uid;
	return { name: status === 'active' ? name : `${name} (${status})`, value: uid, searched: uid };
}
