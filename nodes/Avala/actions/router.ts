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
	const output: INodeExecutionData[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const pairedItem = { item: itemIndex };
		try {
			const operation = chosenOperation(context, itemIndex);
			const results = await operation.execute({ context, itemIndex, walks, webhookIds });
			output.push(...results.map((json) => ({ json: { ...json }, pairedItem })));
		} catch (error) {
			if (!context.continueOnFail()) throw forItem(context, error, itemIndex);
			output.push({ json: describeError(error), pairedItem });
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

function describeError(error: unknown): IDataObject {
	if (error instanceof NodeApiError) {
		const { message, description, httpCode } = error;
		return { error: message, description: description ?? null, httpCode };
	}
	if (error instanceof NodeOperationError) {
		return { error: error.message, description: error.description ?? null };
	}
	return { error: error instanceof Error ? error.message : String(error) };
}
