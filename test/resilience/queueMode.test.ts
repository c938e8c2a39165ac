import type { Execution, Workflow } from '../../harness/client';
import type { StoredDelivery } from '../../sandbox';
import { credentialData, untilTrue } from '../e2e/stage';
import type { ProcessName } from './cluster';
import { Cluster, PROCESSES } from './cluster';

jest.setTimeout(300_000);

/** Avala gives up after a second instead of 81 minutes. */
const CLOCK_SPEED = 4800;
const MISSED = 100;

let cluster: Cluster;
let workflow: Workflow;
beforeAll(async () => {
	cluster = await Cluster.open({ clockSpeed: CLOCK_SPEED });
});
afterAll(async () => await cluster?.close());
beforeEach(async () => {
	workflow = await cluster.makeWorkflow(cluster.trigger);
	await cluster.client.activate(workflow.id);
});
afterEach(async () => {
	await cluster.client.deactivate(workflow.id);
	expect(cluster.avala.webhooks()).toEqual([]);
	cluster.avala.reset();
});

async function answerToAnEvent(): Promise<StoredDelivery> {
	const tried = cluster.avala.next('attempt');
	cluster.avala.emit('task.completed');
	return await tried;
}

async function expectExecuted(count: number): Promise<Execution[]> {
	const executions = await cluster.client.untilExecuted(workflow.id, count);
	expect(executions.map(({ status }) => status)).toEqual(Array(count).fill('success'));
	return executions;
}

/** Which of the processes says in its log that it executed this. */
function executedBy({ id }: Execution): ProcessName[] {
	const line = new RegExp(`Worker started execution ${id} `);
	return PROCESSES.filter((name) => line.test(cluster.process(name).log()));
}

describe('in queue mode, with PostgreSQL, two workers and a webhook process', () => {
	it('an activation on main is known to the webhook process, and a worker executes the event', async () => {
		expect(cluster.avala.webhooks()).toHaveLength(1);
		expect(await answerToAnEvent()).toMatchObject({ status: 'delivered', responseStatus: 200 });
		for (const execution of await expectExecuted(1))
			expect(executedBy(execution)).toEqual([expect.stringMatching(/^worker[12]$/)]);
		expect(cluster.process('webhook').log()).toContain('Enqueued execution');
	});

	it('a secret that is kept in the credential is known to the webhook process as well', async () => {
		const credential = await cluster.client.createCredential(
			'With secret',
			credentialData(cluster.avala, 'a-secret-in-the-credential'),
		);
		const secretive = await cluster.makeWorkflow({
			...cluster.trigger,
			credentials: { avalaApi: credential },
		});
		await cluster.client.deactivate(workflow.id);
		workflow = secretive;
		await cluster.client.activate(workflow.id);
		expect(await answerToAnEvent()).toMatchObject({ status: 'delivered', responseStatus: 200 });
		await expectExecuted(1);
	});

	it('a restart of each process in turn leaves the one webhook, and events start executions after it', async () => {
		const before = cluster.avala.webhooks();
		expect(before).toHaveLength(1);
		for (const [index, name] of PROCESSES.entries()) {
			await cluster.process(name).stop();
			await cluster.start(name);
			expect(await answerToAnEvent()).toMatchObject({ status: 'delivered', responseStatus: 200 });
			await expectExecuted(index + 1);
			expect(cluster.avala.webhooks()).toEqual(before);
		}
	});

	it('events that Avala has given up are found by Get Missed Events, each once and no other; the next activation switches the webhook on again', async () => {
		const { avala, client } = cluster;
		expect(await answerToAnEvent()).toMatchObject({ status: 'delivered' });
		await cluster.process('webhook').kill();
		// The guide's format gives deliveries without what was sent: only their ids could be told.
		avala.wireFormat = 'newer';
		const missed = Array.from({ length: MISSED }, () => avala.emit('task.completed').deliveries);
		await untilTrue(() => avala.deliveries().filter(isFailed).length === MISSED);
		expect(avala.webhooks()).toMatchObject([{ isActive: false }]);
		await cluster.start('webhook');

		const found = await cluster.missedEvents();
		expect(found.map(({ delivery_id: id }) => id).sort()).toEqual(missed.flat().sort());
		for (const event of found)
			expect(event).toMatchObject({ type: 'task.completed', recovered: true });
		await client.deactivate(workflow.id);
		await client.activate(workflow.id);
		expect(avala.webhooks()).toMatchObject([{ isActive: true }]);
		expect(await answerToAnEvent()).toMatchObject({ status: 'delivered' });
		await expectExecuted(2);
	});
});

const isFailed = ({ status }: StoredDelivery) => status === 'failed';
