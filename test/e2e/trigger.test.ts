import type { Json } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { credentialData, sign } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { inParallel, untilTrue } from '../../harness/waiting';
import type { WireFormat } from '../../sandbox';

jest.setTimeout(300_000);

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(async () => await stage?.close());
afterEach(async () => await stage.client.deactivateAll());
beforeEach(() => {
	stage.avala.reset();
	stage.avala.wireFormat = 'guide';
});

async function activated() {
	const workflow = await stage.createTriggerWorkflow();
	await stage.client.activate(workflow.id);
	const [webhook] = stage.avala.webhooks();
	if (!webhook) throw new Error('No webhook was registered.');
	return { workflow, webhook, url: stage.localUrl(webhook.targetUrl) };
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<number> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body,
	});
	await response.arrayBuffer();
	return response.status;
}

const eventBody = (index: number | string) =>
	JSON.stringify({
		id: `evt_${index}`,
		type: 'task.completed',
		created_at: new Date().toISOString(),
		data: { uid: `task_${index}` },
	});

describe(`in n8n ${version}`, () => {
	it('accepts a good key and rejects a bad one when the credential is tested, and refuses plain http', async () => {
		const { client } = stage;
		const test = async (changes: Record<string, unknown>) =>
			await client.testCredential(stage.credential.id, {
				...credentialData(stage.avala),
				...changes,
			});
		expect(await test({})).toMatchObject({ status: 'OK' });
		expect(await test({ apiKey: 'wrong' })).toEqual({
			status: 'Error',
			// n8n 2.8 shows its own message for a 401.
			message: expect.stringMatching(/refused the API key|check your credentials/),
		});
		const requestsBefore = stage.avala.requests().length;
		expect(await test({ baseUrl: 'http://api.example.com/api/v1' })).toEqual({
			status: 'Error',
			message: expect.stringContaining('https'),
		});
		expect(stage.avala.requests()).toHaveLength(requestsBefore);
	});

	it('registers one webhook on activation, starts an execution for each wire format, and removes the webhook on deactivation', async () => {
		const { workflow, webhook } = await activated();
		expect(stage.avala.webhooks()).toHaveLength(1);
		expect(webhook.targetUrl).toMatch(/^https:\/\/localhost:\d+\/webhook\//);

		for (const wireFormat of ['guide', 'older', 'newer'] satisfies WireFormat[]) {
			stage.avala.wireFormat = wireFormat;
			const { event, delivery, executionId } = await stage.execute(workflow.id);
			expect(delivery).toMatchObject({ status: 'delivered', responseStatus: 200 });
			const items = await stage.client.result(executionId);
			expect(items['Avala Trigger']).toEqual([
				expect.objectContaining({
					id: expect.any(String),
					type: 'task.completed',
					data: event.data,
				}),
			]);
		}
		await stage.client.deactivate(workflow.id);
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('starts nothing for events of other projects than the selected ones, and passes those that name none', async () => {
		const [selected, other] = stage.avala.projects();
		const workflow = await stage.createTriggerWorkflow({
			events: ['task.completed', 'dataset.created', 'project.updated'],
			options: { projects: [selected?.uid] },
		});
		await stage.client.activate(workflow.id);
		const responses: unknown[] = [];
		const send = async (type: string, data: Json) => {
			const { delivery } = await stage.deliver(type, data);
			const { started, reason } = JSON.parse(delivery.responseBody) as Json;
			responses.push(started === true ? 'started' : reason);
		};
		const otherProject = 'Events of this project do not start this workflow.';
		const expected: unknown[] = [];
		for (const wireFormat of ['guide', 'older', 'newer'] satisfies WireFormat[]) {
			stage.avala.wireFormat = wireFormat;
			await send('task.completed', { project_uid: other?.uid, project: other?.uid });
			await send('project.updated', { uid: other?.uid });
			await send('task.completed', { project_uid: selected?.uid, project: selected?.uid });
			await send('dataset.created', {});
			expected.push(otherProject, otherProject, 'started', 'started');
		}
		expect(responses).toEqual(expected);
		expect(await stage.client.untilExecuted(workflow.id, 6)).toHaveLength(6);
		expect(await stage.client.executions(workflow.id)).toHaveLength(6);
		await stage.client.deactivate(workflow.id);
	});

	it('leaves no webhook after ten activations and deactivations in a row', async () => {
		const workflow = await stage.createTriggerWorkflow({ events: ['export.completed'] });
		for (let round = 0; round < 10; round++) {
			await stage.client.activate(workflow.id);
			expect(stage.avala.webhooks()).toHaveLength(1);
			await stage.client.deactivate(workflow.id);
			expect(stage.avala.webhooks()).toEqual([]);
		}
	});

	it('starts no execution for 300 forged requests, and 300 for as many signed ones sent 20 at a time', async () => {
		const { workflow, webhook, url } = await activated();
		const forgeries: Array<(body: string) => Record<string, string>> = [
			() => ({}),
			(body) => ({ 'x-avala-signature': sign(body, 'wrong') }),
			(body) => ({ 'x-avala-signature': sign(body, webhook.secret).slice(0, 63) }),
			(body) => ({ 'x-avala-webhook-signature': sign(`${body} `, webhook.secret) }),
		];
		const statuses: number[] = [];
		await inParallel(300, 20, async (index) => {
			const body = eventBody(`forged_${index}`);
			statuses.push(await post(url, body, forgeries[index % forgeries.length]?.(body) ?? {}));
		});
		expect(new Set(statuses)).toEqual(new Set([401]));

		statuses.length = 0;
		await inParallel(300, 20, async (index) => {
			const body = eventBody(index);
			statuses.push(await post(url, body, { 'x-avala-signature': sign(body, webhook.secret) }));
		});
		expect(new Set(statuses)).toEqual(new Set([200]));
		const executions = await stage.client.untilExecuted(workflow.id, 300, 180_000);
		expect(executions.filter(({ status }) => status === 'success')).toHaveLength(300);
		expect(executions).toHaveLength(300);
		await stage.client.deactivate(workflow.id);
	});

	it('responds 400 to a body that is not an event, and starts nothing', async () => {
		const { workflow, webhook, url } = await activated();
		for (const body of ['', '[]', 'null', '{"data":{}}', 'no json']) {
			const headers = {
				'content-type': 'text/plain',
				'x-avala-signature': sign(body, webhook.secret),
			};
			expect({ body, status: await post(url, body, headers) }).toEqual({ body, status: 400 });
		}
		const binary = eventBody(1);
		const headers = {
			'content-type': 'application/octet-stream',
			'x-avala-signature': sign(binary, webhook.secret),
		};
		expect(await post(url, binary, headers)).toBe(200);
		expect(await stage.client.untilExecuted(workflow.id, 1)).toHaveLength(1);
		await stage.client.deactivate(workflow.id);
	});

	it('keeps its webhook and secret across a restart, and removes the webhook afterwards', async () => {
		const { workflow, webhook } = await activated();
		await stage.n8n.stop();
		await stage.start();
		expect(stage.avala.webhooks()).toEqual([webhook]);
		await stage.execute(workflow.id);
		await stage.client.deactivate(workflow.id);
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('listens for a test event while the workflow is active, and removes the test webhook once it has arrived', async () => {
		const { workflow, webhook } = await activated();
		await stage.client.run(workflow.id, 'Avala Trigger');
		await untilTrue(() => stage.avala.webhooks().length === 2);
		const testWebhook = stage.avala
			.webhooks()
			.find(({ targetUrl }) => targetUrl.includes('/webhook-test/'));
		expect(testWebhook).toBeDefined();

		const response = await fetch(`${stage.avala.baseUrl}/webhooks/${testWebhook?.uid}/test/`, {
			method: 'POST',
			headers: { 'x-avala-api-key': stage.avala.apiKey },
		});
		expect(await response.json()).toMatchObject({ success: true });
		await untilTrue(() => stage.avala.webhooks().length === 1);
		expect(stage.avala.webhooks()).toEqual([webhook]);
		const executions = await stage.client.untilExecuted(workflow.id, 1);
		const items = await stage.client.result(executions[0]?.id ?? '');
		expect(items['Avala Trigger']).toEqual([expect.objectContaining({ test: true })]);
		await stage.client.deactivate(workflow.id);
	});

	it('says why an activation fails and what to do, and leaves nothing behind', async () => {
		const { client } = stage;
		const wrongKey = await client.createCredential('Wrong key', {
			...credentialData(stage.avala),
			apiKey: 'wrong',
		});
		const withWrongKey = await stage.createTriggerWorkflow(undefined, wrongKey);
		await expect(client.activate(withWrongKey.id)).rejects.toThrow(
			/refused the API key.*enter a current key/s,
		);

		const withWrongEvent = await stage.createTriggerWorkflow({
			events: [],
			options: { customEvents: ['no.such_event'] },
		});
		await expect(client.activate(withWrongEvent.id)).rejects.toThrow('no.such_event');
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('stores a secret from the credential nowhere else, and verifies with it', async () => {
		const { client } = stage;
		const secret = 'kept-in-the-credential-alone';
		const credential = await client.createCredential(
			'With secret',
			credentialData(stage.avala, secret),
		);
		const workflow = await stage.createTriggerWorkflow(undefined, credential);
		await client.activate(workflow.id);
		expect(stage.avala.webhooks()).toEqual([expect.objectContaining({ secret })]);
		const { executionId } = await stage.execute(workflow.id);
		const stored = JSON.stringify([
			await client.call('GET', `/rest/executions/${executionId}`),
			await client.call('GET', `/rest/workflows/${workflow.id}`),
		]);
		expect(stored).not.toContain(secret);
		await client.deactivate(workflow.id);
	});

	it('writes neither the API key nor a signing secret to its log', () => {
		const log = stage.n8n.log();
		expect(log.length).toBeGreaterThan(100);
		expect(log).not.toContain(stage.avala.apiKey);
		for (const { secret } of stage.avala.webhooks()) expect(log).not.toContain(secret);
		expect(log).not.toMatch(/\b[0-9a-f]{64}\b/);
	});
});
