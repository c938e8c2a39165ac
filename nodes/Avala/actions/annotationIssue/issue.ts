import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { chosenIn, idKey, idOf, isObject } from '../../shared/values';
import { collectionOf } from '../../transport/paths';
import type { KnownWords } from '../fields';
import { labelled } from '../fields';
import { idField, locatorField, namedChoice } from '../locator';

export const ISSUES = collectionOf('annotation issue', 'issue_1a2b3c4d', {
	path: '/sequences/{sequence}/annotation-issues/',
	permissions: 'qc',
});

const SEQUENCES = collectionOf('sequence', 'seq_1a2b3c4d');

export const PRIORITIES = labelled('high', 'highest', 'low', 'lowest', 'medium');
export const SEVERITIES = labelled('critical', 'moderate');
export const STATUSES: KnownWords = [
	...labelled('awaiting_feedback'),
	{ name: 'Cannot Reproduce', value: 'cant_reproduce' },
	...labelled('completed', 'in_review', 'no_action_taken', 'open', 'relabeling'),
];

export const SEQUENCE = {
	sequenceId: idField(SEQUENCES, 'Sequence ID', {
		description:
			"The ID of the sequence, which is 'sequence_uid' of an issue and 'related_sequence_uid' of a dataset item",
		hint: 'The uid of a sequence, not of a dataset: sequence_uid of an issue, or related_sequence_uid of a dataset item.',
		sentAs: 'sequence_uid',
	}),
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

/** What can be wrong with an annotation: tools, each with its problems. Avala has one list of both. */
const QC_TOOLS = { path: '/qc-available-tools/', permissions: 'qc' };
const TOOLS = collectionOf('tool', 'tool_1a2b3c4d', QC_TOOLS);
const PROBLEMS = collectionOf('problem', 'prob_1a2b3c4d', QC_TOOLS);

export const toolLocator = locatorField(TOOLS, {
	sentAs: 'tool_uid',
	description: 'The annotation tool that the issue is about',
	hint: 'The uid of a tool (mode id): tool.uid of another issue of the same kind.',
	idHint: "The ID of the tool, which is 'tool.uid' of an issue in the output",
	choices: (tool) => namedChoice(tool, { more: idOf(tool.dataset_type) }),
});

export const problemLocator = locatorField(PROBLEMS, {
	sentAs: 'problem_uid',
	description: 'What is wrong: one of the problems of the tool',
	hint: 'The uid of a problem of that tool (mode id): problem.uid of another issue with the same tool.',
	idHint: "The ID of the problem, which is 'problem.uid' of an issue in the output",
	dependsOn: ['toolId.value'],
	choices: (tool, context) => {
		const chosen = chosenTool(context);
		if (idKey(idOf(tool.uid) ?? '') !== idKey(chosen)) return undefined;
		const problems: unknown[] = Array.isArray(tool.problems) ? tool.problems : [];
		return problems
			.filter(isObject)
			.flatMap(({ uid, title }) => namedChoice({ uid, name: title }) ?? []);
	},
});

/** @throws NodeOperationError, which the editor shows in the list, when none is selected */
function chosenTool(context: ILoadOptionsFunctions): string {
	const id = idOf(chosenIn(context.getCurrentNodeParameter('toolId')));
	if (id !== undefined && !id.startsWith('=')) return id;
	throw new NodeOperationError(
		context.getNode(),
		"Select a 'Tool' first: each has problems of its own. Where an expression selects the tool, enter the problem by its ID.",
	);
}
