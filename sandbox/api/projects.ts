import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { shownProject, shownTask } from '../wire/resources';
import { equal, mountEndpoint } from './endpoint';
import { ApiError } from './errors';

/** `/tasks/` and `/users/me/projects/`; `/projects/` is for Avala's staff. */
export function mountProjects(server: FastifyInstance, context: Context): void {
	const { settings, store } = context;
	mountEndpoint(server, context, {
		path: '/users/me/projects/',
		read: 'projects.read',
		entries: () => store.projects,
		show: (project) => shownProject(project, settings.wireFormat),
	});
	for (const path of ['/projects/', '/projects/:uid/']) {
		server.get(path, { config: { scope: 'projects.read' } }, () => {
			throw new ApiError(403, 'You do not have permission to perform this action.');
		});
	}
	mountEndpoint(server, context, {
		path: '/tasks/',
		read: 'tasks.read',
		entries: () => store.tasks,
		filters: { project: equal(({ project }) => project), status: equal(({ status }) => status) },
		show: (task) => shownTask(task, settings.wireFormat),
	});
}
