import { randomUUID } from 'node:crypto';

import { Cluster } from './cluster';
import type { Outcome, Target } from './load';
import { ANSWER_WHILE_STARTING, CLOCK_SPEED, deliverUnderFault, EVENTS, tell } from './load';

jest.setTimeout(600_000);

let cluster: Cluster;
beforeAll(async () => {
	cluster = await Cluster.open({ clockSpeed: CLOCK_SPEED });
});
afterAll(async () => await cluster?.close());

async function toTheAvalaTrigger(target: Target): Promise<Outcome> {
	const workflow = await cluster.makeWorkflow(cluster.trigger);
	await cluster.client.activate(workflow.id);
	const outcome = await deliverUnderFault(cluster, {
		workflowId: workflow.id,
		type: 'task.completed',
		target,
	});
	tell(`${target}, Avala Trigger: ${JSON.stringify(outcome)}`);
	expect(cluster.avala.webhooks()).toHaveLength(1);
	await cluster.client.deactivate(workflow.id);
	expect(cluster.avala.webhooks()).toEqual([]);
	return outcome;
}

/** The same load under the same fault for n8n's own node, which answers at once too and checks nothing. */
async function toTheWebhookNode(target: Target): Promise<Outcome> {
	const path = randomUUID();
	const workflow = await cluster.makeWorkflow({
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		webhookId: path,
	});
	await cluster.client.activate(workflow.id);
	cluster.avala.addWebhook({
		targetUrl: `${cluster.front.url}/webhook/${path}`,
		events: ['export.completed'],
	});
	const outcome = await deliverUnderFault(cluster, {
		workflowId: workflow.id,
		type: 'export.completed',
		target,
	});
	tell(`${target}, n8n's Webhook: ${JSON.stringify(outcome)}`);
	await cluster.client.deactivate(workflow.id);
	cluster.avala.reset();
	return outcome;
}

const sum = (counts: Record<string, number>) =>
	Object.values(counts).reduce((total, count) => total + count, 0);

describe(`of ${EVENTS} signed events, 50 a second, none that reached the trigger is lost by it`, () => {
	it.each<Target>(['webhook', 'worker1', 'main', 'redis', 'postgres'])(
		'when %s is killed amid them and started again after five seconds',
		async (target) => {
			const outcome = await toTheAvalaTrigger(target);
			const { delivered, pending, failed, lost } = outcome;
			expect(delivered + pending + failed).toBe(EVENTS);
			expect(delivered).toBeGreaterThan(EVENTS / 2);
			const lostLater = sum(lost) - (lost[ANSWER_WHILE_STARTING] ?? 0);
			// What n8n has taken and then lost itself, it loses for its own node as well.
			if (lostLater > 0) expect(sum((await toTheWebhookNode(target)).lost)).toBeGreaterThan(0);
		},
	);
});
