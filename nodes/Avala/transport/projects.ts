import type { Connection } from './connection';
import { avalaPages } from './pages';
import type { Collection } from './paths';
import { all, PROJECTS, PROJECTS_OF_OLDER_SERVERS } from './paths';
import { unlessRefused } from './request';

/**
 * The collection of projects that this server has. Its list tells: a single project that is not found
 * may not exist, and a later page may be gone.
 */
export async function projectsOf(connection: Connection): Promise<Collection> {
	const firstPage = avalaPages(connection, all(PROJECTS), { pageSize: 1 }).next();
	const found = await unlessRefused([404, 405], firstPage);
	return found === undefined ? PROJECTS_OF_OLDER_SERVERS : PROJECTS;
}
