import type { IHookFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

/**
 * Passes on what a lifecycle method does, and puts all that its error says into the message: when an
 * activation fails n8n 2.41 shows the message alone, 2.8 the description if there is one.
 */
export async function tellingAll<T>(context: IHookFunctions, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		const node = context.getNode();
		if (error instanceof NodeApiError && error.description) {
			const message = `${error.message}. ${error.description}`;
			throw new NodeApiError(node, { message }, { message, httpCode: error.httpCode ?? undefined });
		}
		if (error instanceof NodeOperationError && error.description) {
			throw new NodeOperationError(node, error.description);
		}
		throw new NodeOperationError(node, error instanceof Error ? error : String(error));
	}
}
