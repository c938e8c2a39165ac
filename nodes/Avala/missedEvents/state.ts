import type { IPollFunctions } from 'n8n-workflow';
import { createHash } from 'crypto';

import { isObject, numberOf, textOf, textsIn } from '../shared/values';

/**
 * What the node keeps in n8n's static data. n8n saves it after each activation and with each execution
 * that the node starts, but not after a poll that found nothing, so it may be old after a restart:
 * everything in it must stay true when it is read again later.
 */
export interface PollState {
	/** Everything older is settled: delivered, given, or from before the node's time. Unix time in milliseconds. */
	since: number;
	/** The events that were given, by a hash of their key, with the time of their delivery. */
	given: ReadonlyMap<string, number>;
	/** The watched target URL, and the webhooks that had it, the latest last. */
	webhookUrl?: string;
	webhookIds: string[];
}

/** @returns undefined before the first poll */
export function readState(context: IPollFunctions): PollState | undefined {
	const { since, given, webhookUrl, webhookIds } = context.getWorkflowStaticData('node');
	const start = numberOf(since);
	if (start === undefined) return undefined;
	const times = Object.entries(isObject(given) ? given : {}).map(
		([hash, time]) => [hash, numberOf(time) ?? start] as const,
	);
	return {
		since: start,
		given: new Map(times),
		webhookUrl: textOf(webhookUrl),
		webhookIds: textsIn(webhookIds),
	};
}

export function writeState(context: IPollFunctions, state: PollState): void {
	const { since, given, webhookUrl, webhookIds } = state;
	const values = { since, given: Object.fromEntries(given), webhookUrl, webhookIds };
	Object.assign(context.getWorkflowStaticData('node'), values);
}

/** Short, since n8n stores it with each execution; two of a million have the same with a chance of one in a billion. */
export function hashOf(key: string): string {
	return createHash('sha256').update(key).digest('base64url').slice(0, 12);
}
