import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { shownProject, shownTask } from '../wire/resources';
import { equal, mountEndpoint } from './endpoint';
import { ApiError, notFound } from './errors';

/** `/tasks/`, and `/users/me/projects/`, or `/projects/` on older servers, which lack the first. */
export function mountProjects(server: FastifyInstance, context: Context): void {
	const { settings, store } = context;
	const placeOfProjects = () => {
		const { projectsAt, wireFormat } = settings;
		return projectsAt === 'byFormat' ? (wireFormat === 'older' ? 'root' : 'me') : projectsAt;
	};
	for (const [place, path] of [
		['me', '/users/me/projects/'],
		['root', '/projects/'],
	] as const) {
		mountEndpoint(server, context, {
			path,
			read: 'projects.read',
			entries: () => {
				if (placeOfProjects() === place) return store.projects;
				if (place === 'me') throw notFound();
				throw new ApiError(403, 'You do not have permission to perform this action.');
			},
			show: (project) => shownProject(project, settings.wireFormat),
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
