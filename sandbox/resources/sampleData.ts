import type { Store } from '../store';
import type { WireFormat } from '../wireFormat';
import { uidFor } from '../wireFormat';
import type { StoredDataset, StoredProject } from './resourceRecords';
import { makeDataset, makeProject, makeTask } from './resourceRecords';

const HOUR_MS = 60 * 60_000;

const PROJECTS: ReadonlyArray<Partial<StoredProject> & { name: string; tasks: string[] }> = [
	{
		name: 'Street scenes',
		tasks: ['pending', 'pending', 'pending', 'in_progress', 'completed', 'completed'],
	},
	{
		name: 'Warehouse lidar',
		taskType: 'lidar-annotation',
		tasks: ['pending', 'pending', 'in_progress', 'completed'],
	},
	{ name: 'Crop health', status: 'paused', tasks: ['active', 'completed'] },
];

const DATASETS: ReadonlyArray<Partial<StoredDataset> & { name: string }> = [
	{ name: 'Street scenes', itemCount: 1200 },
	{ name: 'Warehouse lidar', dataType: 'lidar', itemCount: 80 },
	{ name: 'Crop photos', visibility: 'public', itemCount: 240 },
	{
		name: 'Night drives',
		dataType: 'video',
		status: 'creating',
		itemCount: 12,
		issues: ['3 of 15 videos could not be read.'],
	},
];

/** A few projects with tasks, and datasets with items, older than anything that happens later. */
export function addSampleData(store: Store, wireFormat: WireFormat): void {
	let at = Date.now() - 48 * HOUR_MS;
	const times = () => {
		const time = new Date((at += HOUR_MS)).toISOString();
		return { createdAt: time, updatedAt: time };
	};
	for (const { tasks, ...fields } of PROJECTS) {
		const isFirst = fields.name === 'Street scenes' && wireFormat === 'guide';
		const uid = isFirst ? 'proj_abc123' : uidFor('proj', fields.name, wireFormat);
		const project = makeProject({ uid, ...times(), ...fields }, wireFormat);
		store.projects.put(project);
		for (const [index, status] of tasks.entries()) {
			const name = `${fields.name} ${index + 1}`;
			const created = times();
			store.tasks.put(
				makeTask(
					{
						uid: uidFor('task', name, wireFormat),
						name,
						type: project.taskType,
						status,
						project: uid,
						completedAt: status === 'completed' ? created.createdAt : null,
						...created,
					},
					wireFormat,
				),
			);
		}
	}
	for (const fields of DATASETS) {
		const uid = uidFor('ds', fields.name, wireFormat);
		const slug = fields.name.toLowerCase().replaceAll(' ', '-');
		store.datasets.put(makeDataset({ uid, slug, ...times(), ...fields }, wireFormat));
	}
	store.save();
}
