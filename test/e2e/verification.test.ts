import type { Json } from '../../harness/restData';
import { toObject } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { credentialData, sign } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { avalaTrigger, workflowOf } from '../../harness/workflows';
import { NEWEST_N8N } from '../../harness/versions';
import type { StoredWebhook } from '../../sandbox';
import { serve } from '../support/localServer';

jest.setTimeout(300_000);

const SECOND_KEY = '0123456789012345678901234567890123456789';

let stage: Stage;
beforeAll(async () => {
	// The trigger uses what it read from the credential for a ping for ten seconds.
	stage = await openStage({ sandbox: { keys: [{ key: SECOND_KEY }], pingOnCreate: false } });
});
afterAll(async () => await stage?.close());
afterEach(async () => await stage.reset());

function registered(): StoredWebhook {
	const [webhook] = stage.avala.webhooks();
	if (webhook) return webhook;
	throw new Error('No webhook was registered.');
}

/** Activates a workflow of the trigger with a credential that holds this secret. */
async function activatedWithSecret(secret: string) {
	const credential = await stage.client.createCredential(
		`With ${secret}`,
		credentialData(stage.avala, secret),
	);
	const workflow = await stage.createTriggerWorkflow(undefined, credential);
	await stage.client.activate(workflow.id);
	return { credential, workflow, webhook: registered() };
}

/** Sends a body to n8n itself, as Avala would. */
async function post(
	{ targetUrl }: StoredWebhook,
	body: string,
	headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
	const response = await fetch(stage.localUrl(targetUrl), {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: Buffer.from(body),
	});
	return { status: response.status, text: await response.text() };
}

const signed = (body: string, secret: string) => ({ 'x-avala-signature': sign(body, secret) });

const EVENT = JSON.stringify({
	id: 'evt_1',
	type: 'task.completed',
	created_at: '2026-03-02T10:30:00Z',
	data: { uid: 'task_1' },
});

describe(`a request in n8n ${version}`, () => {
	it('gets 401 without a signature and 503 with one after the credential was deleted, and starts nothing', async () => {
		const { credential, workflow, webhook } = await activatedWithSecret('kept-in-the-credential');
		await stage.client.deleteCredential(credential.id);
		expect(await post(webhook, EVENT)).toMatchObject({ status: 401 });
		expect(await post(webhook, EVENT, signed(EVENT, 'a guess'))).toMatchObject({ status: 503 });
		expect(await post(webhook, EVENT, signed(EVENT, webhook.secret))).toEqual({
			status: 503,
			text: expect.stringContaining('The signing secret cannot be read'),
		});
		expect(await stage.client.executions(workflow.id)).toEqual([]);
	});

	it('is verified by any of the signatures that a proxy has folded into one header', async () => {
		const workflow = await stage.createTriggerWorkflow();
		await stage.client.activate(workflow.id);
		const webhook = registered();
		const good = sign(EVENT, webhook.secret);
		const bad = sign(EVENT, 'a guess');
		const send = async (signature: string) =>
			(await post(webhook, EVENT, { 'x-avala-signature': signature })).status;
		expect([
			await send(`${bad}, ${bad}`),
			await send(`${bad}, ${good}`),
			await send(`${good},${bad}`),
		]).toEqual([401, 200, 200]);
		expect(await stage.client.untilExecuted(workflow.id, 2)).toHaveLength(2);
		expect(await stage.client.executions(workflow.id)).toHaveLength(2);
	});

	it('may begin with a byte order mark, unless an older n8n refuses to parse it as JSON', async () => {
		const workflow = await stage.createTriggerWorkflow();
		await stage.client.activate(workflow.id);
		const webhook = registered();
		const body = `\uFEFF${EVENT}`;
		const statuses: Record<string, number> = {};
		for (const type of [
			'application/json',
			'application/json; charset=utf-8',
			'application/vnd.avala+json',
			'application/octet-stream',
			'text/plain',
		]) {
			const headers = { 'content-type': type, ...signed(body, webhook.secret) };
			statuses[type] = (await post(webhook, body, headers)).status;
		}
		// n8n's own body parser comes before the node.
		const json = version === NEWEST_N8N ? 200 : 422;
		expect(statuses).toEqual({
			'application/json': json,
			'application/json; charset=utf-8': json,
			'application/vnd.avala+json': 200,
			'application/octet-stream': 200,
			'text/plain': 200,
		});
		const started = Object.values(statuses).filter((status) => status === 200).length;
		const executions = await stage.client.untilExecuted(workflow.id, started);
		expect(executions.map(({ status }) => status)).toEqual(
			Array.from({ length: started }, () => 'success'),
		);
		expect(await stage.client.executions(workflow.id)).toHaveLength(started);
	});

	it('gets 401 after the secret in the credential was changed, which says so and what to do', async () => {
		const { credential, workflow, webhook } = await activatedWithSecret('the-first-secret');
		await stage.client.updateCredential(
			credential.id,
			credential.name,
			credentialData(stage.avala, 'the-second-secret'),
		);
		expect(await post(webhook, EVENT, signed(EVENT, webhook.secret))).toEqual({
			status: 401,
			text: expect.stringMatching(
				/created with another secret than the Avala credential contains now.*publish it again/,
			),
		});
		await stage.client.deactivate(workflow.id);
		await stage.client.activate(workflow.id);
		expect(registered().secret).toBe('the-second-secret');
		await stage.execute(workflow.id);
		expect(await stage.client.executions(workflow.id)).toHaveLength(1);
	});
});

describe(`the signing secret in n8n ${version}`, () => {
	it('survives an old execution that writes its static data back, a restart, and another API key', async () => {
		const { client } = stage;
		const key = await client.createCredential('Changing', credentialData(stage.avala));
		// Holds the first execution, as a Wait node would, for exactly as long as the test wants.
		const held: Array<() => void> = [];
		let isHolding = true;
		const server = await serve((_, response) => {
			if (isHolding) held.push(() => response.end('{}'));
			else response.end('{}');
		});
		try {
			const workflow = await client.createWorkflow(
				workflowOf('Static data', [
					avalaTrigger(key),
					{
						name: 'Wait',
						type: 'n8n-nodes-base.httpRequest',
						typeVersion: 4.2,
						parameters: { url: server.url },
					},
					{
						name: 'Code',
						type: 'n8n-nodes-base.code',
						typeVersion: 2,
						parameters: {
							jsCode:
								"const all = $getWorkflowStaticData('global'); all.count = (all.count ?? 0) + 1; return $input.all();",
						},
					},
				]),
			);
			await client.activate(workflow.id);
			const first = registered();
			const staticData = async () =>
				toObject(toObject(await client.call('GET', `/rest/workflows/${workflow.id}`)).staticData);
			await stage.deliver();
			while (held.length === 0) await new Promise(setImmediate);
			isHolding = false;
			await client.deactivate(workflow.id);
			await client.activate(workflow.id);
			expect(registered().uid).not.toBe(first.uid);
			expect(JSON.stringify(await staticData())).toContain(registered().uid);

			for (const end of held) end();
			await client.untilExecuted(workflow.id, 1);
			const written: Json = await staticData();
			expect(written.global).toEqual({ count: 1 });
			expect(JSON.stringify(written)).toContain(first.uid);
			await stage.execute(workflow.id);

			await stage.n8n.stop();
			await stage.start();
			await stage.execute(workflow.id);

			await stage.client.updateCredential(key.id, key.name, {
				...credentialData(stage.avala),
				apiKey: SECOND_KEY,
			});
			await stage.execute(workflow.id);
			expect(stage.avala.deliveries().map(({ status }) => status)).toEqual(
				Array.from({ length: 4 }, () => 'delivered'),
			);
			await stage.client.deactivate(workflow.id);
			expect(stage.avala.webhooks()).toEqual([]);
		} finally {
			for (const end of held) end();
			await server.close();
		}
	});
});
