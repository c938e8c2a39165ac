import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { Context } from '../context';
import type { StoredExport } from '../resources/resourceRecords';
import { mountEndpoint } from './endpoint';
import { ApiError, notFound } from './errors';
import { uidOf } from './fields';
import type { Route } from './pages';

const MAX_AT_ONCE = 5;

const READ = { config: { scope: 'exports.read' } } as const;

/** `/exports/` and the download from the API's origin. */
export function mountExports(server: FastifyInstance, context: Context): void {
	const { store, exports, storage } = context;
	const show = (entry: StoredExport) => context.showExport(entry);

	mountEndpoint(server, context, {
		path: '/exports/',
		read: 'exports.read',
		write: 'exports.create',
		entries: () => store.exports,
		show,
		showOne: (entry) => {
			const shown = show(entry);
			exports.read(entry);
			return shown;
		},
		fields: z
			.object({
				project: uidOf(store.projects).nullish(),
				dataset: uidOf(store.datasets).nullish(),
			})
			.refine(({ project, dataset }) => project ?? dataset, 'Provide a project or a dataset.'),
		create: ({ project, dataset }, { account }, reply) => {
			if (exports.underWay(account) >= MAX_AT_ONCE) {
				reply.header('retry-after', '30');
				throw new ApiError(
					429,
					`At most ${MAX_AT_ONCE} exports can be under way at once. Wait until one is done.`,
				);
			}
			const source = store.projects.get(project ?? '') ?? store.datasets.get(dataset ?? '');
			const entry = context.addExport({
				account,
				name: source?.name ?? 'Export',
				projects: project ? [project] : [],
				datasets: dataset ? [dataset] : [],
				taskCount: store.tasks.list.filter((task) => task.project === project).length,
			});
			context.announce('export.created', entry);
			return show(entry);
		},
	});
	server.get<Route>('/exports/:uid/download', READ, async (call, reply) => {
		const entry = store.exports.get(call.params.uid ?? '');
		if (entry?.account !== call.account) throw notFound();
		const { state, plan } = entry;
		if (state !== 'ready') throw new ApiError(409, `The export is not ready: ${state}.`);
		if (plan.apiRedirects) return await reply.redirect(storage.linkTo(entry), 302);
		return await storage.reply(call, reply, entry);
	});
}

/**
 * The files of exports next to the API, where a relative `download_url` points. They require the key, and
 * what is not ready or of another account is not there.
 */
export function mountFiles(server: FastifyInstance, { store, storage }: Context): void {
	server.get<Route>('/files/:name', READ, async (call, reply) => {
		const entry = store.exports.get((call.params.name ?? '').replace(/\.[^.]*$/, ''));
		if (entry?.account !== call.account || entry.state !== 'ready') throw notFound();
		return await storage.reply(call, reply, entry);
	});
}
