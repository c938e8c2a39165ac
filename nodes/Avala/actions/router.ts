import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { deepCopy, NodeApiError, NodeOperationError, UserError } from 'n8n-workflow';

import { messageOf } from '../shared/values';
import { connect } from '../transport/connection';
import { errorTexts, wholeError } from '../transport/errors';
import { unlessSecret } from '../transport/quote';
import type { ItemRun, Operation } from './operation';
import { isTool } from './operation';
import { RESOURCES } from './resources';

/**
 * Runs the selected operation once for each input item, with that item's parameters, and pairs what
 * comes out with it. With Continue On Fail a failing item gives an item with the error.
 */
export async function executeOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const results = new Map<string, Promise<unknown>>();
	const hints = new Set<string>();
	const output: INodeExecutionData[] = [];
	for (const itemIndex of context.getInputData().keys()) {
		const pairedItem = { item: itemIndex };
		let secrets: readonly string[] = [];
		try {
			const operation = selectedOperation(context, itemIndex);
			const run = await runOf(context, itemIndex, results, hints);
			({ secrets } = run.connection);
			const items = await operation.execute(run);
			// One by one: as arguments of a single call they would overflow the stack beyond some 125,000.
			for (const item of items) output.push({ ...item, pairedItem });
		} catch (error) {
			const shown = forItem(context, error, itemIndex, secrets);
			if (!context.continueOnFail()) throw shown;
			// By a single field `error` n8n knows an item for the error output, if the node has one.
			output.push({ json: { error: messageOf(shown) }, pairedItem });
		}
	}
	if (isTool(context)) {
		// An AI agent sees no hints, and calls its tool with one item.
		for (const note of hints) output.push({ json: { note }, pairedItem: { item: 0 } });
	} else if (hints.size > 0) {
		const shown = [...hints].map((message) => ({ message, location: 'outputPane' as const }));
		context.addExecutionHints(...shown);
	}
	return output;
}

async function runOf(
	context: IExecuteFunctions,
	itemIndex: number,
	results: Map<string, Promise<unknown>>,
	hints: Set<string>,
): Promise<ItemRun> {
	const connection = await connect(context, itemIndex);
	return {
		context,
		itemIndex,
		connection,
		once: async <T extends object | string>(key: unknown[], work: () => Promise<T>) => {
			// Items may use different accounts: a credential can hold expressions.
			const name = JSON.stringify([connection.baseUrl, connection.secrets, ...key]);
			const known = results.get(name) as Promise<T> | undefined;
			if (known) return deepCopy(await known);
			const working = work();
			results.set(name, working);
			// The failure may have been temporary, so the next item tries again.
			working.catch(() => results.delete(name));
			return await working;
		},
		hint: (message) => hints.add(unlessSecret(message, connection.secrets)),
	};
}

/** @throws NodeOperationError for a name that an expression gave and that is not an operation */
function selectedOperation(context: IExecuteFunctions, itemIndex: number): Operation {
	const resource: unknown = context.getNodeParameter('resource', itemIndex);
	const name: unknown = context.getNodeParameter('operation', itemIndex);
	const operations = RESOURCES.find(({ value }) => value === resource)?.operations;
	const operation = operations?.find(({ value }) => value === name);
	if (operation) return operation;
	throw new NodeOperationError(
		context.getNode(),
		`The Avala node has no operation "${String(resource)}: ${String(name)}"`,
	);
}

/** The same error as n8n shows it, without secrets, telling which item it belongs to. */
function forItem(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
	secrets: readonly string[],
): NodeApiError | NodeOperationError {
	const shown = asNodeError(context, error);
	Object.assign(shown, errorTexts(shown.message, shown.description ?? '', secrets));
	if (isTool(context)) wholeError(context.getNode(), shown);
	shown.context.itemIndex = itemIndex;
	return shown;
}

function asNodeError(
	context: IExecuteFunctions,
	error: unknown,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	// n8n stores the cause of an error as well: of one of ours the texts are enough.
	const isOurs = error instanceof UserError || !(error instanceof Error);
	const message = error instanceof Error ? error.message : String(error);
	const shown = new NodeOperationError(context.getNode(), isOurs ? message : error);
	// n8n puts a general text in the place of a message that holds the name of a system error.
	shown.message = message;
	shown.description = error instanceof UserError ? error.description : undefined;
	return shown;
}
