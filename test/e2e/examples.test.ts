import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';

import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';

import { ROOT } from '../../harness/pack';
import type { Workflow, WorkflowJson } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { credentialData } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { makeDelivery } from '../../sandbox/store';

jest.setTimeout(400_000);

const EXAMPLES = path.join(ROOT, 'examples');

/** A server that is neither n8n nor Avala: a chat service, or another company's storage. */
class Elsewhere {
	readonly received: Array<{ url: string; headers: IncomingHttpHeaders; body: unknown }> = [];

	private readonly server: FastifyInstance = fastify({ forceCloseConnections: true });

	async start(): Promise<void> {
		this.server.all('/*', async (request, reply) => {
			const { url, headers, body } = request;
			this.received.push({ url, headers, body });
			const to = new URL(url, this.url).searchParams.get('redirect');
			return to === null ? { from: 'elsewhere' } : await reply.redirect(to);
		});
		await this.server.listen({ host: '127.0.0.1', port: 0 });
	}

	get url(): string {
		const address = this.server.server.address();
		return `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
	}

	async stop(): Promise<void> {
		await this.server.close();
	}
}

let stage: Stage;
let elsewhere: Elsewhere;
beforeAll(async () => {
	stage = await openStage({ sandbox: { wireFormat: 'older' } });
	elsewhere = new Elsewhere();
	await elsewhere.start();
});
afterAll(async () => {
	await elsewhere?.stop();
	await stage?.close();
});
beforeEach(() => {
	stage.avala.reset();
	elsewhere.received.length = 0;
});

/** Imports the file as it is, but for the addresses that its notes ask for and the selected credential. */
async function importExample(
	file: string,
	{ avalaOrigin = stage.avala.url, credential = stage.credential } = {},
	pinData: Record<string, unknown> = {},
): Promise<Workflow> {
	const text = readFileSync(path.join(EXAMPLES, `${file}.json`), 'utf8')
		.replaceAll('https://chat.example.com', elsewhere.url)
		.replaceAll('https://api.avala.ai', avalaOrigin);
	const workflow: WorkflowJson = JSON.parse(text);
	const nodes = workflow.nodes.map((node) =>
		usesCredential(node) ? { ...node, credentials: { avalaApi: credential } } : node,
	);
	return await stage.client.createWorkflow({ ...workflow, nodes, pinData });
}

function usesCredential({ type, parameters }: { type: string; parameters: object }): boolean {
	return (
		type.startsWith('n8n-nodes-avala.') ||
		('nodeCredentialType' in parameters && parameters.nodeCredentialType === 'avalaApi')
	);
}

/** Triggers the event and waits for the execution that it starts. @returns the items that each node gave */
async function happen(workflow: Workflow, type: string, data: Record<string, unknown> = {}) {
	const { executionId } = await stage.execute(workflow.id, type, data);
	return await stage.client.items(executionId);
}

/** The file that the workflow makes of an export with this download URL. */
async function downloaded(workflow: Workflow, url: string) {
	const nodes = await happen(workflow, 'export.completed', { download_url: url });
	const [item] = nodes['Export File'] ?? [];
	if (!item) throw new Error('The workflow gave no file.');
	return await stage.client.file(item);
}

async function runByHand(workflow: Workflow, trigger: string) {
	const { client } = stage;
	return await client.result((await client.run(workflow.id, trigger)) ?? '');
}

const TESTED = [
	'delivery-monitoring',
	'export-to-file',
	'recover-missed-events',
	'task-reviewed-to-chat',
	'webhook-housekeeping',
];

describe(`the examples in n8n ${version}`, () => {
	it('are all tested here', () => {
		const files = readdirSync(EXAMPLES).filter((file) => file.endsWith('.json'));
		expect(files.sort()).toEqual(TESTED.map((name) => `${name}.json`));
	});

	it('announce a reviewed task and a rejected one in chat', async () => {
		const workflow = await importExample('task-reviewed-to-chat');
		await stage.client.activate(workflow.id);
		await happen(workflow, 'task.reviewed', { uid: 'task_1', project_uid: 'proj_1' });
		await happen(workflow, 'task.rejected', { uid: 'task_2', project_uid: 'proj_1' });
		await stage.client.deactivate(workflow.id);

		expect(elsewhere.received.map(({ body }) => body)).toEqual([
			{ text: 'Reviewed: task task_1 of project proj_1, annotated by ann@example.com' },
			{ text: 'Sent back: task task_2 of project proj_1, annotated by ann@example.com' },
		]);
	});

	describe('download a finished export', () => {
		it('from Avala itself, with the key', async () => {
			const workflow = await importExample('export-to-file');
			await stage.client.activate(workflow.id);
			const files = [
				await downloaded(workflow, '/files/a.json'),
				await downloaded(workflow, `${stage.avala.url}/files/b.json`),
			];
			await stage.client.deactivate(workflow.id);

			const text = expect.stringContaining('An export of the sandbox');
			expect(files).toEqual([
				{ name: 'a.json', text },
				{ name: 'b.json', text },
			]);
		});

		it('from another host, and the key does not go there', async () => {
			const workflow = await importExample('export-to-file');
			await stage.client.activate(workflow.id);
			const file = await downloaded(workflow, `${elsewhere.url}/signed/c.json`);
			await stage.client.deactivate(workflow.id);

			expect(file).toEqual({ name: 'c.json', text: '{"from":"elsewhere"}' });
			expect(elsewhere.received).toHaveLength(1);
			expect(JSON.stringify(elsewhere.received)).not.toContain(stage.avala.apiKey);
		});

		it('through a redirect to another host, and the key does not go there', async () => {
			const origin = new Elsewhere();
			await origin.start();
			const credential = await stage.client.createCredential('Redirecting', {
				...credentialData(stage.avala),
				baseUrl: `${origin.url}/api/v1`,
			});
			const redirect = encodeURIComponent(`${elsewhere.url}/signed/d.json`);
			const event = { data: { uid: 'exp_1', download_url: `/files/d.json?redirect=${redirect}` } };
			const workflow = await importExample(
				'export-to-file',
				{ avalaOrigin: origin.url, credential },
				{ 'Avala Trigger': [{ json: event }] },
			);
			const nodes = await runByHand(workflow, 'Avala Trigger');
			await origin.stop();

			expect(nodes['Export File']).toHaveLength(1);
			expect(origin.received).toEqual([
				expect.objectContaining({
					headers: expect.objectContaining({ 'x-avala-api-key': stage.avala.apiKey }),
				}),
			]);
			expect(elsewhere.received).toHaveLength(1);
			expect(JSON.stringify(elsewhere.received)).not.toContain(stage.avala.apiKey);
		});

		it('or say which export could not be downloaded', async () => {
			const event = { data: { uid: 'exp_1', download_url: '/nothing-there.json' } };
			const workflow = await importExample('export-to-file', undefined, {
				'Avala Trigger': [{ json: event }],
			});
			await expect(runByHand(workflow, 'Avala Trigger')).rejects.toThrow(
				'Avala answered 404 for the file of export exp_1',
			);
		});
	});

	it('alert when too many deliveries fail, and only then', async () => {
		const workflow = await importExample('delivery-monitoring');
		await runByHand(workflow, 'Every 15 Minutes');
		stage.avala.seedDeliveries(
			Array.from({ length: 19 }, () => ({ status: 'delivered' as const })),
		);
		await runByHand(workflow, 'Every 15 Minutes');
		expect(elsewhere.received).toEqual([]);

		stage.avala.seedDeliveries([
			{ status: 'failed', responseStatus: 500, errorMessage: null },
			{ status: 'failed', responseStatus: 502, errorMessage: null },
		]);
		await runByHand(workflow, 'Every 15 Minutes');
		expect(elsewhere.received.map(({ body }) => body)).toEqual([
			{ text: expect.stringMatching(/^Avala deliveries: only 90\.5 % of 21 .*\n.*502\n.*500$/) },
		]);
	});

	it('process an event once, whether it arrives, is recovered, or both', async () => {
		const workflow = await importExample('recover-missed-events');
		const { client } = stage;
		await client.activate(workflow.id);
		const live = await happen(workflow, 'task.completed', { uid: 'task_live' });
		await client.deactivate(workflow.id);
		const [arrived] = stage.avala.deliveries();
		if (!arrived) throw new Error('Nothing was delivered.');
		stage.avala.reset();
		stage.avala.seedDeliveries([
			// n8n took the event, but its response did not reach Avala.
			{ ...arrived, status: 'failed' },
			makeDelivery({ status: 'failed', attempts: 5 }, 'older'),
		]);

		const first = await runByHand(workflow, 'Every Hour');
		const second = await runByHand(workflow, 'Every Hour');

		expect(live['Process Event']).toHaveLength(1);
		expect(first['Missed Events']).toHaveLength(2);
		expect(first['Process Event']).toEqual([
			expect.objectContaining({ type: 'task.completed', recovered: true }),
		]);
		expect(second['Missed Events']).toHaveLength(2);
		expect(second['Process Event'] ?? []).toEqual([]);
	});

	it('enable a disabled webhook that responds, and report one that does not', async () => {
		const target = await importExample('task-reviewed-to-chat');
		await stage.client.activate(target.id);
		const [answering] = stage.avala.webhooks();
		if (!answering) throw new Error('No webhook was made.');
		stage.avala.addWebhook({ ...answering, isActive: false });
		const dead = stage.avala.addWebhook({ targetUrl: 'https://localhost:1/gone', isActive: false });

		await runByHand(await importExample('webhook-housekeeping'), 'Every Morning');
		const active = stage.avala.webhooks().filter(({ isActive }) => isActive);
		await stage.client.deactivate(target.id);

		expect(active.map(({ uid }) => uid)).toEqual([answering.uid]);
		expect(elsewhere.received.map(({ body }) => body)).toEqual([
			{ text: expect.stringContaining(`${dead.targetUrl} is switched off and does not answer`) },
		]);
	});
});
