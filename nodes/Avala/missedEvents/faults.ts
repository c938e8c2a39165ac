import type { IPollFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { messageOf } from '../shared/values';
import type { Connection } from '../transport/connection';
import { wholeError } from '../transport/errors';
import { hasStatus } from '../transport/request';
import { accountOf } from '../trigger/knownWebhooks';
import { isStartOfN8n } from '../trigger/stored';
import type { Memory } from './state';

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

/** Anything but a refused key, and parameters or a credential that cannot work. */
export function mayPass(error: unknown): boolean {
	return error instanceof NodeApiError && !hasStatus(error, [401, 403]);
}

const OUT_OF_REACH_MS = 60_000;

/** The accounts that were found out of reach, and until when that counts; Unix time in milliseconds. */
const outOfReachUntil = new Map<string, number>();

/**
 * Whether another node has found Avala out of reach just now. n8n 2.8 waits for the first poll of each workflow
 * when it starts, so that only one of an account finds out; the others begin with their next poll.
 */
export function isOutOfReach(connection: Connection): boolean {
	return Date.now() < (outOfReachUntil.get(accountOf(connection)) ?? 0);
}

export function noteOutOfReach(connection: Connection): void {
	outOfReachUntil.set(accountOf(connection), Date.now() + OUT_OF_REACH_MS);
}
