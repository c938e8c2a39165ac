import type { Json } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import type { WireFormat } from '../../sandbox';
import {
	handledItems,
	missEvents,
	publishBothTriggers,
	untilHandled,
} from '../support/bothTriggers';

jest.setTimeout(300_000);

/** Between the polls of the slow node nothing happens in a test. */
const NEVER = { item: [{ mode: 'custom', cronExpression: '0 0 0 1 1 *' }] };

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(async () => await stage?.close());
beforeEach(() => {
	stage.avala.reset();
	stage.avala.wireFormat = 'older';
});
afterEach(async () => await stage.reset());

const publish = async (parameters?: Json, pollTimes?: Json) =>
	await publishBothTriggers(stage, parameters, pollTimes);
const miss = async (count?: number) => await missEvents(stage, count);

describe(`the Avala Missed Events Trigger beside an Avala Trigger in n8n ${version}`, () => {
	it.each<WireFormat>(['guide', 'older', 'newer'])(
		'gives an event that was missed, once, as the other gives those that arrive, and activates the webhook again (%s)',
		async (wireFormat) => {
			stage.avala.wireFormat = wireFormat;
			const workflow = await publish();
			await stage.execute(workflow.id);
			const [missed] = await miss();
			const [webhook] = stage.avala.webhooks();
			expect(webhook?.isActive).toBe(false);
			const items = await untilHandled(stage, workflow, 2);
			expect(items[0]).not.toHaveProperty('recovered');
			expect(items[1]).toMatchObject({
				type: 'task.completed',
				...(wireFormat === 'guide'
					? { recoverable: false }
					: { recovered: true, resource_uid: missed }),
			});
			expect(stage.avala.webhooks()).toMatchObject([{ uid: webhook?.uid, isActive: true }]);
			await stage.execute(workflow.id);
			expect(await handledItems(stage, workflow)).toHaveLength(3);
		},
	);

	it('gives what was missed while n8n was killed, and what it had not given before that', async () => {
		const workflow = await publish({}, NEVER);
		const missed = await miss(2);
		await stage.n8n.kill();
		await stage.start();
		await untilHandled(stage, workflow, 2);
		// The first poll has activated the webhook again.
		await stage.n8n.kill();
		missed.push(...(await miss(2)));
		await stage.start();
		await untilHandled(stage, workflow, 4);
		await stage.n8n.kill();
		await stage.start();
		await stage.client.untilPublished(workflow.id);
		missed.push(...(await miss()));
		await stage.n8n.kill();
		await stage.start();
		const items = await untilHandled(stage, workflow, 5);
		expect(items.map((item) => item.resource_uid)).toEqual(missed);
	});

	it('gives 250 events in three executions, and each of two workflows its own', async () => {
		const one = await publish();
		const other = await publish({ webhookUrl: '', events: ['task.created'] });
		const missed = await miss(250);
		const items = await untilHandled(stage, one, 250);
		expect(new Set(items.map((item) => item.resource_uid))).toEqual(new Set(missed));
		expect(items).toHaveLength(250);
		expect(await stage.client.executions(one.id)).toHaveLength(3);
		expect(await handledItems(stage, other)).toEqual([]);
	});

	it('is published while Avala is out of reach, and goes on at n8n’s start', async () => {
		const workflow = await publish();
		await stage.n8n.kill();
		stage.avala.fault({ status: 503 });
		await stage.start();
		const [missed] = await miss();
		stage.avala.clearFaults();
		expect(await untilHandled(stage, workflow, 1)).toMatchObject([{ resource_uid: missed }]);
	});

	it('shows the newest missed event when a user fetches a test event, and changes nothing', async () => {
		const workflow = await publish({}, NEVER);
		const missed = await miss(2);
		const execution = await stage.client.run(workflow.id, 'Missed Events');
		const result = await stage.client.result(execution ?? '');
		expect(result['Missed Events']).toMatchObject([{ resource_uid: missed.at(-1) }]);
		expect(stage.avala.webhooks()).toMatchObject([{ isActive: false }]);
	});

	it('is not published with a key that Avala refuses', async () => {
		stage.avala.fault({
			path: '/api/v1/webhook-deliveries/',
			status: 403,
			body: { detail: 'No.' },
		});
		await expect(publish({ webhookUrl: '' })).rejects.toThrow(/webhooks\.read/);
	});
});
