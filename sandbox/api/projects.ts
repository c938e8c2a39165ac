import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { shownProject } from '../wire/resources';
import { ApiError, notFound } from './errors';
import { pageOf } from './pages';

const READ = { config: { scope: 'projects.read' } } as const;

/** `/users/me/projects/`. `/projects/` is for Avala's staff. */
export function mountProjects(server: FastifyInstance, { settings, store }: Context): void {
	server.get('/users/me/projects/', READ, async (request) =>
		pageOf(request, settings, {
			list: store.projects.list,
			show: (project) => shownProject(project, settings.wireFormat),
		}),
	);
	server.get<{ Params: { uid: string } }>(
		'/users/me/projects/:uid/',
		READ,
		async ({ params: { uid } }) => {
			const project = store.projects.get(uid);
			if (!project) throw notFound();
			return shownProject(project, settings.wireFormat);
		},
	);
	for (const path of ['/projects/', '/projects/:uid/']) {
		server.get(path, READ, () => {
			throw new ApiError(403, 'You do not have permission to perform this action.');
		});
	}
}
