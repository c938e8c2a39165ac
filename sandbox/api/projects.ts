import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Context } from '../context';
import { shownProject } from '../wire/resources';
import { ApiError, notFound } from './errors';
import { pageOf } from './pages';

const READ = { config: { scope: 'projects.read' } } as const;

/** `/users/me/projects/`, or `/projects/` on older servers, which lack the first. */
export function mountProjects(server: FastifyInstance, { settings, store }: Context): void {
	const refuseElsewhere = (at: 'me' | 'root') => async () => {
		const { projectsAt, wireFormat } = settings;
		const here = projectsAt === 'byFormat' ? (wireFormat === 'older' ? 'root' : 'me') : projectsAt;
		if (here === at) return;
		if (at === 'me') throw notFound();
		throw new ApiError(403, 'You do not have permission to perform this action.');
	};
	for (const [at, path] of [
		['me', '/users/me/projects/'],
		['root', '/projects/'],
	] as const) {
		const options = { ...READ, preHandler: refuseElsewhere(at) };
		server.get(path, options, async (request: FastifyRequest) =>
			pageOf(request, settings, {
				list: store.projects.list,
				show: (project) => shownProject(project, settings.wireFormat),
			}),
		);
		server.get<{ Params: { uid: string } }>(
			`${path}:uid/`,
			options,
			async ({ params: { uid } }) => {
				const project = store.projects.get(uid);
				if (!project) throw notFound();
				return shownProject(project, settings.wireFormat);
			},
		);
	}
}
