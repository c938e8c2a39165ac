import type { IDataObject } from 'n8n-workflow';

import { apiError } from '../../transport/errors';
import type { Collection } from '../../transport/paths';
import { all, one, PROJECTS, PROJECTS_OF_OLDER_SERVERS } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { projectsOf } from '../../transport/projects';
import { unlessRefused } from '../../transport/request';
import type { Wanted } from '../getMany';
import { getMany } from '../getMany';
import type { ItemRun } from '../operation';
import { simplified } from '../simplified';

async function projectsFor(run: ItemRun): Promise<Collection> {
	return await run.once(['projectsOf'], async () => await projectsOf(run.connection));
}

/** One project, from where this server keeps it. */
export async function readProject(run: ItemRun, id: string): Promise<IDataObject> {
	const endpoint = one(await projectsFor(run), id);
	return await avalaEntry(run.connection, { method: 'GET', endpoint });
}

/** The projects that match, from where this server keeps them. */
export async function listProjects(run: ItemRun, wanted: Wanted): Promise<IDataObject[]> {
	const collection = await projectsFor(run);
	const [newer, older] = [PROJECTS.path, PROJECTS_OF_OLDER_SERVERS.path];
	const listing = getMany(run, all(collection), wanted);
	if (collection.path === newer) return await listing;
	const projects = await unlessRefused([403], listing);
	if (projects !== undefined) return projects;
	throw apiError(
		run.connection,
		`Avala does not list the projects of this API key: it has none at ${newer}, and ${older}, where older servers keep them, is closed to the key (403). Check the base URL of the Avala credential, and have the owner of the key grant it the permission ${PROJECTS.permissions.read} at Avala.`,
		`The requests were GET ${newer} and GET ${older}.`,
		403,
	);
}

/** The fields that tell the most, by the same names in every wire format. */
export function simplifyProject(project: IDataObject): IDataObject {
	return simplified(project, [
		'uid',
		'name',
		'status',
		'task_type',
		'is_active',
		'visibility',
		['owner', 'owner_name'],
		'created_at',
		'updated_at',
	]);
}
