import { idOf } from '../../shared/values';
import type { Collection } from '../../transport/paths';
import { one } from '../../transport/paths';
import { avalaEntry } from '../../transport/request';
import type { KnownWords } from '../fields';
import { booleanField, isWord, numberField, textsField, wordField } from '../fields';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { collectionProperty, readCollection, sentOf } from '../parameters';
import { listIn, placeProperties } from '../place';
import { projectLocator } from '../project';
import type { Awaited } from '../waiting';
import { hasFailed, maxWaitMs, waitFields, waitFor } from '../waiting';

/** Avala documents no permissions for it. */
export const JOBS: Collection = {
	path: '/auto-label-jobs/',
	noun: 'auto-label job',
	plural: 'auto-label jobs',
	example: 'job_1a2b3c4d',
};

const IN_PROJECT = {
	collection: { ...JOBS, path: '/projects/{project}/auto-label/' },
	parent: { projectId: projectLocator },
};

const AWAITED: Awaited = {
	end: 'done',
	stateOf: (job) =>
		hasFailed(job) ? 'failed' : isWord(idOf(job.status) ?? '', 'completed') ? 'ready' : 'running',
	advice: 'Create a new job when its cause is gone.',
};

const MODELS: KnownWords = [
	{ name: 'SAM 3', value: 'sam3' },
	{ name: 'YOLO', value: 'yolo' },
];

const { maxWait, wait } = waitFields(
	'Wait Until Done',
	'the job',
	'A job takes from seconds to many minutes. Turn this on to go on in the same workflow when it is done; no event is documented for that.',
);

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
	labels: textsField('Labels', 'labels', {
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add label' },
		placeholder: 'e.g. car',
		description: 'The only labels to set, spelled as in the project',
		builderHint: {
			propertyHint: "A list of labels of the project, such as ['car']. Leave it out for all.",
		},
	}),
	maxWait,
	modelType: wordField('Model Type', 'model_type', MODELS, {
		default: 'yolo',
		description: 'The model that labels. Use an expression for one that is not in the list.',
	}),
	waitUntilDone: wait,
};

export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create auto-label job',
		description: 'Have a model label the items of a project, and optionally wait for it',
	},
	properties: [
		...placeProperties(IN_PROJECT),
		collectionProperty('options', 'Options', OPTIONS, {
			placeholder: 'Add option',
			description:
				'Optional. Without them the job sets all labels, and is returned immediately, before it is done.',
		}),
	],
	async execute(run) {
		const options = await readCollection(run, 'options', 'Options', OPTIONS);
		const limitMs = maxWaitMs(options.maxWait, options.waitUntilDone);
		const body = sentOf(OPTIONS, options);
		const endpoint = await listIn(run, IN_PROJECT);
		const job = await avalaEntry(run.connection, { method: 'POST', endpoint, body });
		if (limitMs === undefined) return itemsOf([job]);
		const created = one(JOBS, idOf(job.uid) ?? '');
		return itemsOf([await waitFor(run.connection, created, AWAITED, limitMs, job)]);
	},
};
