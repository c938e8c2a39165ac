import type { IPollFunctions } from 'n8n-workflow';
import { createHash } from 'crypto';

import { isObject, numberOf, textOf, textsIn } from '../shared/values';
import type { Backlog } from './backlog';
import type { Unreadable } from './give';

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

/** What is known of a node as long as n8n runs; everything that must outlive it is in the static data. */
export interface Memory {
	/** n8n does not wait for a poll before it starts the next one. */
	isPolling?: boolean;
	/** The activation that n8n polls for now. */
	activation?: IPollFunctions;
	/** The state with which the node was first activated, since n8n may not have saved it. */
	firstState?: PollState;
	/** What was missed and is being read or given, and the parameters and the state that it is for. */
	backlog?: Backlog;
	backlogOf?: string;
	/** The time of the newest delivery, and since when it is the newest; Unix times in milliseconds. */
	newest?: { time: number; seenAt: number };
	unreadable: Unreadable;
	/** Whether the last poll failed, which n8n's log says once. */
	hasFault?: boolean;
	/** When an error was last shown as a failed execution, Unix time in milliseconds. */
	shownAt: number;
	/** Whether no webhook has the target URL, which n8n's log says once. */
	hasNoWebhook?: boolean;
	/** Why the webhook stayed inactive, and until when that is not tried again; Unix time in milliseconds. */
	inactive?: { problem: string; until: number };
}

const MAX_REMEMBERED = 1_000;

const memories = new Map<string, Memory>();

/**
 * Of one node in one workflow, so that nothing is shared between accounts. A node under another name is
 * another one, as it is in n8n's static data.
 */
export function memoryOf(context: IPollFunctions): Memory {
	const { id, name } = context.getNode();
	const key = JSON.stringify([context.getWorkflow().id, id, name]);
	const known = memories.get(key);
	if (known) return known;
	if (memories.size >= MAX_REMEMBERED) memories.clear();
	const unreadable: Unreadable = new Map();
	const memory: Memory = { unreadable, shownAt: -Infinity };
	memories.set(key, memory);
	return memory;
}
