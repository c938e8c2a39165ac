import type { IPollFunctions } from 'n8n-workflow';

import type { Backlog } from './backlog';

/** What is known of a node as long as n8n runs; everything that must outlive it is in the static data. */
export interface Memory {
	/** n8n does not wait for a poll before it starts the next one. */
	isPolling: boolean;
	/** The activation that n8n polls for now. */
	activation?: IPollFunctions;
	/** When the node was first activated, Unix time in milliseconds: n8n may not have saved the first poll's state. */
	firstPollAt?: number;
	/** What was missed and is being read or given, and the parameters and the state that it is for. */
	backlog?: Backlog;
	backlogOf?: string;
	/** Whether the last poll failed, which n8n's log says once. */
	hasFault: boolean;
	/** When an error was last shown as a failed execution, Unix time in milliseconds. */
	shownAt: number;
	/** When Avala last refused to let the key activate the webhook, Unix time in milliseconds. */
	forbiddenAt: number;
}

const MAX_REMEMBERED = 1_000;

const memories = new Map<string, Memory>();

/** Of one node in one workflow, so that nothing is shared between accounts. */
export function memoryOf(context: IPollFunctions): Memory {
	const key = JSON.stringify([context.getWorkflow().id, context.getNode().id]);
	const known = memories.get(key);
	if (known) return known;
	if (memories.size >= MAX_REMEMBERED) memories.clear();
	const memory: Memory = {
		isPolling: false,
		hasFault: false,
		shownAt: -Infinity,
		forbiddenAt: -Infinity,
	};
	memories.set(key, memory);
	return memory;
}
