import type {
	IDataObject,
	INodeExecutionData,
	INodeListSearchItems,
	INodeListSearchResult,
	INodeParameters,
} from 'n8n-workflow';

import { Avala } from '../../nodes/Avala/Avala.node';
import type { ListSearch } from '../../nodes/Avala/actions/locator';
import type { ExecuteSetup } from './contexts';
import { executeAvala, loadOptionsContext } from './contexts';
import type { AvalaCredential } from './n8n';

export const byId = (value: string) => ({ __rl: true, mode: 'id', value }) as INodeParameters;

export type Setup = Partial<Omit<ExecuteSetup, 'parameters' | 'credentials'>> & {
	baseUrl?: string;
};

/** Runs one operation of the Avala node, against a sandbox or another server. */
export async function runOn(
	{ apiKey, baseUrl, webhookSecret }: AvalaCredential,
	parameters: INodeParameters,
	setup: Setup = {},
): Promise<INodeExecutionData[]> {
	const credentials = { apiKey, baseUrl: setup.baseUrl ?? baseUrl, webhookSecret };
	return await executeAvala({ ...setup, parameters, credentials });
}

/** What the items of an operation hold. */
export async function jsonOn(
	account: AvalaCredential,
	parameters: object,
	setup: Setup = {},
): Promise<IDataObject[]> {
	return (await runOn(account, parameters as INodeParameters, setup)).map(({ json }) => json);
}

/** What a searchable list of the editor offers, while the node has these parameters. */
export async function searchOn(
	...search: Parameters<typeof searchPageOn>
): Promise<INodeListSearchItems[]> {
	return (await searchPageOn(...search)).results;
}

/** The same, with where it goes on. @param token where an earlier search ended */
export async function searchPageOn(
	{ apiKey, baseUrl }: AvalaCredential,
	method: string,
	filter?: string,
	parameters: INodeParameters = {},
	token?: string,
): Promise<INodeListSearchResult> {
	const listSearch: Record<string, ListSearch> = new Avala().methods.listSearch;
	const search = listSearch[method];
	if (!search) throw new Error(`The node has no search ${method}.`);
	const context = loadOptionsContext(parameters, { apiKey, baseUrl });
	return await search.call(context, filter, token);
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
