import type { Collection } from '../../transport/paths';
import { datasetPath } from '../dataset/locator';
import type { KnownWords } from '../fields';
import { choiceField } from '../fields';
import { createdAfter, wordFilter } from '../filters';
import type { Operation } from '../operation';
import { formsOf } from '../output';
import { propertiesOf, readParameters } from '../parameters';
import { getAllOperation, listProperties } from '../readOperations';
import { ISSUES, PRIORITIES, SEQUENCE, SEVERITIES, STATUSES } from './issue';

const DATASET_ISSUES: Collection = { ...ISSUES, path: '/datasets/{dataset}/annotation-issues/' };
const DATASET = { datasetId: datasetPath };

/** Avala itself cannot filter issues. */
const filterBy = (label: string, field: string, known: KnownWords, start: string) =>
	wordFilter(
		label,
		field,
		known,
		{ default: start, description: `Only issues with this ${field}` },
		{ isSent: false },
	);

const LIST = {
	// The person who reported it is left out: that is personal.
	forms: formsOf(
		[
			'uid',
			'status',
			'priority',
			'severity',
			'tool',
			'problem',
			'description',
			'sequence_uid',
			'dataset_item_uid',
			'created_at',
		],
		{
			further: [
				'closed_at',
				'correct_class',
				'frames_affected',
				'object_uid',
				'project',
				'should_delete',
				'should_re_annotate',
				'wrong_class',
			],
		},
	),
	filters: {
		createdAfter: createdAfter('issues'),
		priority: filterBy('Priority', 'priority', PRIORITIES, 'high'),
		severity: filterBy('Severity', 'severity', SEVERITIES, 'critical'),
		status: filterBy('Status', 'status', STATUSES, 'open'),
	},
};
const OPTION = {
	description: 'List the issues of a dataset or a sequence, for example those that are open',
};
const ofDataset = getAllOperation({ ...LIST, collection: DATASET_ISSUES, parent: DATASET }, OPTION);
const ofSequence = getAllOperation({ ...LIST, collection: ISSUES, parent: SEQUENCE }, OPTION);

const SOURCE = {
	listFrom: choiceField(
		'List From',
		[
			{ name: 'Dataset', value: 'dataset', description: 'All issues of one dataset' },
			{ name: 'Sequence', value: 'sequence', description: 'All issues of one sequence' },
		],
		{ description: 'Where to look for issues' },
	),
};

export const getAll: Operation = {
	option: ofSequence.option,
	// Not marked as required: where an expression chooses between them, n8n would demand both.
	properties: [
		...propertiesOf(SOURCE),
		...propertiesOf(DATASET, { displayOptions: { show: { listFrom: ['dataset'] } } }),
		...propertiesOf(SEQUENCE, { displayOptions: { show: { listFrom: ['sequence'] } } }),
		...listProperties({ ...LIST, collection: ISSUES }),
	],
	async execute(run) {
		const { listFrom } = await readParameters(run, SOURCE);
		return await (listFrom === 'dataset' ? ofDataset : ofSequence).execute(run);
	},
};
