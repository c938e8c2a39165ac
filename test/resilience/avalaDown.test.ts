import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Workflow } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { credentialData } from '../../harness/stage';
import { openStage } from '../../harness/suite';
import { untilTrue } from '../../harness/waiting';
import { startSandbox } from '../../sandbox';

jest.setTimeout(300_000);

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(async () => await stage?.close());
afterEach(async () => await stage.reset());

async function expectOneThatWorks({ id }: Workflow): Promise<void> {
	expect(stage.avala.webhooks()).toHaveLength(1);
	const { delivery } = await stage.execute(id);
	expect(delivery).toMatchObject({ status: 'delivered', responseStatus: 200 });
}

describe('when Avala fails, an active workflow ends up with exactly one webhook and an inactive one with none', () => {
	it('with the API down during activation, after the next activation', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		stage.avala.fault({ reset: true });
		await expect(client.activate(workflow.id)).rejects.toThrow('No response from');
		expect(stage.avala.webhooks()).toEqual([]);
		stage.avala.clearFaults();
		await client.activate(workflow.id);
		await expectOneThatWorks(workflow);
	});

	it('with the API down during deactivation, after the next activation and deactivation', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		await client.activate(workflow.id);
		stage.avala.fault({ status: 503 });
		await client.deactivate(workflow.id);
		expect(stage.avala.webhooks()).toHaveLength(1);
		stage.avala.clearFaults();
		await client.activate(workflow.id);
		await expectOneThatWorks(workflow);
		await client.deactivate(workflow.id);
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('with the API down while n8n starts: events are accepted as before', async () => {
		const workflow = await stage.createTriggerWorkflow();
		await stage.client.activate(workflow.id);
		await stage.n8n.stop();
		stage.avala.fault({ reset: true });
		await stage.start();
		stage.avala.clearFaults();
		await stage.client.untilPublished(workflow.id);
		await expectOneThatWorks(workflow);
	});

	it('with responses that take 25 s', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		stage.avala.fault({ delayMs: 25_000 });
		// Two requests: the list, and the new webhook.
		await client.activate(workflow.id);
		stage.avala.clearFaults();
		await expectOneThatWorks(workflow);
	});

	it('with a 500 on every second request', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		stage.avala.fault({ every: 2, status: 500 });
		await client.activate(workflow.id).catch(async () => {
			stage.avala.clearFaults();
			await client.activate(workflow.id);
		});
		await expectOneThatWorks(workflow);
		await client.deactivate(workflow.id);
		stage.avala.clearFaults();
		if (stage.avala.webhooks().length > 0) {
			await client.activate(workflow.id);
			await client.deactivate(workflow.id);
		}
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('with Avala restarted with its state: its retries arrive, through the same webhook', async () => {
		const folder = mkdtempSync(path.join(tmpdir(), 'avala-state-'));
		const options = {
			ca: stage.front.ca,
			rateLimit: false,
			stateFile: path.join(folder, 'state.json'),
			clockSpeed: 20,
		} as const;
		let avala = await startSandbox(options);
		try {
			const { client } = stage;
			const credential = await client.createCredential('Restarted', credentialData(avala));
			const workflow = await stage.createTriggerWorkflow(undefined, credential);
			await client.activate(workflow.id);
			const [webhook] = avala.webhooks();
			await stage.n8n.stop();
			const tried = avala.next('attempt');
			avala.emit('task.completed');
			expect(await tried).toMatchObject({ status: 'pending', responseStatus: 502 });
			const port = Number(new URL(avala.url).port);
			await avala.stop();
			avala = await startSandbox({ ...options, port });
			await stage.start();
			await untilTrue(() => avala.deliveries()[0]?.status === 'delivered');
			await stage.client.untilExecuted(workflow.id, 1);
			expect(avala.webhooks()).toEqual([webhook]);
			await stage.client.deactivate(workflow.id);
			expect(avala.webhooks()).toEqual([]);
		} finally {
			await avala.stop();
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
