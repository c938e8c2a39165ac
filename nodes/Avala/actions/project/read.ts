import type { IDataObject } from 'n8n-workflow';

import type { Connection } from '../../transport/connection';
import { apiError } from '../../transport/errors';
import type { Collection } from '../../transport/paths';
import { all, one, PROJECTS, PROJECTS_OF_OLDER_SERVERS } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { projectsOf } from '../../transport/projects';
import { unlessRefused } from '../../transport/request';
import type { GetManyOptions } from '../getMany';
import { getMany } from '../getMany';
import type { ItemRun } from '../operation';
import type { OutputForms } from '../output';
import { pickFields } from '../pickFields';

/**
 * One project, from where older servers keep it if need be. On newer ones that is for Avala's staff, so
 * the first refusal is the one that tells.
 */
export async function readProject(connection: Connection, id: string): Promise<IDataObject> {
	const read = async (projects: Collection) =>
		await avalaEntry(connection, { method: 'GET', endpoint: one(projects, id) });
	const first = read(PROJECTS);
	return (
		(await unlessRefused([404, 405], first)) ??
		(await unlessRefused([403, 404], read(PROJECTS_OF_OLDER_SERVERS))) ??
		(await first)
	);
}

/** The projects that match, from where older servers keep them if need be. */
export async function listProjects(run: ItemRun, options: GetManyOptions): Promise<IDataObject[]> {
	const first = getMany(run, all(PROJECTS), options);
	const found = await unlessRefused([404, 405], first);
	if (found !== undefined) return found;
	// A later page may be gone on any server.
	if ((await projectsOf(run.connection)) === PROJECTS) return await first;
	const older = getMany(run, all(PROJECTS_OF_OLDER_SERVERS), options);
	const projects = await unlessRefused([403], older);
	if (projects !== undefined) return projects;
	const [newerPath, olderPath] = [PROJECTS.path, PROJECTS_OF_OLDER_SERVERS.path];
	throw apiError(
		run.connection,
		`Avala does not list the projects of this API key: it has none at ${newerPath}, and ${olderPath}, where older servers keep them, is closed to the key (403). Check 'Base URL' in the Avala credential, and have the owner of the key grant it the permission ${PROJECTS.permissions.read} at Avala.`,
		`The requests were GET ${newerPath} and GET ${olderPath}.`,
		403,
	);
}

/** The fields that tell the most, by the same names in every wire format. */
export function simplifyProject(project: IDataObject): IDataObject {
	return pickFields(project, [
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

export const projectForms: OutputForms = {
	simplify: simplifyProject,
	fields: Object.keys(simplifyProject({})),
};
