import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { messageOf } from './values';

/**
 * An error that says everything in its message and has no description, for where only one text is shown:
 * to an AI agent, in a list of the editor, and at activation, where n8n 2.41 shows the message alone and 2.8
 * the description if there is one.
 */
export function wholeError(node: INode, error: unknown): NodeApiError | NodeOperationError {
	const message = messageOf(error);
	const isOurs = error instanceof NodeApiError || error instanceof NodeOperationError;
	const shown = isOurs ? error : new NodeOperationError(node, message);
	shown.message = withoutStop(message);
	shown.description = undefined;
	return shown;
}

/** n8n takes an execution with the word `canceled` in its error for one that the user has stopped. */
export function withoutStop(message: string): string {
	return message.replace(/canceled/gi, 'cancelled');
}
