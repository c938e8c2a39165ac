import { setTimeout as wait } from 'node:timers/promises';

import type { QueueMode } from '../../harness/queueMode';
import type { ProcessName } from '../../harness/stage';
import { storedExecutions } from './stored';

export const EVENTS = 2000;
const EVENTS_A_SECOND = 50;
/** The fault starts after a third of the events and lasts this long. */
const FAULT_AT = EVENTS / 3;
const FAULT_MS = 5000;
/** Retries come after 2, 10, 30 and 120 s instead of 1, 5, 15 and 60 minutes. */
export const CLOCK_SPEED = 30;
const DRAIN_LIMIT_MS = 150_000;
/** After this long without a new execution none is expected. */
const QUIET_MS = 10_000;
const POLL_MS = 1000;

/** n8n's response, with status 200, to any request before its database is ready. No node sees the request. */
export const RESPONSE_WHILE_STARTING = 'n8n is starting up. Please wait';

export type Target = ProcessName | 'redis' | 'postgres';

export interface Outcome {
	/** Events that the sandbox considers delivered. */
	delivered: number;
	/** Those of them that took more than one attempt. */
	retried: number;
	/** Events with a successful execution. */
	executed: number;
	/** Successful executions beyond the first for the same event. */
	duplicates: number;
	/** Events that the sandbox will retry. */
	pending: number;
	/** Events that the sandbox has given up on. */
	failed: number;
	/**
	 * Events delivered but never executed, counted by the status of the stored execution, or by n8n's
	 * response if there is none.
	 */
	lost: Record<string, number>;
	/** Processes that exited by themselves and were started again. */
	revived: ProcessName[];
	seconds: number;
}

/** Kills one part with SIGKILL and starts it again five seconds later. */
async function breakFor5Seconds(queue: QueueMode, target: Target): Promise<void> {
	const isService = target === 'redis' || target === 'postgres';
	await (isService ? queue[target] : queue.stage.process(target)).kill();
	await wait(FAULT_MS);
	if (isService) await queue[target].start();
	else await queue.stage.start(target);
}

/**
 * Triggers `EVENTS` events at an even pace while one part is killed and started again, then waits until
 * no retry is due and no new execution appears, or the time is up.
 */
export async function deliverUnderFault(
	queue: QueueMode,
	workflowId: string,
	target: Target,
): Promise<Outcome> {
	const { stage, postgres } = queue;
	const { avala } = stage;
	const startedAt = Date.now();
	const eventIds = new Set<string>();
	let fault: Promise<void> | undefined;
	for (let index = 0; index < EVENTS; index++) {
		if (index >= FAULT_AT) fault ??= breakFor5Seconds(queue, target);
		eventIds.add(avala.emit('task.completed').id);
		const due = startedAt + ((index + 1) * 1000) / EVENTS_A_SECOND;
		if (due > Date.now()) await wait(due - Date.now());
	}
	await fault;
	tell(`${EVENTS} events sent while ${target} was killed and started again; they drain`);

	const revived: ProcessName[] = [];
	const limit = Date.now() + DRAIN_LIMIT_MS;
	for (let quietSince = Date.now(), before = -1; Date.now() < limit; await wait(POLL_MS)) {
		revived.push(...(await stage.revive()));
		const waiting = ofThese(avala.deliveries(), eventIds).filter(isPending).length;
		const executions = storedExecutions(postgres, workflowId).filter(isSuccess).length;
		if (executions !== before || waiting > 0) quietSince = Date.now();
		before = executions;
		if (Date.now() - quietSince > QUIET_MS) break;
	}
	return count(queue, workflowId, eventIds, revived, Date.now() - startedAt);
}

function count(
	{ stage, postgres }: QueueMode,
	workflowId: string,
	eventIds: Set<string>,
	revived: ProcessName[],
	tookMs: number,
): Outcome {
	const deliveries = ofThese(stage.avala.deliveries(), eventIds);
	const delivered = deliveries.filter(({ status }) => status === 'delivered');
	const executions = storedExecutions(postgres, workflowId);
	const successes = executions.filter(isSuccess);
	const executed = new Set(successes.map(({ eventId }) => eventId));
	const statusOf = new Map(executions.map(({ eventId, status }) => [eventId, status]));
	const withoutEvent = executions.filter(({ eventId }) => eventId === '').map(nameless);
	const lost: Record<string, number> = {};
	for (const { event, responseBody } of delivered) {
		if (executed.has(event.id)) continue;
		const cause = statusOf.get(event.id) ?? withoutEvent.pop() ?? responseBody.slice(0, 80);
		lost[cause] = (lost[cause] ?? 0) + 1;
	}
	return {
		delivered: delivered.length,
		retried: delivered.filter(({ attempts }) => attempts > 1).length,
		executed: executed.size,
		duplicates: successes.length - executed.size,
		pending: deliveries.filter(isPending).length,
		failed: deliveries.filter(({ status }) => status === 'failed').length,
		lost,
		revived,
		seconds: Math.round(tookMs / 1000),
	};
}

/** Writes to the terminal at once; jest would hold it back until the file is done. */
export function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

function ofThese<T extends { event: { id: string } }>(all: T[], eventIds: Set<string>): T[] {
	return all.filter(({ event }) => eventIds.has(event.id));
}

/** n8n has overwritten the event in the stored execution. */
const nameless = ({ status }: { status: string }) => `${status}, without its event`;
const isPending = ({ status }: { status: string }) => status === 'pending';
const isSuccess = ({ status }: { status: string }) => status === 'success';
