import type { Collection } from '../../transport/paths';
import { DATASET_ITEMS, datasetPath } from '../dataset';
import { booleanField, choiceField, describedAs, textField, wordField } from '../fields';
import { createdAfter, ownWordFilter } from '../filters';
import { idField } from '../locator';
import type { Operation, Resource } from '../operation';
import { formsOf } from '../output';
import { propertiesOf, readParameters } from '../parameters';
import { projectLocator } from '../project';
import {
	createOperation,
	deleteOperation,
	getAllOperation,
	listProperties,
	updateOperation,
} from '../usualOperations';
import {
	ISSUE,
	ISSUES,
	PRIORITIES,
	problemLocator,
	SEQUENCE,
	SEVERITIES,
	STATUSES,
	toolLocator,
} from './issue';

/** What can be set at any time. */
const FIELDS = {
	description: textField('Description', 'description', {
		description: 'What is wrong, in words for the annotator',
	}),
	framesAffected: textField('Frames Affected', 'frames_affected', {
		placeholder: 'e.g. 3-7',
		description: 'The frames in which it is wrong, as text',
	}),
	priority: wordField('Priority', 'priority', PRIORITIES, {
		default: 'medium',
		description: 'How soon it should be worked on',
	}),
	severity: wordField('Severity', 'severity', SEVERITIES, { description: 'How bad it is' }),
	wrongClass: textField('Wrong Class', 'wrong_class', {
		description: 'The class that the annotation has and should not have',
	}),
};

const create = createOperation({
	...ISSUE,
	fields: { toolId: toolLocator, problemId: problemLocator },
	additionalFields: {
		...FIELDS,
		correctClass: textField('Correct Class', 'correct_class', {
			description: 'The class that the annotation should have',
		}),
		datasetItemId: idField(DATASET_ITEMS, 'Dataset Item ID', {
			description: 'The ID of the file in which it is wrong',
			hint: 'The uid of an item: {{ $json.uid }} behind Dataset Get Items.',
			sentAs: 'dataset_item_uid',
		}),
		objectId: textField('Object ID', 'object_uid', {
			description: 'The ID of the annotated object that is wrong',
		}),
		projectId: describedAs(projectLocator, 'The project that it belongs to', 'project_uid'),
		shouldDelete: booleanField('Should Delete', 'should_delete', {
			description: 'Whether the annotation should be deleted',
		}),
		shouldReAnnotate: booleanField('Should Re-Annotate', 'should_re_annotate', {
			description: 'Whether it should be annotated again',
		}),
	},
	description: 'File an issue about something that is wrong with an annotation',
	fieldsDescription: 'Optional. Where it is wrong, how bad that is and what should be done.',
});

const deleteIssue = deleteOperation(
	ISSUE,
	'Delete an issue permanently; to close it, use Update with a status',
);

const update = updateOperation(
	ISSUE,
	{
		...FIELDS,
		status: wordField('Status', 'status', STATUSES, {
			default: 'completed',
			description: 'How the issue stands now',
		}),
	},
	'Change an issue, for example its status when the ticket about it was closed',
);

const DATASET_ISSUES: Collection = { ...ISSUES, path: '/datasets/{dataset}/annotation-issues/' };
const DATASET = { datasetId: datasetPath };

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
		[
			'closed_at',
			'correct_class',
			'frames_affected',
			'object_uid',
			'project',
			'should_delete',
			'should_re_annotate',
			'wrong_class',
		],
	),
	filters: {
		createdAfter: createdAfter('issues'),
		priority: ownWordFilter('issues', 'priority', PRIORITIES, 'high'),
		severity: ownWordFilter('issues', 'severity', SEVERITIES, 'critical'),
		status: ownWordFilter('issues', 'status', STATUSES, 'open'),
	},
};
const DESCRIPTION = 'List the issues of a dataset or a sequence, for example those that are open';
const LISTS = {
	dataset: getAllOperation({ ...LIST, collection: DATASET_ISSUES, parent: DATASET }, DESCRIPTION),
	sequence: getAllOperation({ ...LIST, collection: ISSUES, parent: SEQUENCE }, DESCRIPTION),
};

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

const getAll: Operation = {
	...LISTS.sequence,
	// Not marked as required: where an expression chooses between them, n8n would demand both.
	properties: [
		...propertiesOf(SOURCE),
		...propertiesOf(DATASET, { displayOptions: { show: { listFrom: ['dataset'] } } }),
		...propertiesOf(SEQUENCE, { displayOptions: { show: { listFrom: ['sequence'] } } }),
		...listProperties({ ...LIST, collection: ISSUES }),
	],
	async execute(run) {
		const { listFrom } = await readParameters(run, SOURCE);
		return await LISTS[listFrom].execute(run);
	},
};

export const annotationIssue: Resource = {
	name: 'Annotation Issue',
	value: 'annotationIssue',
	description: 'Something wrong with an annotation, as reviewers report it',
	operations: [create, deleteIssue, getAll, update],
	locators: [problemLocator, toolLocator],
};
