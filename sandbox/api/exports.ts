import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import type { Resource, StoredExport } from '../resources/resourceRecords';
import type { ApiSettings } from '../settings';
import { fileName } from '../storage/files';
import type { Store } from '../store';
import { bodyOf } from './body';
import type { FieldProblems } from './errors';
import { ApiError, notFound } from './errors';
import { pageOf } from './pages';

const MAX_AT_ONCE = 5;
const READ = { config: { scope: 'exports.read' } } as const;
const CREATE = { config: { scope: 'exports.create' } } as const;

interface ByUid {
	Params: { uid: string };
}

/** `/exports/` and the download from the API's origin. */
export function mountExports(server: FastifyInstance, context: Context): void {
	const { settings, store, exportLife, storage, showExport } = context;
	const find = (uid: string, account: string): StoredExport => {
		const entry = store.exports.get(uid);
		if (entry?.account !== account) throw notFound();
		return entry;
	};

	server.get('/exports/', READ, async (request) =>
		pageOf(request, settings, {
			list: store.exports.list,
			show: showExport,
			matches: ({ account }) => account === request.account,
		}),
	);
	server.post('/exports/', CREATE, async (request, reply) => {
		const fields = readExport(bodyOf(request), store, settings);
		if (exportLife.underWay(request.account) >= MAX_AT_ONCE) {
			reply.header('retry-after', '30');
			throw new ApiError(
				429,
				`At most ${MAX_AT_ONCE} exports can be under way at once. Wait until one is done.`,
			);
		}
		const entry = exportLife.add(fields, settings.wireFormat, request.account);
		context.announce('export.created', entry);
		return await reply.status(201).send(showExport(entry));
	});
	server.get<ByUid>('/exports/:uid/', READ, async ({ params: { uid }, account }) =>
		showExport(find(uid, account)),
	);
	server.get<ByUid>('/exports/:uid/download', READ, async (request, reply) => {
		const entry = find(request.params.uid, request.account);
		const { uid, state, plan } = entry;
		if (state !== 'ready') throw new ApiError(409, `The export is not ready: ${state}.`);
		if (plan.apiRedirects) return await reply.redirect(storage.linkTo(entry), 302);
		reply.hijack();
		await storage.send(request.raw, reply.raw, fileName(uid, plan.file), plan.file);
		return reply;
	});
}

/**
 * What is to be exported: `project` and `dataset`, or as in an older document the lists of them.
 * @throws ApiError 400 when nothing is named, or something that does not exist
 */
function readExport(given: Resource, store: Store, settings: ApiSettings): Partial<StoredExport> {
	const projects = uidsOf(given.project, given.projects);
	const datasets = uidsOf(given.dataset, given.datasets);
	const problems: FieldProblems = {};
	const missing = (uid: string) => `Invalid pk "${uid}" - object does not exist.`;
	const noProject = projects.filter((uid) => !store.projects.get(uid));
	const noDataset = datasets.filter((uid) => !store.datasets.get(uid));
	if (noProject.length > 0) problems.project = noProject.map(missing);
	if (noDataset.length > 0) problems.dataset = noDataset.map(missing);
	if (projects.length + datasets.length === 0) {
		problems.non_field_errors = ['Provide a project or a dataset.'];
	} else if (!settings.exportsTakeBoth && projects.length > 0 && datasets.length > 0) {
		problems.non_field_errors = ['Provide either a project or a dataset, not both.'];
	}
	if (Object.keys(problems).length > 0) throw new ApiError(400, problems);
	const source = store.projects.get(projects[0] ?? '') ?? store.datasets.get(datasets[0] ?? '');
	return {
		projects,
		datasets,
		name: typeof given.name === 'string' ? given.name : (source?.name ?? 'Export'),
		...(typeof given.format === 'string' && { format: given.format }),
		taskCount: store.tasks.list.filter(({ project }) => projects.includes(project)).length,
	};
}

function uidsOf(one: unknown, many: unknown): string[] {
	const given = [one, ...(Array.isArray(many) ? many : [])];
	return given.filter((uid) => uid !== undefined && uid !== null && uid !== '').map(String);
}
