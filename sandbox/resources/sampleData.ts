import type { Store } from '../store';
import type { WireFormat } from '../wireFormat';
import { uidFor } from '../wireFormat';
import { sequencesOf } from './datasetContents';
import type { StoredDataset, StoredProject } from './resourceRecords';
import { makeDataset, makeProject, makeTask } from './resourceRecords';
import type { StoredExecution, StoredIssue, StoredJob, StoredTarget } from './reviewRecords';
import {
	makeAgent,
	makeExecution,
	makeIssue,
	makeJob,
	makeTarget,
	resultOf,
	toolOf,
	TOOLS,
} from './reviewRecords';

const HOUR_MS = 60 * 60_000;

const PROJECTS: ReadonlyArray<Partial<StoredProject> & { name: string; tasks: string[] }> = [
	{
		name: 'Street scenes',
		tasks: ['pending', 'pending', 'pending', 'in_progress', 'completed', 'completed'],
	},
	{
		name: 'Warehouse lidar',
		taskType: 'point-cloud-annotation',
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

/** One that was decided, and two that wait. */
const EXECUTIONS: ReadonlyArray<Partial<StoredExecution>> = [
	{ action: 'approve', status: 'success', response_payload: { action: 'approve' } },
	{},
	{},
];

const TARGETS: ReadonlyArray<Partial<StoredTarget>> = [
	{ name: 'Few issues', currentValue: 0.08, last_value: 0.08, is_breached: true, breach_count: 2 },
	{
		name: 'Most results accepted',
		metric: 'acceptance_rate',
		operator: 'lt',
		threshold: 0.9,
		severity: 'critical',
		notify_webhook: false,
		currentValue: 0.96,
		last_value: 0.96,
	},
];

const ISSUES: ReadonlyArray<Partial<StoredIssue>> = [
	{ priority: 'high', severity: 'critical', description: 'The forklift has no box.' },
	{ status: 'in_review', priority: 'low', wrong_class: 'pallet', correct_class: 'shelf' },
	{ status: 'completed', priority: 'medium', severity: 'moderate', frames_affected: '3-7' },
];

const JOBS: ReadonlyArray<Partial<StoredJob>> = [
	{ state: 'ready', model_type: 'yolo' },
	{ state: 'failed', model_type: 'sam3', error_message: 'The model ran out of memory.' },
];

/** A few things of each kind, older than anything that happens later. */
export function addSampleData(store: Store, wireFormat: WireFormat): void {
	let at = Date.now() - 72 * HOUR_MS;
	const nextHour = () => new Date((at += HOUR_MS)).toISOString();
	const times = () => {
		const time = nextHour();
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
		// Only the newest servers know this visibility.
		const isUnlisted = wireFormat === 'newer' && fields.status === 'creating';
		const given = {
			uid,
			slug,
			...times(),
			...fields,
			...(isUnlisted && { visibility: 'unlisted' }),
		};
		store.datasets.put(makeDataset(given, wireFormat));
	}

	/** Fields of the sample with this number. */
	const sample = (prefix: string, index: number) => ({
		uid: uidFor(prefix, `sample ${index}`, wireFormat),
		created_at: nextHour(),
	});
	const agent = store.agents.put(makeAgent(sample('agent', 0), wireFormat));
	for (const [index, fields] of EXECUTIONS.entries()) {
		const event_payload = resultOf(store.tasks.list[index] ?? makeTask({}, wireFormat), wireFormat);
		const { task_uid: task, result_uid: result } = event_payload;
		const given = { registration: agent.uid, task, result, event_payload, ...fields };
		store.executions.put(makeExecution({ ...sample('exec', index), ...given }, wireFormat));
	}
	const projectUid = store.projects.list[0]?.uid;
	for (const [index, fields] of TARGETS.entries())
		store.targets.put(
			makeTarget({ ...sample('target', index), projectUid, ...fields }, wireFormat),
		);
	for (const [index, fields] of JOBS.entries())
		store.jobs.put(makeJob({ ...sample('job', index), projectUid, ...fields }, wireFormat));
	const lidar = store.datasets.list.find(({ dataType }) => dataType === 'lidar');
	const [tool] = TOOLS.filter(({ dataset_type }) => dataset_type === lidar?.dataType);
	const [problem] = tool?.problems ?? [];
	const [sequence] = lidar ? sequencesOf(lidar) : [];
	if (!tool || !problem || !sequence) return;
	for (const [index, fields] of ISSUES.entries()) {
		const given = { sequence_uid: sequence.uid, ...toolOf(tool, problem), ...fields };
		store.issues.put(makeIssue({ ...sample('issue', index), ...given }, wireFormat));
	}
}
