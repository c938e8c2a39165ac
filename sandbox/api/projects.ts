import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { shownProject, shownTask } from '../wire/resources';
import { equal, mountEndpoint } from './endpoint';

/** `/tasks/` and `/users/me/projects/` */
export function mountProjects(server: FastifyInstance, context: Context): void {
	const { settings, store } = context;
	mountEndpoint(server, context, {
		path: '/users/me/projects/',
		read: 'projects.read',
		entries: () => store.projects,
		show: (project) => shownProject(project, settings.wireFormat),
	});
	mountEndpoint(server, context, {
		path: '/tasks/',
		read: 'tasks.read',
		entries: () => store.tasks,
		filters: { project: equal(({ project }) => project), status: equal(({ status }) => status) },
		show: (task) => shownTask(task, settings.wireFormat),
	});
}
