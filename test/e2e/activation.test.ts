import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Stage } from '../../harness/stage';
import { credentialData } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { NEWEST_N8N } from '../../harness/versions';
import { avalaTrigger, workflowOf } from '../../harness/workflows';
import { NEWEST_EVENTS } from '../../sandbox/eventTypes';
import { inParallel, untilTrue } from '../../harness/waiting';

jest.setTimeout(300_000);

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(async () => await stage?.close());
afterEach(async () => await stage.reset());

/** There is one webhook and the trigger knows its secret: a delivery starts the workflow. */
async function expectOneThatWorks(workflowId: string): Promise<void> {
	expect(stage.avala.webhooks()).toHaveLength(1);
	const { delivery } = await stage.execute(workflowId);
	expect(delivery).toMatchObject({ status: 'delivered', responseStatus: 200 });
	expect(stage.avala.webhooks()).toHaveLength(1);
}

describe(`an activation in n8n ${version}`, () => {
	it('leaves exactly one webhook when n8n is killed during it and started again', async () => {
		const workflow = await stage.createTriggerWorkflow();
		const activation = stage.client.activate(workflow.id).then(
			() => 'ended',
			() => 'cut off',
		);
		// Avala still pings the new webhook, so n8n has no response yet and does not know its ID.
		while (stage.avala.webhooks().length === 0) await nextTurn();
		const [first] = stage.avala.webhooks();
		await stage.n8n.kill();
		expect(await activation).toBe('cut off');
		await stage.avala.idle();
		expect(stage.avala.webhooks()).toEqual([expect.objectContaining({ uid: first?.uid })]);

		await stage.start();
		const { client } = stage;
		const { active } = await client.workflow(workflow.id);
		if (active && version === NEWEST_N8N) {
			// n8n 2.41 completes the activation when its lease expires, without calling the node.
			await client.untilPublished(workflow.id);
			await expectOneThatWorks(workflow.id);
			await client.deactivate(workflow.id);
			await client.activate(workflow.id);
		} else if (active) {
			// n8n 1 activates it on startup, and calls the node.
			await untilTrue(() => stage.avala.webhooks()[0]?.uid !== first?.uid);
		} else await client.activate(workflow.id);
		await expectOneThatWorks(workflow.id);
		expect(stage.avala.webhooks()[0]?.uid).not.toBe(first?.uid);
	});

	it('leaves exactly one webhook after an attempt that failed halfway and could not clean up', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		stage.avala.fault({ method: 'POST', path: '/api/v1/webhooks/', resetAfterHandling: true });
		stage.avala.fault({ method: 'DELETE', reset: true });
		await expect(client.activate(workflow.id)).rejects.toThrow('No response from 127.0.0.1');
		const [orphan] = stage.avala.webhooks();
		expect(orphan).toBeDefined();

		stage.avala.clearFaults();
		await client.activate(workflow.id);
		await expectOneThatWorks(workflow.id);
		expect(stage.avala.webhooks()[0]?.uid).not.toBe(orphan?.uid);
	});

	it('leaves one webhook that works when the workflow is published twice at once', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		await Promise.allSettled([client.activate(workflow.id), client.activate(workflow.id)]);
		await expectOneThatWorks(workflow.id);
		await client.deactivate(workflow.id);
		await untilTrue(() => stage.avala.webhooks().length === 0);
	});

	it('leaves no webhook when the workflow is unpublished while Avala has not responded', async () => {
		const { client, avala } = stage;
		const workflow = await stage.createTriggerWorkflow();
		avala.fault({ method: 'POST', path: '/api/v1/webhooks/', times: 1, delayMs: 2000 });
		const publishing = client.activate(workflow.id).catch(() => undefined);
		// The list has been read, so the new webhook is being created.
		while (avala.requests().length === 0) await nextTurn();
		const unpublishing = client.deactivate(workflow.id);
		await untilTrue(() => avala.requests().some(({ method }) => method === 'POST'));
		await unpublishing;
		await client.deleteWorkflow(workflow.id);
		await publishing;
		expect(avala.webhooks()).toEqual([]);
	});

	it('leaves no webhook when the editor listens three times at once and then stops', async () => {
		const { client, avala } = stage;
		const workflow = await stage.createTriggerWorkflow();
		const listening = [1, 2, 3].map(async () => await client.run(workflow.id, 'Avala Trigger'));
		await Promise.all(listening);
		expect(avala.webhooks()).toHaveLength(1);
		await client.stopListening(workflow.id);
		await untilTrue(() => avala.webhooks().length === 0);
	});

	it('keeps the webhooks of 60 active workflows when n8n starts, with two requests or none', async () => {
		const { avala } = stage;
		const count = 60;
		await inParallel(count, 4, async () => {
			await stage.client.activate((await stage.createTriggerWorkflow()).id);
		});
		const before = avala.webhooks();
		expect(before).toHaveLength(count);
		await stage.n8n.stop();
		avala.clearRequests();
		await stage.start();
		for (const { targetUrl, uid } of before) {
			const isActive = async () => {
				// A trigger refuses what is not signed; n8n does not know the URL of an inactive one.
				const { status } = await fetch(stage.localUrl(targetUrl), { method: 'POST' });
				return status === 401;
			};
			await untilTrue(isActive);
			expect(avala.webhooks().map((webhook) => webhook.uid)).toContain(uid);
		}
		expect(avala.webhooks()).toEqual(before);
		// n8n 2.41 relies on its own record, older versions ask each trigger: the first asks for its own
		// webhook, the second for the list.
		expect(avala.requests()).toHaveLength(version === NEWEST_N8N ? 0 : 2);
	});

	it('removes the test webhook when listening stops, and keeps the production one', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		await client.activate(workflow.id);
		const production = stage.avala.webhooks();
		await client.run(workflow.id, 'Avala Trigger');
		expect(stage.avala.webhooks()).toHaveLength(2);
		await client.stopListening(workflow.id);
		// n8n 2.8 responds before it has removed it.
		await untilTrue(() => stage.avala.webhooks().length === 1);
		expect(stage.avala.webhooks()).toEqual(production);
	});

	it('fails when no event is selected, and says so', async () => {
		const workflow = await stage.createTriggerWorkflow({ events: [] });
		// n8n 2 refuses what the editor marks, before it calls the node.
		await expect(stage.client.activate(workflow.id)).rejects.toThrow(
			/No event type is selected.*Select at least one|"Avala Trigger":\s+- Missing or invalid required parameters/,
		);
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('of all event types works on a server that knows fewer, and leaves out the others', async () => {
		stage.avala.configure({ knownEvents: 'newest' });
		try {
			const workflow = await stage.createTriggerWorkflow({ events: ['*'] });
			await stage.client.activate(workflow.id);
			expect(new Set(stage.avala.webhooks()[0]?.events)).toEqual(new Set(NEWEST_EVENTS));
			await expectOneThatWorks(workflow.id);
			expect(stage.n8n.log()).toMatch(/does not know the event types .*task\.created/);
		} finally {
			stage.avala.configure({ knownEvents: 'documented' });
		}
	});

	it('of a node without a webhook ID fails and says what to do, unless n8n has given it one', async () => {
		const trigger = { ...avalaTrigger(stage.credential), webhookId: undefined };
		const workflow = await stage.client.createWorkflow(workflowOf('No webhook ID', [trigger]));
		if (version === NEWEST_N8N) {
			await stage.client.activate(workflow.id);
			await expectOneThatWorks(workflow.id);
		} else {
			await expect(stage.client.activate(workflow.id)).rejects.toThrow(
				/no webhook ID.*save it, and publish it again/,
			);
			expect(stage.avala.webhooks()).toEqual([]);
		}
	});

	it('works once a wrong key has been corrected', async () => {
		const { client } = stage;
		const right = credentialData(stage.avala);
		const key = await client.createCredential('Mistyped', { ...right, apiKey: 'wrong' });
		const workflow = await stage.createTriggerWorkflow({ events: ['task.completed'] }, key);
		await expect(client.activate(workflow.id)).rejects.toThrow('refused the API key');
		await client.updateCredential(key.id, key.name, right);
		await client.activate(workflow.id);
		await expectOneThatWorks(workflow.id);
	});

	it('fails when Avala is unreachable, says so, and works when it is back', async () => {
		const { client } = stage;
		const workflow = await stage.createTriggerWorkflow();
		stage.avala.fault({ reset: true });
		await expect(client.activate(workflow.id)).rejects.toThrow(/No response from 127\.0\.0\.1/);
		stage.avala.clearFaults();
		await client.activate(workflow.id);
		await expectOneThatWorks(workflow.id);
	});

	it('fails when n8n has no https address, and names WEBHOOK_URL', async () => {
		const workflow = await stage.createTriggerWorkflow();
		await stage.n8n.stop();
		await stage.start('main', { webhookUrl: stage.n8n.url });
		await expect(stage.client.activate(workflow.id)).rejects.toThrow('WEBHOOK_URL');
		expect(stage.avala.requests()).toEqual([]);
		await stage.n8n.stop();
		await stage.start();
	});
});
