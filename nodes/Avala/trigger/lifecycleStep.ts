import type { IHookFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/**
 * Runs a lifecycle step so that its error says everything in the message and in the description: when an
 * activation fails n8n 2.41 shows the message alone, 2.8 the description.
 */
export async function lifecycleStep<T>(context: IHookFunctions, step: Promise<T>): Promise<T> {
	try {
		return await step;
	} catch (error) {
		const node = context.getNode();
		const message = messageOf(error);
		if (error instanceof NodeApiError) {
			const { httpCode } = error;
			const told = new NodeApiError(
				node,
				{ message, httpCode },
				{ message, description: message, httpCode: httpCode ?? undefined },
			);
			// n8n puts a general text in the place of a message that holds the name of a system error.
			told.message = message;
			throw told;
		}
		throw new NodeOperationError(node, message, { description: message });
	}
}
