import type {
	DownloadLink,
	Resource,
	StoredDataset,
	StoredExport,
	StoredProject,
	StoredTask,
} from '../resources/resourceRecords';
import type { WireFormat } from '../wireFormat';

/** A task as the API shows it and as its events carry it. */
export function shownTask(task: StoredTask, wireFormat: WireFormat): Resource {
	const { uid, type, name, status, project, createdAt, updatedAt, extra } = task;
	const times = { created_at: createdAt, updated_at: updatedAt };
	return wireFormat === 'guide'
		? {
				uid,
				type,
				name,
				status,
				project_uid: project,
				assignee: task.assignee,
				completed_at: task.completedAt,
				...times,
				...extra,
			}
		: { uid, type, name, status, project, ...times, ...extra };
}

export function shownProject(project: StoredProject, wireFormat: WireFormat): Resource {
	const { uid, name, status, createdAt, updatedAt } = project;
	return {
		uid,
		name,
		status,
		...(wireFormat === 'newer' && {
			task_type: project.taskType,
			is_active: status === 'active',
			visibility: project.visibility,
			owner_name: project.ownerName,
		}),
		created_at: createdAt,
		updated_at: updatedAt,
	};
}

export function shownDataset(dataset: StoredDataset, wireFormat: WireFormat): Resource {
	const { uid, name, slug, owner, itemCount, dataType, status, visibility } = dataset;
	return {
		uid,
		name,
		slug,
		...(wireFormat === 'newer' ? { owner_name: owner } : { owner }),
		item_count: itemCount,
		data_type: dataType,
		status,
		visibility,
		created_at: dataset.createdAt,
		updated_at: dataset.updatedAt,
		...dataset.extra,
	};
}

const EXPORT_STATUS = {
	guide: { requested: 'pending', processing: 'processing', ready: 'completed', failed: 'failed' },
	older: { requested: 'pending', processing: 'processing', ready: 'completed', failed: 'failed' },
	newer: { requested: 'requested', processing: 'processing', ready: 'exported', failed: 'failed' },
} as const;

/** Which form of link an export has when nothing is planned. */
export const LINK_BY_FORMAT: Readonly<Record<WireFormat, DownloadLink>> = {
	guide: 'relative',
	older: 'api',
	newer: 'storage',
};

/** @param downloadUrl the link to its file; null until it is ready */
export function shownExport(
	entry: StoredExport,
	downloadUrl: string | null,
	wireFormat: WireFormat,
): Resource {
	const { uid, name, format, state, taskCount, projects, datasets, extra } = entry;
	return {
		uid,
		status: entry.status ?? EXPORT_STATUS[wireFormat][state],
		download_url: downloadUrl,
		...(wireFormat !== 'older' && { format }),
		...(wireFormat === 'newer' && {
			name,
			filter_query_string: '',
			total_task_count: taskCount,
			exported_task_count: state === 'ready' ? taskCount : 0,
			datasets,
			slices: [],
			projects,
			organization: null,
		}),
		created_at: entry.createdAt,
		updated_at: entry.updatedAt,
		...extra,
	};
}
