import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { shownTask } from '../wire/resources';
import { notFound } from './errors';
import { filterOf, pageOf } from './pages';

const READ = { config: { scope: 'tasks.read' } } as const;

/** `/tasks/` */
export function mountTasks(server: FastifyInstance, { settings, store }: Context): void {
	server.get('/tasks/', READ, async (request) => {
		const project = filterOf(request, 'project');
		const status = filterOf(request, 'status');
		return pageOf(request, settings, {
			list: store.tasks.list,
			show: (task) => shownTask(task, settings.wireFormat),
			matches: (task) =>
				task.project === (project ?? task.project) && task.status === (status ?? task.status),
		});
	});
	server.get<{ Params: { uid: string } }>('/tasks/:uid/', READ, async ({ params: { uid } }) => {
		const task = store.tasks.get(uid);
		if (!task) throw notFound();
		return shownTask(task, settings.wireFormat);
	});
}
