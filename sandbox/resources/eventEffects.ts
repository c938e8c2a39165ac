import type { Store } from '../store';
import { shownDataset, shownProject, shownTask } from '../wire/resources';
import type { WireFormat } from '../wireFormat';
import { newUid } from '../wireFormat';
import type { ExportLife } from './exportLife';
import { isRunning } from './exportLife';
import type { Resource, StoredExport, StoredTask } from './resourceRecords';
import { makeDataset, makeProject, makeTask } from './resourceRecords';

/** Only so many of the oldest tasks are looked at, so that an event costs the same with any number of them. */
const SEARCHED_TASKS = 1000;

const KNOWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
	task: [
		'uid',
		'type',
		'name',
		'status',
		'project',
		'project_uid',
		'assignee',
		'completed_at',
		'created_at',
		'updated_at',
	],
	dataset: [
		'uid',
		'name',
		'slug',
		'owner',
		'owner_name',
		'item_count',
		'data_type',
		'status',
		'visibility',
		'created_at',
		'updated_at',
	],
	export: ['uid', 'status', 'download_url', 'name', 'format', 'created_at', 'updated_at'],
};

/** Changes the stored resources as an event says, so that the lists of the API show it. */
export class EventEffects {
	constructor(
		private readonly store: Store,
		private readonly exports: ExportLife,
		private readonly showExport: (entry: StoredExport) => Resource,
	) {}

	/**
	 * @param given fields of the resource; its `uid` may name an existing one
	 * @param account which exports it can be about
	 * @returns the resource as the event carries it
	 */
	apply(type: string, given: Resource, wireFormat: WireFormat, account: string): Resource {
		const [subject = '', verb = ''] = type.split('.');
		const resource =
			subject === 'export'
				? this.showExport(this.export(verb, given, wireFormat, account))
				: this.change(subject, verb, given, wireFormat);
		this.store.save();
		return { ...resource, ...given };
	}

	private change(subject: string, verb: string, given: Resource, format: WireFormat): Resource {
		switch (subject) {
			case 'task':
				return shownTask(this.task(verb, given, format), format);
			case 'dataset':
				return this.dataset(verb, given, format);
			case 'project':
				return this.project(verb, given, format);
			default:
				return other(verb, format);
		}
	}

	private task(verb: string, given: Resource, wireFormat: WireFormat): StoredTask {
		const { tasks, projects } = this.store;
		const uid = text(given.uid);
		const known = uid === undefined ? this.openTask(verb) : tasks.get(uid);
		const completedAt = text(given.completed_at);
		const at = text(given.updated_at) ?? completedAt ?? new Date().toISOString();
		const task = makeTask(
			{
				createdAt: at,
				project: projects.list[0]?.uid ?? 'proj_abc123',
				...known,
				...defined({
					uid,
					type: text(given.type),
					name: text(given.name),
					project: text(given.project) ?? text(given.project_uid),
					assignee: text(given.assignee),
					createdAt: text(given.created_at),
				}),
				status: text(given.status) ?? STATUS_AFTER[verb] ?? verb,
				completedAt: completedAt ?? (verb === 'completed' ? at : (known?.completedAt ?? null)),
				updatedAt: at,
				extra: { ...known?.extra, ...furtherFields('task', given) },
			},
			wireFormat,
		);
		if (verb === 'deleted') tasks.remove(task.uid);
		else tasks.put(task);
		return task;
	}

	/** Where an event ends a task and names none, the oldest one that is open. */
	private openTask(verb: string): StoredTask | undefined {
		if (!['completed', 'rejected', 'reviewed'].includes(verb)) return undefined;
		return this.store.tasks.list
			.slice(0, SEARCHED_TASKS)
			.find(({ status }) => ['pending', 'in_progress', 'active'].includes(status));
	}

	private export(
		verb: string,
		given: Resource,
		wireFormat: WireFormat,
		account: string,
	): StoredExport {
		const { exports, projects } = this.store;
		const uid = text(given.uid);
		const end = verb === 'failed' ? 'failed' : ENDED.includes(verb) ? 'ready' : undefined;
		const known =
			uid === undefined
				? end && exports.list.find((each) => each.account === account && isRunning(each))
				: exports.get(uid);
		const fields = {
			...defined({
				uid,
				name: text(given.name),
				format: text(given.format),
				createdAt: text(given.created_at),
			}),
			...(given.status !== undefined && { status: String(given.status) }),
			...((given.download_url === null || typeof given.download_url === 'string') && {
				downloadUrl: given.download_url,
			}),
			extra: { ...known?.extra, ...furtherFields('export', given) },
		};
		const project = projects.list[0];
		const entry = known
			? Object.assign(known, fields)
			: this.exports.add(
					{
						...(project && { name: project.name, projects: [project.uid] }),
						...fields,
						...(end && { state: end }),
					},
					wireFormat,
					account,
				);
		if (end) this.exports.finish(entry, end);
		if (verb === 'deleted') exports.remove(entry.uid);
		return entry;
	}

	private dataset(verb: string, given: Resource, wireFormat: WireFormat): Resource {
		const { datasets } = this.store;
		const uid = text(given.uid);
		const known = uid === undefined ? undefined : datasets.get(uid);
		const name = text(given.name) ?? known?.name ?? 'Street scenes';
		const newId = newUid('ds', wireFormat);
		const dataset = makeDataset(
			{
				uid: newId,
				slug: `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${newId.slice(-4)}`,
				...known,
				...defined({
					uid,
					name,
					slug: text(given.slug),
					owner: text(given.owner) ?? text(given.owner_name),
					dataType: text(given.data_type),
					status: text(given.status),
					visibility: text(given.visibility),
					createdAt: text(given.created_at),
				}),
				...(typeof given.item_count === 'number' && { itemCount: given.item_count }),
				updatedAt: text(given.updated_at) ?? new Date().toISOString(),
				extra: { ...known?.extra, ...furtherFields('dataset', given) },
			},
			wireFormat,
		);
		if (verb === 'deleted') datasets.remove(dataset.uid);
		else datasets.put(dataset);
		return shownDataset(dataset, wireFormat);
	}

	private project(verb: string, given: Resource, wireFormat: WireFormat): Resource {
		const { projects } = this.store;
		const uid = text(given.uid);
		const known = uid === undefined ? undefined : projects.get(uid);
		const fields = defined({ uid, name: text(given.name), status: text(given.status) });
		const updatedAt = new Date().toISOString();
		const project = makeProject({ ...known, ...fields, updatedAt }, wireFormat);
		if (verb === 'deleted') projects.remove(project.uid);
		else projects.put(project);
		return shownProject(project, wireFormat);
	}
}

const STATUS_AFTER: Readonly<Record<string, string>> = {
	created: 'pending',
	updated: 'in_progress',
};
const ENDED: readonly string[] = ['completed', 'ready'];

/** The data of an event whose resource the API does not list, such as `quality.alert`. */
function other(verb: string, wireFormat: WireFormat): Resource {
	const now = new Date().toISOString();
	const uid = newUid('task', wireFormat).replace('task_', 'res_');
	return { uid, name: 'Sample', status: verb, created_at: now, updated_at: now };
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

function defined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: NonNullable<T[K]>;
	};
}

function furtherFields(kind: 'task' | 'dataset' | 'export', given: Resource): Resource {
	return Object.fromEntries(
		Object.entries(given).filter(([name]) => !KNOWN_FIELDS[kind]?.includes(name)),
	);
}
