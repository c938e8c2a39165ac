import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { isRunning } from '../resources/life';
import { JOB, shownJob } from '../resources/reviewRecords';
import { equal, mountEndpoint } from './endpoint';
import { ApiError, notFound } from './errors';
import { readFields } from './fields';
import type { Route } from './pages';

/** `/projects/…/auto-label/` and `/auto-label-jobs/`. No scope is documented for them. */
export function mountAutoLabelJobs(server: FastifyInstance, context: Context): void {
	const { store, jobs } = context;

	server.post<Route>('/projects/:project/auto-label/', async (call, reply) => {
		const project = store.projects.get(call.params.project ?? '');
		if (!project) throw notFound();
		const given = { ...readFields(call, JOB), projectUid: project.uid, account: call.account };
		return await reply.status(202).send(shownJob(context.addJob(given)));
	});
	mountEndpoint(server, context, {
		path: '/auto-label-jobs/',
		entries: () => store.jobs,
		show: shownJob,
		showOne: (job) => {
			const response = shownJob(job);
			jobs.read(job);
			return response;
		},
		filters: {
			project: equal(({ projectUid }) => projectUid),
			status: equal((job) => shownJob(job).status),
		},
		remove: (job) => {
			// What Avala does then is not documented.
			if (!isRunning(job)) throw new ApiError(409, `The job has ended: ${job.state}.`);
			jobs.finish(job, 'cancelled');
		},
	});
}
