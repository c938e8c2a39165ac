import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { Context } from '../context';
import type { StoredExport } from '../resources/resourceRecords';
import { fileName } from '../storage/files';
import { mountEndpoint } from './endpoint';
import { ApiError, notFound } from './errors';
import { uidOf } from './fields';
import type { Route } from './pages';

const MAX_AT_ONCE = 5;

/** `/exports/` and the download from the API's origin. */
export function mountExports(server: FastifyInstance, context: Context): void {
	const { settings, store, exports, storage } = context;
	const project = uidOf(store.projects);
	const dataset = uidOf(store.datasets);
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
				project: project.nullish(),
				dataset: dataset.nullish(),
				// As in an older document.
				projects: z.array(project).default([]),
				datasets: z.array(dataset).default([]),
				name: z.string().optional(),
				format: z.string().optional(),
			})
			.transform(
				({ project: first, dataset: other, projects, datasets, ...fields }, { addIssue }) => {
					const all = {
						projects: first ? [first, ...projects] : projects,
						datasets: other ? [other, ...datasets] : datasets,
					};
					const kinds = [all.projects, all.datasets].filter((uids) => uids.length > 0).length;
					const message =
						kinds === 0
							? 'Provide a project or a dataset.'
							: kinds === 2 && !settings.exportsTakeBoth
								? 'Provide either a project or a dataset, not both.'
								: undefined;
					if (message !== undefined) addIssue({ code: 'custom', message });
					return { ...fields, ...all };
				},
			),
		create: ({ name, format, projects, datasets }, { account }, reply) => {
			if (exports.underWay(account) >= MAX_AT_ONCE) {
				reply.header('retry-after', '30');
				throw new ApiError(
					429,
					`At most ${MAX_AT_ONCE} exports can be under way at once. Wait until one is done.`,
				);
			}
			const source = store.projects.get(projects[0] ?? '') ?? store.datasets.get(datasets[0] ?? '');
			const entry = context.addExport({
				account,
				name: name ?? source?.name ?? 'Export',
				...(format !== undefined && { format }),
				projects,
				datasets,
				taskCount: store.tasks.list.filter((task) => projects.includes(task.project)).length,
			});
			context.announce('export.created', entry);
			return show(entry);
		},
	});
	server.get<Route>(
		'/exports/:uid/download',
		{ config: { scope: 'exports.read' } },
		async (call, reply) => {
			const entry = store.exports.get(call.params.uid ?? '');
			if (entry?.account !== call.account) throw notFound();
			const { uid, state, plan } = entry;
			if (state !== 'ready') throw new ApiError(409, `The export is not ready: ${state}.`);
			if (plan.apiRedirects) return await reply.redirect(storage.linkTo(entry), 302);
			reply.hijack();
			await storage.send(call.raw, reply.raw, fileName(uid, plan.file), plan.file);
			return reply;
		},
	);
}
