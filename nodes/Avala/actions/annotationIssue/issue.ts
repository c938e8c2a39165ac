import type { Collection } from '../../transport/paths';
import type { KnownWords } from '../fields';
import { labelled } from '../fields';
import { idField } from '../locator';

export const ISSUES: Collection = {
	path: '/sequences/{sequence}/annotation-issues/',
	noun: 'annotation issue',
	plural: 'annotation issues',
	example: 'issue_1a2b3c4d',
	permissions: { read: 'qc.read', write: 'qc.write' },
};

const SEQUENCES: Collection = {
	path: '/sequences/',
	noun: 'sequence',
	plural: 'sequences',
	example: 'seq_1a2b3c4d',
};

export const PRIORITIES = labelled('high', 'highest', 'low', 'lowest', 'medium');
export const SEVERITIES = labelled('critical', 'moderate');
export const STATUSES: KnownWords = [
	...labelled('awaiting_feedback'),
	{ name: 'Cannot Reproduce', value: 'cant_reproduce' },
	...labelled('completed', 'in_review', 'no_action_taken', 'open', 'relabeling'),
];

export const SEQUENCE = {
	sequenceId: {
		...idField(SEQUENCES, 'Sequence ID', {
			description:
				"The ID of the sequence, which is 'sequence_uid' of an issue and 'related_sequence_uid' of a dataset item",
			hint: 'The uid of a sequence, not of a dataset: sequence_uid of an issue, or related_sequence_uid of a dataset item.',
		}),
		sentAs: 'sequence_uid',
	},
};

export const ISSUE = {
	collection: ISSUES,
	parent: SEQUENCE,
	id: {
		issueId: idField(ISSUES, 'Issue ID', {
			description: "The ID of the issue, which is 'uid' in the output of Get Many",
			hint: 'The uid of an issue of that sequence: {{ $json.uid }} behind Annotation Issue Get Many.',
		}),
	},
};
