import type { IHookFunctions } from 'n8n-workflow';

import { wholeError } from '../transport/errors';
import type { Registration } from './stored';
import { writeRegistration } from './stored';
import { targetUrlOf } from './wanted';

/** What the last step of a target URL has registered, for as long as one is under way or waits. */
const turns = new Map<string, Promise<Registration | undefined>>();

/**
 * Lets one step at a time work on a target URL, and stores what it has registered. n8n may publish a workflow
 * twice at once, and unpublish it meanwhile, each time with a copy of the static data of its own.
 *
 * @param step takes the trigger's target URL, and what the step before it has registered, which counts before
 * what is stored here
 * @throws NodeApiError or NodeOperationError with everything in its message
 */
export async function inTurn(
	context: IHookFunctions,
	step: (targetUrl: string, earlier: Registration | undefined) => Promise<Registration | undefined>,
): Promise<void> {
	try {
		const targetUrl = targetUrlOf(context);
		const before = turns.get(targetUrl) ?? Promise.resolve(undefined);
		const result = before.then(async (earlier) => await step(targetUrl, earlier));
		const turn = result.catch(() => undefined);
		turns.set(targetUrl, turn);
		const registration = await result.finally(() => {
			if (turns.get(targetUrl) === turn) turns.delete(targetUrl);
		});
		if (registration) writeRegistration(context, registration);
	} catch (error) {
		throw wholeError(context.getNode(), error);
	}
}
