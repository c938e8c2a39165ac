import { isSequence } from '../resources/datasetContents';
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
	const { uid, type, name, status, project, assignee, completedAt, extra } = task;
	const times = { created_at: task.createdAt, updated_at: task.updatedAt };
	const further =
		wireFormat === 'guide'
			? { project_uid: project, assignee, completed_at: completedAt }
			: { project };
	return { uid, type, name, status, ...further, ...times, ...extra };
}

/** The newest servers have no times for projects and datasets, but more else. */
export function shownProject(project: StoredProject, wireFormat: WireFormat): Resource {
	const { uid, name, status, createdAt, updatedAt, extra } = project;
	const further =
		wireFormat === 'newer'
			? {
					task_type: project.taskType,
					is_active: status === 'active',
					visibility: project.visibility,
					owner_name: project.ownerName,
					is_imported: false,
					short_description: '',
					industry_icon: null,
				}
			: { created_at: createdAt, updated_at: updatedAt };
	return { uid, name, status, ...further, ...extra };
}

export function shownDataset(dataset: StoredDataset, wireFormat: WireFormat): Resource {
	const { uid, name, slug, owner, itemCount, dataType, status, visibility, extra } = dataset;
	const common = { item_count: itemCount, data_type: dataType, status, visibility };
	const further =
		wireFormat === 'newer'
			? {
					owner_name: owner,
					is_sequence: isSequence(dataset),
					predefined_labels: [{ name: 'car' }],
					project_count: 1,
					size_bytes: 350_000 * itemCount,
					annotations_count: 4 * itemCount,
				}
			: { owner, created_at: dataset.createdAt, updated_at: dataset.updatedAt };
	return { uid, name, slug, ...common, ...further, ...extra };
}

/** Which form of link an export has when nothing is planned. */
export const LINK_BY_FORMAT: Readonly<Record<WireFormat, DownloadLink>> = {
	guide: 'relative',
	older: 'api',
	newer: 'storage',
};

const STATUS = {
	requested: 'pending',
	processing: 'processing',
	ready: 'completed',
	failed: 'failed',
	cancelled: 'failed',
} as const;
const NEWEST_STATUS = { ...STATUS, requested: 'requested', ready: 'exported' } as const;

/** @param downloadUrl the link to its file; null until it is ready */
export function shownExport(
	entry: StoredExport,
	downloadUrl: string | null,
	wireFormat: WireFormat,
): Resource {
	const { uid, name, format, state, taskCount, projects, datasets, createdAt, extra } = entry;
	const common = { uid, download_url: downloadUrl, created_at: createdAt };
	if (wireFormat !== 'newer') {
		return {
			status: entry.status ?? STATUS[state],
			...common,
			...(wireFormat === 'guide' && { format }),
			updated_at: entry.updatedAt,
			...extra,
		};
	}
	const isCounted = state !== 'requested';
	return {
		status: entry.status ?? NEWEST_STATUS[state],
		...common,
		name,
		format,
		filter_query_string: isCounted ? '' : null,
		total_task_count: isCounted ? taskCount : null,
		exported_task_count: isCounted ? (state === 'ready' ? taskCount : 0) : null,
		datasets,
		slices: [],
		projects,
		organization: null,
		...extra,
	};
}

/** The newest example of an export's event has other words than the API. */
export function exportEventData(
	entry: StoredExport,
	downloadUrl: string | null,
	wireFormat: WireFormat,
): Resource {
	if (wireFormat !== 'newer') return shownExport(entry, downloadUrl, wireFormat);
	const { uid, state, createdAt, extra } = entry;
	return {
		uid,
		status: entry.status ?? (state === 'requested' ? state : STATUS[state]),
		download_url: downloadUrl,
		format: 'avala_json',
		created_at: createdAt,
		...extra,
	};
}
