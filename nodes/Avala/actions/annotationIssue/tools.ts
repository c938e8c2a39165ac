import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { chosenIn, idKey, idOf, isObject } from '../../shared/values';
import type { Collection } from '../../transport/paths';
import { all } from '../../transport/paths';
import { locatorField, namedChoice, searchOf } from '../locator';

/** What can be wrong with an annotation: tools, each with its problems. Avala has one list of both. */
const TOOLS: Collection = {
	path: '/qc-available-tools/',
	noun: 'tool',
	plural: 'tools',
	example: 'tool_1a2b3c4d',
	permissions: { read: 'qc.read', write: 'qc.write' },
};
const PROBLEMS: Collection = {
	...TOOLS,
	noun: 'problem',
	plural: 'problems',
	example: 'prob_1a2b3c4d',
};

/** Picks the tool that the annotation was made with. */
export const toolLocator = {
	...locatorField(TOOLS, {
		description: 'The annotation tool that the issue is about',
		hint: 'The uid of a tool (mode id): tool.uid of another issue of the same kind.',
		idHint: "The ID of the tool, which is 'tool.uid' of an issue in the output",
	}),
	sentAs: 'tool_uid',
};

/** Picks one problem of the chosen tool. */
export const problemLocator = {
	...locatorField(PROBLEMS, {
		description: 'What is wrong: one of the problems of the tool',
		hint: 'The uid of a problem of that tool (mode id): problem.uid of another issue with the same tool.',
		idHint: "The ID of the problem, which is 'problem.uid' of an issue in the output",
		dependsOn: ['toolId.value'],
	}),
	sentAs: 'problem_uid',
};

export const searchTools = searchOf(all(TOOLS), (tool) =>
	namedChoice(tool, { more: idOf(tool.dataset_type) }),
);

/** The problems of the tool that is selected in the editor. */
export const searchProblems = searchOf(all(PROBLEMS), (tool, context) => {
	const chosen = chosenTool(context);
	if (idKey(idOf(tool.uid) ?? '') !== idKey(chosen)) return undefined;
	const problems: unknown[] = Array.isArray(tool.problems) ? tool.problems : [];
	return problems.filter(isObject).flatMap((problem) => problemChoice(problem) ?? []);
});

function problemChoice({ uid, title }: IDataObject) {
	return namedChoice({ uid, name: title });
}

/** @throws NodeOperationError, which the editor shows in the list, when none is selected */
function chosenTool(context: ILoadOptionsFunctions): string {
	const id = idOf(chosenIn(context.getCurrentNodeParameter('toolId')));
	if (id !== undefined && !id.startsWith('=')) return id;
	throw new NodeOperationError(
		context.getNode(),
		"Select a 'Tool' first: each has problems of its own. Where an expression selects the tool, enter the problem by its ID.",
	);
}
