import type { StoredDelivery } from '../../sandbox';
import { Cluster } from './cluster';

jest.setTimeout(300_000);

let cluster: Cluster;
beforeAll(async () => {
	cluster = await Cluster.open();
});
afterAll(async () => await cluster?.close());

async function answerToAnEvent(): Promise<StoredDelivery> {
	const delivered = cluster.avala.next('attempt');
	cluster.avala.emit('task.completed');
	return await delivered;
}

describe('in queue mode, with PostgreSQL, two workers and a webhook process', () => {
	it('an activation on main is known to the webhook process, and a worker executes the event', async () => {
		const { avala, client } = cluster;
		const workflow = await cluster.makeWorkflow(cluster.trigger);
		await client.activate(workflow.id);
		expect(avala.webhooks()).toHaveLength(1);
		expect(await answerToAnEvent()).toMatchObject({ status: 'delivered', responseStatus: 200 });
		const [execution] = await client.untilExecuted(workflow.id, 1);
		expect(execution).toMatchObject({ status: 'success' });
		await client.deactivate(workflow.id);
		expect(avala.webhooks()).toEqual([]);
	});
});
