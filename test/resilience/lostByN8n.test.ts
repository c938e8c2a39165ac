import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { Workflow } from '../../n8n/client';
import type { StoredDelivery } from '../../sandbox';
import { untilTrue } from '../e2e/stage';
import { Cluster, webhookNode } from './cluster';
import { ANSWER_WHILE_STARTING } from './load';

jest.setTimeout(300_000);

const WORKERS = ['worker1', 'worker2'] as const;
/** In milliseconds; after them n8n takes what a dead worker had under way for stalled. */
const STALLED = { QUEUE_WORKER_LOCK_DURATION: '3000', QUEUE_WORKER_STALLED_INTERVAL: '2000' };

let cluster: Cluster;
let ours: Workflow;
/** n8n's own Webhook node, which answers at once as well. */
let own: Workflow;
beforeAll(async () => {
	cluster = await Cluster.open({}, STALLED);
	const { avala, client, front } = cluster;
	const path = randomUUID();
	ours = await cluster.makeWorkflow(cluster.trigger);
	own = await cluster.makeWorkflow(webhookNode(path));
	for (const { id } of [ours, own]) await client.activate(id);
	avala.addWebhook({ targetUrl: `${front.url}/webhook/${path}`, events: ['task.completed'] });
});
afterAll(async () => await cluster?.close());

/** @returns how the event got to our trigger and to n8n's Webhook */
async function deliverToBoth(): Promise<StoredDelivery[]> {
	const { avala } = cluster;
	const { deliveries } = avala.emit('task.completed');
	await avala.idle();
	return avala.deliveries().filter(({ uid }) => deliveries.includes(uid));
}

const statuses = () =>
	[ours, own].map(({ id }) => cluster.executions(id).map(({ status }) => status));

/** How many executions stand in n8n's queue. */
function waitingOrUnderWay(): number {
	const lists = ['wait', 'active'].map((list) =>
		execFileSync('redis-cli', ['-p', String(cluster.redis.port), 'llen', `bull:jobs:${list}`]),
	);
	return lists.reduce((sum, length) => sum + Number(length), 0);
}

it('before n8n is ready it answers 200 to any request, which no node sees; its readiness tells so meanwhile', async () => {
	const url = cluster.process('webhook').url;
	const readiness = async () =>
		await fetch(`${url}/healthz/readiness`).then(
			({ status }) => status,
			() => 'no answer',
		);
	await cluster.process('webhook').kill();
	// n8n is still bringing its tables up to date then.
	const unlock = await cluster.postgres.lock('migrations', 'use');
	const started = cluster.start('webhook');
	const answersAnything = async () =>
		await fetch(`${url}/anything`).then(
			async (answer) => (await answer.text()) === ANSWER_WHILE_STARTING,
			() => false,
		);
	while (!(await answersAnything())) await wait(100);
	expect(await readiness()).toBe(503);
	const before = statuses();
	const taken = { status: 'delivered', responseStatus: 200, responseBody: ANSWER_WHILE_STARTING };
	expect(await deliverToBoth()).toMatchObject([taken, taken]);
	await unlock();
	await started;
	expect(await readiness()).toBe(200);

	expect(statuses()).toEqual(before);
	expect(await cluster.missedEvents()).toEqual([]);
});

it.each(['PostgreSQL', 'the workers'])(
	'what a worker has begun is not executed again after kill -9 of %s, whatever the node',
	async (killed) => {
		const before = statuses();
		for (const name of WORKERS) process.kill(cluster.process(name).pid, 'SIGSTOP');
		const taken = { status: 'delivered', responseStatus: 200 };
		expect(await deliverToBoth()).toMatchObject([taken, taken]);
		const unlock = await cluster.postgres.lock('execution_entity', 'writing');
		const begun = () =>
			WORKERS.map((name) => cluster.process(name).log())
				.join('')
				.split('Worker started execution').length;
		const begunBefore = begun();
		for (const name of WORKERS) process.kill(cluster.process(name).pid, 'SIGCONT');
		await untilTrue(() => begun() === begunBefore + 2);

		if (killed === 'PostgreSQL') {
			await cluster.postgres.kill();
			await cluster.postgres.start();
		} else for (const name of WORKERS) await cluster.process(name).kill();
		await unlock();
		await cluster.revive();
		await cluster.untilReady();
		expect(await deliverToBoth()).toMatchObject([taken, taken]);
		await untilTrue(() => waitingOrUnderWay() === 0);
		const after = statuses().map((ofNode, index) => ofNode.slice(before[index]?.length));
		const never = expect.stringMatching(/^(new|error|crashed)$/) as unknown;
		expect(after).toEqual([
			[never, 'success'],
			[never, 'success'],
		]);
	},
);
