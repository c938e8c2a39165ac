import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import * as delivery from './delivery/operations';
import type { Operation } from './operation';
import { Shared } from './operation';
import * as webhook from './webhook/operations';

const OPERATIONS: Record<string, Operation[]> = {
	delivery: Object.values(delivery),
	webhook: Object.values(webhook),
};

/**
 * Runs the chosen operation once for each input item, with that item's parameters, and pairs what
 * comes out with it. With Continue On Fail a failing item gives an item that tells its error.
 */
export async function executeOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const walks = new Shared<IDataObject[]>();
	const webhookIds = new Shared<string>();
	const given = new Set<IDataObject[]>();
	const output: INodeExecutionData[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const pairedItem = { item: itemIndex };
		try {
			const operation = chosenOperation(context, itemIndex);
			const results = await operation.execute({ context, itemIndex, walks, webhookIds });
			// Items that share a walk get copies: no two are to hold the same object.
			const isShared = given.has(results);
			given.add(results);
			// One by one: as arguments of a single call they would overflow the stack beyond some 125,000.
			for (const json of results) output.push({ json: isShared ? { ...json } : json, pairedItem });
		} catch (error) {
			const shown = forItem(context, error, itemIndex);
			if (!context.continueOnFail()) throw shown;
			output.push({ json: describeError(shown), pairedItem });
		}
	}
	return output;
}

function chosenOperation(context: IExecuteFunctions, itemIndex: number): Operation {
	const resource = context.getNodeParameter('resource', itemIndex);
	const name = context.getNodeParameter('operation', itemIndex);
	const operation = OPERATIONS[resource]?.find(({ option }) => option.value === name);
	if (operation) return operation;
	throw new NodeOperationError(
		context.getNode(),
		`The Avala node has no operation "${resource}: ${name}"`,
	);
}

/** The same error, telling n8n which item it belongs to. */
function forItem(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		error.context.itemIndex = itemIndex;
		return error;
	}
	return new NodeOperationError(context.getNode(), error instanceof Error ? error : String(error), {
		itemIndex,
	});
}

/** By these two fields, and no others, n8n knows an item for the error output if the node has one. */
function describeError({ message, description }: NodeApiError | NodeOperationError): IDataObject {
	return { error: message, ...(description && { message: description }) };
}
