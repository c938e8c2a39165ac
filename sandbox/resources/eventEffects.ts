import type { Context } from '../context';
import type { Store } from '../store';
import { shownDataset, shownProject, shownTask } from '../wire/resources';
import { newUid } from '../wireFormat';
import { isRunning } from './life';
import type { Resource, StoredExport, StoredTask } from './resourceRecords';
import { makeDataset, makeProject, makeTask } from './resourceRecords';
import type { StoredTarget } from './reviewRecords';
import { makeTarget, resultOf } from './reviewRecords';

/** Only so many of the oldest tasks are looked at, so that an event costs the same with any number of them. */
const SEARCHED_TASKS = 1000;
const OPEN: readonly string[] = ['pending', 'in_progress', 'active'];

const STATUS_AFTER: Readonly<Record<string, string>> = {
	created: 'pending',
	updated: 'in_progress',
};

/** Avala's names of fields that the records call otherwise. */
const RECORD_NAME: Readonly<Record<string, string>> = {
	project_uid: 'project',
	owner_name: 'owner',
};

/**
 * Changes the stored resources as an event says, so that the lists of the API show it.
 * @param given fields of the resource; its `uid` may name an existing one
 * @returns the resource as the event carries it
 */
export function applyEvent(
	context: Context,
	type: string,
	given: Resource,
	account: string,
): Resource {
	const { store, settings } = context;
	const { wireFormat } = settings;
	const [subject = '', verb = ''] = type.split('.');
	const uid = text(given.uid);
	const updatedAt = text(given.updated_at) ?? text(given.completed_at) ?? new Date().toISOString();
	switch (subject) {
		case 'task': {
			const known = uid === undefined ? openTask(store, verb) : store.tasks.get(uid);
			const project = store.projects.list[0]?.uid;
			const fields = { createdAt: updatedAt, ...(project !== undefined && { project }) };
			const task = fill(known ?? makeTask(fields, wireFormat), given);
			task.status = text(given.status) ?? STATUS_AFTER[verb] ?? verb;
			task.updatedAt = updatedAt;
			if (verb === 'completed' && given.completed_at === undefined) task.completedAt = updatedAt;
			store.tasks.put(task);
			if (verb === 'deleted') store.tasks.remove(task.uid);
			return shownTask(task, wireFormat);
		}
		case 'dataset': {
			const known = store.datasets.get(uid ?? '');
			const dataset = fill(known ?? makeDataset({}, wireFormat), given);
			if (!known && given.slug === undefined) {
				const words = dataset.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
				dataset.slug = `${words}-${newUid('', 'newer').slice(-4)}`;
			}
			dataset.updatedAt = updatedAt;
			store.datasets.put(dataset);
			if (verb === 'deleted') store.datasets.remove(dataset.uid);
			return shownDataset(dataset, wireFormat);
		}
		case 'project': {
			const known = store.projects.get(uid ?? '');
			const project = fill(known ?? makeProject({}, wireFormat), given);
			project.updatedAt = updatedAt;
			store.projects.put(project);
			if (verb === 'deleted') store.projects.remove(project.uid);
			return shownProject(project, wireFormat);
		}
		case 'export':
			return context.exportEvent(changeExport(context, verb, given, account));
		case 'result':
			return resultOf(
				store.tasks.get(text(given.task_uid) ?? '') ??
					openTask(store, 'completed') ??
					makeTask({}, wireFormat),
				wireFormat,
			);
		case 'quality': {
			const [first] = store.targets.list;
			const breached = store.targets.list.find((target) => target.is_breached);
			return alertOf(breached ?? first ?? makeTarget({}, wireFormat));
		}
		default: {
			const shown = { uid: newUid('res', wireFormat), name: 'Sample', status: verb };
			return { ...shown, created_at: updatedAt, updated_at: updatedAt };
		}
	}
}

/** The data of `quality.alert`. Avala's is not documented. */
export function alertOf(target: StoredTarget): Resource {
	const { uid, name, metric, threshold, operator, severity, currentValue, projectUid } = target;
	return {
		target_uid: uid,
		...{ name, metric, threshold, operator, severity },
		current_value: currentValue,
		project_uid: projectUid,
	};
}

/** Where an event ends a task and names none, the oldest one that is open. */
function openTask({ tasks }: Store, verb: string): StoredTask | undefined {
	if (!['completed', 'rejected', 'reviewed'].includes(verb)) return undefined;
	return tasks.list.slice(0, SEARCHED_TASKS).find(({ status }) => OPEN.includes(status));
}

function changeExport(
	context: Context,
	verb: string,
	given: Resource,
	account: string,
): StoredExport {
	const { store, exports } = context;
	const uid = text(given.uid);
	const ends = { failed: 'failed', completed: 'ready', ready: 'ready' } as const;
	const end = Object.entries(ends).find(([word]) => word === verb)?.[1];
	const running = store.exports.list.find((each) => each.account === account && isRunning(each));
	const known = uid === undefined ? end && running : store.exports.get(uid);
	const [project] = store.projects.list;
	const source = project && { name: project.name, projects: [project.uid] };
	const entry =
		known ?? context.addExport({ ...source, ...(uid !== undefined && { uid }), account });
	fill(entry, given);
	if (end) exports.finish(entry, end);
	if (verb === 'deleted') store.exports.remove(entry.uid);
	return entry;
}

/** Puts what an event gives into the fields of the record, and what the record has no field for into `extra`. */
function fill<T extends { extra: Resource }>(record: T, given: Resource): T {
	const known: Resource = {};
	const extra = { ...record.extra };
	for (const [name, value] of Object.entries(given)) {
		if (value === undefined) continue;
		const camelCased = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
		const field = camelCased in record ? camelCased : (RECORD_NAME[name] ?? camelCased);
		if (field in record) known[field] = value;
		else extra[name] = value;
	}
	return Object.assign(record, known, { extra });
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}
