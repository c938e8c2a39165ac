import type { IHookFunctions, INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { messageOf } from '../shared/values';

/**
 * Runs a lifecycle step so that its error says everything in the message and has no description: when an
 * activation fails n8n 2.41 shows the message alone, 2.8 the description if there is one.
 */
export async function lifecycleStep<T>(context: IHookFunctions, step: Promise<T>): Promise<T> {
	try {
		return await step;
	} catch (error) {
		throw withMessageAlone(context.getNode(), error);
	}
}

function withMessageAlone(node: INode, error: unknown): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError) {
		error.description = undefined;
		return error;
	}
	const shown = new NodeOperationError(node, messageOf(error));
	// n8n puts a general text in the place of a message that holds the name of a system error.
	shown.message = messageOf(error);
	return shown;
}
