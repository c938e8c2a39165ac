import { projectsIn } from '../../shared/values';
import { one, PROJECTS } from '../../transport/paths';
import { avalaRequest } from '../../transport/request';
import type { KnownWords } from '../fields';
import { idFilter, wordFilter } from '../filters';
import { idField } from '../locator';
import type { Operation, Resource } from '../operation';
import { itemsOf } from '../operation';
import { formsOf } from '../output';
import { readParameters } from '../parameters';
import { thingProperties } from '../place';
import { projectLocator } from '../project';
import { readOperations } from '../readOperations';
import { create, JOBS } from './create.operation';

const STATUSES: KnownWords = [
	{ name: 'Completed', value: 'completed' },
	{ name: 'Failed', value: 'failed' },
	{ name: 'Pending', value: 'pending' },
	{ name: 'Running', value: 'running' },
];

const JOB = {
	collection: JOBS,
	id: {
		jobId: idField(JOBS, 'Job ID', {
			description: "The ID of the job, which is 'uid' in the output of Create and Get Many",
			hint: 'The uid of a job: {{ $json.uid }} behind Auto-Label Job Create or Get Many.',
		}),
	},
};

const { get, getAll } = readOperations({
	...JOB,
	forms: formsOf(
		[
			'uid',
			'status',
			'model_type',
			'progress_pct',
			'total_items',
			'successful_items',
			'failed_items',
			'error_message',
			'created_at',
			'completed_at',
		],
		{
			further: [
				'confidence_threshold',
				'dry_run',
				'labels',
				'processed_items',
				'skipped_items',
				'started_at',
				'summary',
			],
		},
	),
	filters: {
		projectId: idFilter(
			projectLocator,
			{ sentAs: 'project', collection: PROJECTS },
			'Only jobs of this project',
			projectsIn,
		),
		status: wordFilter('Status', 'status', STATUSES, {
			default: 'running',
			description: 'Only jobs with this status',
		}),
	},
	descriptions: {
		get: 'Look up one job: its status, how far it is and what went wrong',
		getAll: 'List auto-label jobs, for example those of a project that failed',
	},
});

const cancel: Operation = {
	option: {
		name: 'Cancel',
		value: 'cancel',
		action: 'Cancel auto-label job',
		description: 'Stop a job that is pending or running',
	},
	properties: thingProperties(JOB),
	async execute(run) {
		const { jobId } = await readParameters(run, JOB.id);
		await avalaRequest(run.connection, { method: 'DELETE', endpoint: one(JOBS, jobId) });
		return itemsOf([{ uid: jobId, cancelled: true }]);
	},
};

export const autoLabelJob: Resource = {
	option: {
		name: 'Auto-Label Job',
		value: 'autoLabelJob',
		description: 'A model that labels the items of a project',
	},
	operations: [cancel, create, get, getAll],
};
