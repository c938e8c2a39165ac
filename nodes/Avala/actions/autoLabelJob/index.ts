import { idOf, isBlank, projectsIn, readText, readTexts } from '../../shared/values';
import { collectionOf, one } from '../../transport/paths';
import { avalaEntry, avalaRequest } from '../../transport/request';
import type { KnownWords } from '../fields';
import { booleanField, isWord, labelled, numberField, textField, wordField } from '../fields';
import { idFilter, wordFilter } from '../filters';
import { idField } from '../locator';
import type { Operation, Resource } from '../operation';
import { itemsOf } from '../operation';
import { formsOf } from '../output';
import { readParameters, thingProperties } from '../parameters';
import { projectLocator } from '../project';
import { createOperation, readOperations } from '../usualOperations';
import type { Awaited } from '../waiting';
import { hasFailed, maxWaitMs, waitFields, waitIfWanted } from '../waiting';

/** Avala documents no permissions for it. */
const JOBS = collectionOf('auto-label job', 'job_1a2b3c4d', { path: '/auto-label-jobs/' });

const AWAITED: Awaited = {
	what: 'the job',
	end: 'done',
	hint: 'A job takes from seconds to many minutes. Turn this on to go on in the same workflow when it is done; no event is documented for that.',
	stateOf: (job) =>
		hasFailed(job) ? 'failed' : isWord(idOf(job.status) ?? '', 'completed') ? 'ready' : 'running',
	advice: 'Create a new job when its cause is gone.',
};

const MODELS: KnownWords = [
	{ name: 'SAM 3', value: 'sam3' },
	{ name: 'YOLO', value: 'yolo' },
];

const STATUSES = labelled('completed', 'failed', 'pending', 'running');

const { maxWait, wait } = waitFields(AWAITED);

const OPTIONS = {
	confidenceThreshold: numberField(
		'Confidence Threshold',
		'confidence_threshold',
		{ least: 0, most: 1 },
		{ default: 0.5, description: 'How sure the model must be of a label, from 0 to 1' },
	),
	dryRun: booleanField('Dry Run', 'dry_run', {
		description: 'Whether to try the job without saving any label',
	}),
	labels: {
		...textField('Labels', 'labels', {
			typeOptions: { multipleValues: true, multipleValueButtonText: 'Add label' },
			placeholder: 'e.g. car',
			description: 'The only labels to set, spelled as in the project',
			hint: "A list of labels of the project, such as ['car']. Leave it out for all.",
		}),
		// In a list a comma is a part of the text.
		read: (value: unknown) =>
			Array.isArray(value) && !isBlank(value)
				? value.map((text: unknown) => readText('Labels', text))
				: readTexts('Labels', value),
	},
	maxWait,
	modelType: wordField('Model Type', 'model_type', MODELS, {
		default: 'yolo',
		description: 'The model that labels. Use an expression for one that is not in the list.',
	}),
	waitUntilDone: wait,
};

const create = createOperation({
	collection: { ...JOBS, path: '/projects/{project}/auto-label/' },
	parent: { projectId: projectLocator },
	additionalFields: OPTIONS,
	addedTo: 'options',
	description: 'Have a model label the items of a project, and optionally wait for it',
	fieldsDescription:
		'Optional. Without them the job sets all labels, and is returned immediately, before it is done.',
	send: async (run, endpoint, body, options) => {
		const created = await avalaEntry(run.connection, { method: 'POST', endpoint, body });
		const limitMs = maxWaitMs(options.maxWait, options.waitUntilDone);
		return await waitIfWanted(run, JOBS, AWAITED, limitMs, created);
	},
});

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
		[
			'confidence_threshold',
			'dry_run',
			'labels',
			'processed_items',
			'skipped_items',
			'started_at',
			'summary',
		],
	),
	filters: {
		projectId: idFilter(projectLocator, 'project', 'Only jobs of this project', projectsIn),
		status: wordFilter('jobs', 'status', STATUSES, 'running'),
	},
	getDescription: 'Look up one job: its status, how far it is and what went wrong',
	getAllDescription: 'List auto-label jobs, for example those of a project that failed',
});

const cancel: Operation = {
	name: 'Cancel',
	value: 'cancel',
	action: 'Cancel auto-label job',
	description: 'Stop a job that is pending or running',
	properties: thingProperties(JOB),
	async execute(run) {
		const { jobId } = await readParameters(run, JOB.id);
		await avalaRequest(run.connection, { method: 'DELETE', endpoint: one(JOBS, jobId) });
		return itemsOf([{ uid: jobId, cancelled: true }]);
	},
};

export const autoLabelJob: Resource = {
	name: 'Auto-Label Job',
	value: 'autoLabelJob',
	description: 'A model that labels the items of a project',
	operations: [cancel, create, get, getAll],
};
