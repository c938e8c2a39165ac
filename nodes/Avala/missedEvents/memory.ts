import type { IPollFunctions } from 'n8n-workflow';

import type { Backlog } from './backlog';
import type { Unreadable } from './give';
import type { PollState } from './state';

/** What is known of a node as long as n8n runs; everything that must outlive it is in the static data. */
export interface Memory {
	/** n8n does not wait for a poll before it starts the next one. */
	isPolling: boolean;
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
	hasFault: boolean;
	/** When an error was last shown as a failed execution, Unix time in milliseconds. */
	shownAt: number;
	/** Whether no webhook has the target URL, which n8n's log says once. */
	hasNoWebhook: boolean;
	/** When the webhook last stayed inactive, Unix time in milliseconds. */
	stayedInactiveAt: number;
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
	const memory: Memory = {
		isPolling: false,
		unreadable: new Map(),
		hasFault: false,
		shownAt: -Infinity,
		hasNoWebhook: false,
		stayedInactiveAt: -Infinity,
	};
	memories.set(key, memory);
	return memory;
}
