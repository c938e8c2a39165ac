import type { INodeExecutionData, INodeListSearchItems, INodeParameters } from 'n8n-workflow';

import { Avala } from '../../nodes/Avala/Avala.node';
import type { ListSearch } from '../../nodes/Avala/actions/locator';
import type { Sandbox } from '../../sandbox';
import type { ExecuteSetup } from './contexts';
import { executeAvala, loadOptionsContext } from './contexts';

export const byId = (value: string) => ({ __rl: true, mode: 'id', value }) as INodeParameters;

export type Setup = Partial<Omit<ExecuteSetup, 'parameters' | 'credentials'>> & {
	baseUrl?: string;
};

/** Runs one operation of the Avala node against a sandbox. */
export async function runOn(
	{ apiKey, baseUrl }: Sandbox,
	parameters: INodeParameters,
	setup: Setup = {},
): Promise<INodeExecutionData[]> {
	const credentials = { apiKey, baseUrl: setup.baseUrl ?? baseUrl };
	return await executeAvala({ ...setup, parameters, credentials });
}

/** What a searchable list of the editor offers, while the node has these parameters. */
export async function searchOn(
	{ apiKey, baseUrl }: Sandbox,
	method: string,
	filter = '',
	parameters: INodeParameters = {},
): Promise<INodeListSearchItems[]> {
	const listSearch: Record<string, ListSearch> = new Avala().methods.listSearch;
	const search = listSearch[method];
	if (!search) throw new Error(`The node has no search ${method}.`);
	const context = loadOptionsContext(parameters, { apiKey, baseUrl });
	return (await search.call(context, filter)).results;
}

/** The error that an operation ends with. */
export async function failureOf(running: Promise<unknown>): Promise<Error> {
	const outcome = await running.then(
		() => undefined,
		(error: unknown) => error,
	);
	if (outcome instanceof Error) return outcome;
	throw new Error('It did not fail.');
}
