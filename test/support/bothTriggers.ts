import { randomUUID } from 'node:crypto';

import type { Json, NodeJson, Workflow } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { untilTrue } from '../../harness/waiting';
import { avalaTrigger } from '../../harness/workflows';

/** Every two seconds: n8n accepts one number of seconds in each rule. */
export const POLL_TIMES = {
	item: Array.from({ length: 30 }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${index * 2} * * * * *`,
	})),
};

/** Publishes a workflow of an Avala Trigger and an Avala Missed Events Trigger, which lead into the same node. */
export async function publishBothTriggers(
	stage: Stage,
	parameters: Json = {},
	pollTimes: Json = POLL_TIMES,
): Promise<Workflow> {
	const webhookId = randomUUID();
	const webhookUrl = `${stage.front.url}/webhook/${webhookId}/webhook`;
	const trigger = { ...avalaTrigger(stage.credential), webhookId };
	const missed: NodeJson = {
		name: 'Missed Events',
		type: 'n8n-nodes-avala.avalaMissedEventsTrigger',
		typeVersion: 1,
		parameters: { pollTimes, webhookUrl, ...parameters },
		credentials: { avalaApi: stage.credential },
	};
	const next = { name: 'Handle', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
	const toNext = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	const workflow = await stage.client.createWorkflow({
		name: 'Nothing is missed',
		nodes: [trigger, missed, next],
		connections: { [trigger.name]: toNext, [missed.name]: toNext },
	});
	await stage.client.activate(workflow.id);
	return workflow;
}

/**
 * Lets Avala fail to deliver events until it gives up on them.
 *
 * @returns the tasks that they are about; none for an event of which no active webhook was to hear
 */
export async function missEvents({ avala }: Stage, count = 1): Promise<string[]> {
	avala.deliveriesFail = true;
	const events = Array.from({ length: count }, () => avala.emit('task.completed'));
	await avala.giveUp();
	avala.deliveriesFail = false;
	return events
		.filter(({ deliveries }) => deliveries.length > 0)
		.map(({ data }) => String(data.uid));
}

/** What the node behind both triggers got in all executions that ended well, the oldest first. */
export async function handledItems(stage: Stage, { id }: Workflow): Promise<Json[]> {
	const executions = await stage.client.executions(id);
	const items: Json[] = [];
	for (const { id: execution, status } of executions.toReversed()) {
		if (status !== 'success') continue;
		items.push(...((await stage.client.result(execution)).Handle ?? []));
	}
	return items;
}

/** Waits until the node behind both triggers has got this many. */
export async function untilHandled(
	stage: Stage,
	workflow: Workflow,
	count: number,
): Promise<Json[]> {
	let items: Json[] = [];
	await untilTrue(async () => {
		items = await handledItems(stage, workflow);
		return items.length >= count;
	});
	return items;
}
