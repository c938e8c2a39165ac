import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { QueueMode } from '../../harness/queueMode';
import type { Workflow } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openQueueStage } from '../../harness/suite';
import { untilTrue } from '../../harness/waiting';
import { webhookNode, workflowOf } from '../../harness/workflows';
import type { StoredDelivery } from '../../sandbox';
import { RESPONSE_WHILE_STARTING } from './load';
import { missedEvents } from './missedEvents';
import { storedExecutions } from './stored';

jest.setTimeout(300_000);

const TAKEN = { status: 'delivered', responseStatus: 200 };
const WORKERS = ['worker1', 'worker2'] as const;
/** In milliseconds; after this time n8n considers the executions of a dead worker stalled. */
const STALLED = { QUEUE_WORKER_LOCK_DURATION: '3000', QUEUE_WORKER_STALLED_INTERVAL: '2000' };
/** In milliseconds; how long a worker waits before it reconnects to the database. */
const WAITS_FOR_DATABASE = {
	DB_RECOVERY_BACKOFF_MIN_MS: '30000',
	DB_RECOVERY_BACKOFF_MAX_MS: '30000',
};

let queue: QueueMode;
let stage: Stage;
let ours: Workflow;
/** n8n's own Webhook node, which responds at once as well. */
let own: Workflow;
beforeAll(async () => {
	queue = await openQueueStage({
		env: STALLED,
		envOf: { worker1: WAITS_FOR_DATABASE, worker2: WAITS_FOR_DATABASE },
	});
	stage = queue.stage;
	const { avala, client, front } = stage;
	const path = randomUUID();
	ours = await stage.createTriggerWorkflow();
	own = await client.createWorkflow(workflowOf('Webhook', [webhookNode(path)]));
	for (const { id } of [ours, own]) await client.activate(id);
	avala.addWebhook({ targetUrl: `${front.url}/webhook/${path}`, events: ['task.completed'] });
});
afterAll(async () => await queue?.close());

/** @returns the deliveries to our trigger and to n8n's Webhook node */
async function deliverToBoth(): Promise<StoredDelivery[]> {
	const { avala } = stage;
	const { deliveries } = avala.emit('task.completed');
	await avala.idle();
	return avala.deliveries().filter(({ uid }) => deliveries.includes(uid));
}

const executionsOf = (workflowId: string) => storedExecutions(queue.postgres, workflowId);
const statuses = () => [ours, own].map(({ id }) => executionsOf(id).map(({ status }) => status));

/** Delivers to both nodes, and calls `kill` when workers have started both executions but not yet saved that. */
async function killOnceBegun(kill: () => Promise<void>): Promise<void> {
	for (const name of WORKERS) process.kill(stage.process(name).pid, 'SIGSTOP');
	expect(await deliverToBoth()).toMatchObject([TAKEN, TAKEN]);
	const unlock = await queue.postgres.lock('execution_entity', 'writing');
	const begunBefore = workersLogged('Worker started execution');
	for (const name of WORKERS) process.kill(stage.process(name).pid, 'SIGCONT');
	await untilTrue(() => workersLogged('Worker started execution') === begunBefore + 2);
	await kill();
	await unlock();
	await stage.revive();
	await stage.untilReady();
}

const workersLogged = (text: string) =>
	WORKERS.map((name) => stage.process(name).log())
		.join('')
		.split(text).length - 1;

it('before n8n is ready it responds 200 to any request, which no node sees; its readiness tells so meanwhile, and Get Missed Events finds them', async () => {
	const url = stage.process('webhook').url;
	const readiness = async () =>
		await fetch(`${url}/healthz/readiness`).then(
			({ status }) => status,
			() => 'no response',
		);
	await stage.process('webhook').kill();
	// Keeps n8n waiting in its database migrations.
	const unlock = await queue.postgres.lock('migrations', 'use');
	const started = stage.start('webhook');
	const respondsToAnything = async () =>
		await fetch(`${url}/anything`).then(
			async (response) => (await response.text()) === RESPONSE_WHILE_STARTING,
			() => false,
		);
	while (!(await respondsToAnything())) await wait(100);
	expect(await readiness()).toBe(503);
	const before = statuses();
	const deliveries = await deliverToBoth();
	expect(deliveries).toMatchObject([
		{ ...TAKEN, responseBody: RESPONSE_WHILE_STARTING },
		{ ...TAKEN, responseBody: RESPONSE_WHILE_STARTING },
	]);
	await unlock();
	await started;
	expect(await readiness()).toBe(200);

	expect(statuses()).toEqual(before);
	expect(await missedEvents(stage)).toEqual(
		expect.arrayContaining(
			deliveries.map(({ uid }) => expect.objectContaining({ delivery_id: uid }) as unknown),
		),
	);
});

it('what a worker has started when PostgreSQL is killed is not executed, whatever the node, until main was started again and someone retries it', async () => {
	await killOnceBegun(async () => {
		await queue.postgres.kill();
		await queue.postgres.start();
	});
	await untilTrue(() => workersLogged('Worker errored while running execution') === 2);
	expect(await deliverToBoth()).toMatchObject([TAKEN, TAKEN]);
	await untilTrue(() => statuses().flat().filter(isSuccess).length === 2);
	expect(statuses()).toEqual([
		['new', 'success'],
		['new', 'success'],
	]);

	await stage.process('main').stop();
	await stage.start('main');
	const { client } = stage;
	for (const { id } of [ours, own]) {
		await untilTrue(() => executionsOf(id)[0]?.status === 'crashed');
		const crashed = (await client.executions(id)).find(({ status }) => status === 'crashed');
		await client.call('POST', `/rest/executions/${crashed?.id}/retry`, { loadWorkflow: false });
		const [begun, , retried] = executionsOf(id);
		expect(retried).toEqual({ status: 'success', eventId: begun?.eventId });
	}
});

it('what a worker takes before it has reconnected to PostgreSQL fails and loses its event, whatever the node', async () => {
	const before = statuses();
	const lostBefore = workersLogged('Recovery attempt 1 failed');
	await queue.postgres.kill();
	await untilTrue(() => workersLogged('Recovery attempt 1 failed') === lostBefore + 2);
	await queue.postgres.start();
	// The webhook process reconnects long before the workers, and accepts events.
	await stage.untilReady(['webhook']);
	expect(await deliverToBoth()).toMatchObject([TAKEN, TAKEN]);
	const since = () =>
		[ours, own].map(({ id }, index) => executionsOf(id).slice(before[index]?.length));
	await untilTrue(() => since().every(([execution]) => execution?.status === 'error'));
	const emptied = [{ status: 'error', eventId: '' }];
	expect(since()).toEqual([emptied, emptied]);
	await stage.untilReady();
});

it('what a worker has started when it is killed n8n gives up, whatever the node', async () => {
	const before = statuses();
	await killOnceBegun(async () => {
		for (const name of WORKERS) await stage.process(name).kill();
	});
	expect(await deliverToBoth()).toMatchObject([TAKEN, TAKEN]);
	const since = () => statuses().map((ofNode, index) => ofNode.slice(before[index]?.length));
	while (
		since()
			.flat()
			.some((status) => status === 'new')
	)
		await wait(500);
	expect(since()).toEqual([
		['error', 'success'],
		['error', 'success'],
	]);
});

const isSuccess = (status: string) => status === 'success';
