import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import type { ExecuteSetup } from './contexts';
import { executeAvala } from './contexts';

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

/** The error that an operation ends with. */
export async function failureOf(running: Promise<unknown>): Promise<Error> {
	const outcome = await running.then(
		() => undefined,
		(error: unknown) => error,
	);
	if (outcome instanceof Error) return outcome;
	throw new Error('It did not fail.');
}
