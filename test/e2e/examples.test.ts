import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';

import { ROOT } from '../../harness/pack';
import type { Json, Workflow, WorkflowJson } from '../../harness/restData';
import { toArray, toObject } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { untilTrue } from '../../harness/waiting';
import type { WireFormat } from '../../sandbox';
import type { LocalServer } from '../support/localServer';
import { serve } from '../support/localServer';

jest.setTimeout(400_000);

const EXAMPLES = path.join(ROOT, 'examples');

let stage: Stage;
let chat: LocalServer;
/** The messages that came to the chat, as JSON. */
const messages: unknown[] = [];
/** Where n8n may save files. */
let files: string;
beforeAll(async () => {
	files = mkdtempSync(path.join(tmpdir(), 'avala-files-'));
	stage = await openStage({
		sandbox: { allowHttpLoopbackTargets: true },
		env: { N8N_RESTRICT_FILE_ACCESS_TO: files },
	});
	chat = await serve((request, response) => {
		void json(request).then((message) => {
			messages.push(message);
			response.setHeader('content-type', 'application/json').end('{}');
		});
	});
});
afterAll(async () => {
	await stage?.close();
	await chat?.close();
	rmSync(files, { recursive: true, force: true });
});

const readExample = (file: string) => readFileSync(path.join(EXAMPLES, `${file}.json`), 'utf8');

/**
 * Imports the file as it is, but for the chat's address and the selected credential.
 *
 * @param replacements what else its notes ask the user to fill in
 */
async function importExample(
	file: string,
	replacements: Record<string, string> = {},
): Promise<Workflow> {
	let text = readExample(file);
	for (const [from, to] of Object.entries({
		'https://chat.example.com': chat.url,
		...replacements,
	}))
		text = text.replaceAll(from, to);
	const workflow: WorkflowJson = JSON.parse(text);
	const nodes = workflow.nodes.map((node) =>
		node.type.startsWith('n8n-nodes-avala.')
			? { ...node, credentials: { avalaApi: stage.credential } }
			: node,
	);
	return await stage.client.createWorkflow({ ...workflow, nodes });
}

/** Triggers the event and waits for the execution that it starts. @returns the items that each node gave */
async function sendEvent(workflow: Workflow, type: string, data: Record<string, unknown> = {}) {
	const { executionId } = await stage.execute(workflow.id, type, data);
	return await stage.client.items(executionId);
}

async function runByHand(workflow: Workflow, trigger: string) {
	const { client } = stage;
	return await client.result((await client.run(workflow.id, trigger)) ?? '');
}

/** A data table of n8n. */
async function createTable(
	name: string,
	columns: ReadonlyArray<readonly [name: string, type: string]>,
): Promise<{ id: string; rows: () => Promise<Json[]> }> {
	const { client } = stage;
	const { id: project } = toObject(await client.call('GET', '/rest/projects/personal'));
	const tables = `/rest/projects/${project}/data-tables`;
	const created = await client.call('POST', tables, {
		name,
		columns: columns.map(([column, type]) => ({ name: column, type })),
	});
	const id = String(toObject(created).id);
	const rows = async () =>
		toArray(toObject(await client.call('GET', `${tables}/${id}/rows`)).data).map(toObject);
	return { id, rows };
}

/** Has a test of its own: it needs a model. */
const ASKED = 'agent-what-failed';

const TESTED = [
	'completed-task-to-table',
	'delivery-monitoring',
	'export-to-file',
	'new-dataset-pre-labelled',
	'nothing-is-missed',
	'quality-alert',
	'recover-missed-events',
	'result-review-in-chat',
	'task-reviewed-to-chat',
	'webhook-housekeeping',
	'weekly-export',
];

it('the examples are all tested here', () => {
	const files = readdirSync(EXAMPLES).filter((file) => file.endsWith('.json'));
	expect(files.sort()).toEqual([ASKED, ...TESTED].map((name) => `${name}.json`));
});

/** In the place of a minute, n8n accepts one number of seconds in each rule. */
const EVERY_FIVE_SECONDS = Array.from(
	{ length: 12 },
	(_, index) => `"mode": "custom", "cronExpression": "${index * 5} * * * * *"`,
).join(' }, { ');

const FORMATS: WireFormat[] = ['guide', 'older', 'newer'];

describe.each(FORMATS)(`the examples in n8n ${version}, in the format "%s",`, (wireFormat) => {
	beforeEach(() => {
		stage.avala.wireFormat = wireFormat;
		stage.avala.reset();
		messages.length = 0;
		for (const file of readdirSync(files)) rmSync(path.join(files, file));
	});

	it('announce a reviewed task and a rejected one in chat', async () => {
		const [project] = stage.avala.projects();
		const tasks = ['Crossing', 'Roundabout'].map((name) =>
			stage.avala.addTask({ name, project: project?.uid }),
		);
		const workflow = await importExample('task-reviewed-to-chat');
		await stage.client.activate(workflow.id);
		await sendEvent(workflow, 'task.reviewed', { uid: tasks[0]?.uid });
		await sendEvent(workflow, 'task.rejected', { uid: tasks[1]?.uid });
		await stage.client.deactivate(workflow.id);

		// Only Avala's guide has an annotator.
		const by = wireFormat === 'guide' ? `, annotated by ${tasks[0]?.assignee}` : '';
		expect(messages).toEqual([
			{ text: `Reviewed: task Crossing of project ${project?.uid}${by}` },
			{ text: `Sent back: task Roundabout of project ${project?.uid}${by}` },
		]);
	});

	it('save a completed task in a table, once for each task', async () => {
		const table = await createTable(`Avala tasks, ${wireFormat}`, [
			...['uid', 'name', 'type', 'status', 'project', 'assignee'].map(
				(name) => [name, 'string'] as const,
			),
			['completed_at', 'date'],
		]);
		const [task] = stage.avala.tasks().filter(({ status }) => status !== 'completed');
		const workflow = await importExample('completed-task-to-table', { table_abc123: table.id });
		await stage.client.activate(workflow.id);
		await sendEvent(workflow, 'task.completed', { uid: task?.uid });
		await sendEvent(workflow, 'task.completed', { uid: task?.uid });
		await stage.client.deactivate(workflow.id);

		expect(await table.rows()).toEqual([
			expect.objectContaining({
				uid: task?.uid,
				name: task?.name,
				type: task?.type,
				status: 'completed',
				project: task?.project,
				completed_at: stage.avala.tasks().find(({ uid }) => uid === task?.uid)?.updatedAt,
			}),
		]);
	});

	it('save each finished export', async () => {
		const workflow = await importExample('export-to-file', { '/home/node/.n8n-files': files });
		await stage.client.activate(workflow.id);
		const nodes = await sendEvent(workflow, 'export.completed');
		await stage.client.deactivate(workflow.id);

		const [item = {}] = nodes['Download Export'] ?? [];
		const { name, content } = await stage.client.file(item);
		expect(item.json).toMatchObject({ state: 'ready', uid: stage.avala.exports()[0]?.uid });
		expect(readFileSync(path.join(files, name))).toEqual(content);
		expect(content.length).toBeGreaterThan(0);
	});

	it('save an export of a project', async () => {
		const [project] = stage.avala.projects();
		stage.avala.planExports({ requestedMs: 10, processingMs: 10 });
		const workflow = await importExample('weekly-export', {
			proj_abc123: project?.uid ?? '',
			'/home/node/.n8n-files': files,
		});
		const nodes = await runByHand(workflow, 'Every Monday');

		expect(nodes['Create Export']).toEqual([expect.objectContaining({ state: 'ready' })]);
		expect(stage.avala.exports()).toEqual([
			expect.objectContaining({ projects: [project?.uid], state: 'ready' }),
		]);
		const [saved = ''] = readdirSync(files);
		expect(saved).toMatch(/^\d{4}-\d\d-\d\d-/);
		expect(readFileSync(path.join(files, saved), 'utf8')).not.toBe('');
	});

	it('report a missed quality target in chat', async () => {
		const workflow = await importExample('quality-alert');
		await stage.client.activate(workflow.id);
		await sendEvent(workflow, 'quality.alert', { name: 'Few issues' });
		await sendEvent(workflow, 'quality.alert', { project_uid: 'proj_none' });
		const untold = { name: 'Few issues', project_uid: stage.avala.addProject().uid };
		await sendEvent(workflow, 'quality.alert', untold);
		await stage.client.deactivate(workflow.id);

		expect(messages.map((message) => toObject(message).text)).toEqual([
			'Avala quality alert: Few issues\nFew issues: issue_rate is 0.08 (warning when gt 0.05)',
			expect.stringMatching(
				/^Avala quality alert: .+\nAvala does not know the quality targets of project proj_none\./,
			),
			'Avala quality alert: Few issues\n',
		]);
	});

	it('reject a result from chat, with the reason that a person gives in a form', async () => {
		const { avala, client } = stage;
		const [agent] = avala.all('agents');
		const agentId = agent?.uid ?? '';
		const workflow = await importExample('result-review-in-chat', { agent_abc123: agentId });
		await client.activate(workflow.id);
		const { event } = await stage.deliver('result.submitted');
		await untilTrue(() => messages.length === 1);
		const text = String(toObject(messages[0]).text);
		const [link = ''] = /http\S+/.exec(text) ?? [];
		expect(text).toBe(
			`A result of ${String(event.data.task_name)} waits for a decision: car\nApprove or reject it: ${link}`,
		);
		// n8n leaves a form unanswered that is opened before the execution has begun to wait.
		await untilTrue(async () => {
			const [execution] = await client.executions(workflow.id);
			return execution?.status === 'waiting';
		});
		const form = stage.localUrl(link);
		expect(await (await fetch(form)).text()).toContain('Approve or reject the result');
		expect(avala.all('executions')[0]).toMatchObject({ action: null });

		const answer = new FormData();
		answer.set('field-0', 'Reject');
		answer.set('field-1', 'The box is loose.');
		await fetch(form, { method: 'POST', body: answer });
		const [execution] = await client.untilExecuted(workflow.id, 1);
		const nodes = await client.result(execution?.id ?? '');
		await client.deactivate(workflow.id);

		const [stored] = avala.all('executions');
		expect(stored).toMatchObject({
			result: event.data.result_uid,
			action: 'reject',
			response_payload: { reason: 'The box is loose.' },
		});
		expect(nodes['Send Decision']).toEqual([
			expect.objectContaining({ executionId: stored?.uid, decision: 'reject', success: true }),
		]);
	});

	it('pre-label a new dataset of which all has arrived, and report what is missing of another', async () => {
		const { avala, client } = stage;
		avala.planJobs({ goesOnWhenRead: true });
		const project = avala.projects()[0]?.uid ?? '';
		const workflow = await importExample('new-dataset-pre-labelled', { proj_abc123: project });
		await client.activate(workflow.id);
		await sendEvent(workflow, 'dataset.created', { slug: 'street', item_count: 5 });
		const incomplete = avala.datasets().find(({ status }) => status === 'creating');
		await sendEvent(workflow, 'dataset.created', { uid: incomplete?.uid });
		await client.deactivate(workflow.id);

		expect(messages.map((message) => toObject(message).text)).toEqual([
			expect.stringMatching(
				/^New dataset street: \d+ items have arrived; the model labelled 12 of 12 items of the project\.$/,
			),
			'Check the new dataset night-drives (status creating): 12 items have arrived.\n3 of 15 videos could not be read.',
		]);
		expect(avala.all('jobs')[0]).toMatchObject({ projectUid: project, model_type: 'yolo' });
	});

	it('alert while deliveries fail, although Avala will retry them, and not before', async () => {
		const workflow = await importExample('delivery-monitoring');
		await runByHand(workflow, 'Every 15 Minutes');
		stage.avala.seedDeliveries(
			Array.from({ length: 19 }, () => ({ status: 'delivered' as const })),
		);
		await runByHand(workflow, 'Every 15 Minutes');
		expect(messages).toEqual([]);

		stage.avala.addWebhook({
			targetUrl: `${stage.n8n.url}/webhook/nobody`,
			events: ['task.completed'],
		});
		await stage.deliver();
		stage.avala.deliveriesFail = true;
		await stage.deliver();
		await runByHand(workflow, 'Every 15 Minutes');
		expect(
			stage.avala.deliveries(2).map(({ status, responseStatus }) => [status, responseStatus]),
		).toEqual([
			['pending', 503],
			['pending', 404],
		]);
		expect(messages).toEqual([
			{
				text: expect.stringMatching(
					/^Avala deliveries: only 90\.5 % of 21 .*; 2 will be retried\.\n.*503\n.*404/,
				),
			},
		]);
	});

	/** Where the example goes on with an event that never arrived: the guide's deliveries do not contain it. */
	const next = wireFormat === 'guide' ? 'Look Up in Avala' : 'Process Event';
	const lost = wireFormat === 'guide' ? { recoverable: false } : { recovered: true };

	it('process the events that arrive, and without a click those that were missed', async () => {
		const { avala, client } = stage;
		const [, webhookId] = /"webhookId": "(.+)"/.exec(readExample('nothing-is-missed')) ?? [];
		const workflow = await importExample('nothing-is-missed', {
			'"webhookUrl": ""': `"webhookUrl": "${stage.front.url}/webhook/${webhookId}/webhook"`,
			'"mode": "everyMinute"': EVERY_FIVE_SECONDS,
		});
		await client.activate(workflow.id);
		const arrived = await sendEvent(workflow, 'task.completed');
		avala.deliveriesFail = true;
		avala.emit('task.completed');
		await avala.giveUp();
		avala.deliveriesFail = false;
		const [execution] = await client.untilExecuted(workflow.id, 2);
		const missed = await client.result(execution?.id ?? '');
		const [webhook] = avala.webhooks();
		await client.deactivate(workflow.id);

		expect(arrived['Process Event']).toHaveLength(1);
		expect(missed[next]).toEqual([expect.objectContaining({ type: 'task.completed', ...lost })]);
		expect(webhook?.isActive).toBe(true);
	});

	it('recover missed events by hand, each once', async () => {
		stage.avala.seedDeliveries([{ status: 'failed', attempts: 5 }]);
		const workflow = await importExample('recover-missed-events');
		const first = await runByHand(workflow, 'Start');
		const second = await runByHand(workflow, 'Start');

		expect(first[next]).toEqual([expect.objectContaining({ type: 'task.completed', ...lost })]);
		expect(second['Missed Events']).toHaveLength(1);
		expect(second['Process Event'] ?? []).toEqual([]);
	});

	it('activate an inactive webhook that responds, and report one that does not', async () => {
		const target = await importExample('task-reviewed-to-chat');
		await stage.client.activate(target.id);
		const [responding] = stage.avala.webhooks();
		if (!responding) throw new Error('No webhook was made.');
		stage.avala.addWebhook({ ...responding, isActive: false });
		const dead = stage.avala.addWebhook({ targetUrl: 'https://localhost:1/gone', isActive: false });

		await runByHand(await importExample('webhook-housekeeping'), 'Every Morning');
		const active = stage.avala.webhooks().filter(({ isActive }) => isActive);
		await stage.client.deactivate(target.id);

		expect(active.map(({ uid }) => uid)).toEqual([responding.uid]);
		expect(messages).toEqual([
			{ text: expect.stringContaining(`${dead.targetUrl} is inactive and does not respond`) },
		]);
	});
});
