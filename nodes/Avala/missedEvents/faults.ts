import type { IPollFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { messageOf } from '../shared/values';
import { wholeError } from '../transport/errors';
import { hasStatus } from '../transport/request';
import type { Memory } from './memory';

/** A failed execution at each poll would hide all others. */
const SHOWN_EVERY_MS = 60 * 60_000;

/**
 * Says why a poll failed. What passes by itself is in n8n's log, once until a poll succeeds again. What only
 * a person can mend is an error where the user publishes the workflow, and later a failed execution, once an
 * hour at the most. At n8n's start it is no error: n8n would not poll any more, or hold up other workflows.
 *
 * @throws NodeApiError or NodeOperationError
 */
export function reportFault(
	context: IPollFunctions,
	memory: Memory,
	error: unknown,
	isFirstPoll: boolean,
): void {
	const isPublishing = isFirstPoll && context.getActivationMode() === 'activate';
	const isStart = isFirstPoll && isStartOfN8n(context);
	const isDue = Date.now() - memory.shownAt >= SHOWN_EVERY_MS;
	if (!mayPass(error) && !isStart && (isPublishing || isDue)) {
		memory.shownAt = Date.now();
		throw wholeError(context.getNode(), error);
	}
	if (memory.hasFault) return;
	memory.hasFault = true;
	const { name, id } = context.getWorkflow();
	context.logger.warn(
		`${context.getNode().name} in workflow ${name ?? ''} (${id ?? 'not saved'}): missed events could not be read. n8n goes on trying with each poll. ${messageOf(error)}`,
	);
}

export function isStartOfN8n(context: IPollFunctions): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}

/** Anything but a refused key, and parameters or a credential that cannot work. */
export function mayPass(error: unknown): boolean {
	return error instanceof NodeApiError && !hasStatus(error, [401, 403]);
}
