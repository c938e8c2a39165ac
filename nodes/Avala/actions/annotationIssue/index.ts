import { DATASET_ITEMS } from '../dataset';
import { booleanField, textField, wordField } from '../fields';
import { idField } from '../locator';
import type { Resource } from '../operation';
import { projectLocator } from '../project';
import { createOperation, deleteOperation, updateOperation } from '../writeOperations';
import { getAll } from './getAll.operation';
import { ISSUE, PRIORITIES, SEVERITIES, STATUSES } from './issue';
import { problemLocator, searchProblems, searchTools, toolLocator } from './tools';

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
		datasetItemId: {
			...idField(DATASET_ITEMS, 'Dataset Item ID', {
				description: 'The ID of the file in which it is wrong',
				hint: 'The uid of an item: {{ $json.uid }} behind Dataset Get Items.',
			}),
			sentAs: 'dataset_item_uid',
		},
		objectId: textField('Object ID', 'object_uid', {
			description: 'The ID of the annotated object that is wrong',
		}),
		projectId: {
			...projectLocator,
			property: { ...projectLocator.property, description: 'The project that it belongs to' },
			sentAs: 'project_uid',
		},
		shouldDelete: booleanField('Should Delete', 'should_delete', {
			description: 'Whether the annotation should be deleted',
		}),
		shouldReAnnotate: booleanField('Should Re-Annotate', 'should_re_annotate', {
			description: 'Whether it should be annotated again',
		}),
	},
	descriptions: {
		create: 'File an issue about something that is wrong with an annotation',
		additionalFields: 'Optional. Where it is wrong, how bad that is and what should be done.',
	},
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

export const annotationIssue: Resource = {
	option: {
		name: 'Annotation Issue',
		value: 'annotationIssue',
		description: 'Something wrong with an annotation, as reviewers report it',
	},
	operations: [create, deleteIssue, getAll, update],
	listSearch: { searchProblems, searchTools },
};
