import type { Json, NodeJson } from '../harness/restData';
import type { Stage } from '../harness/stage';
import { sign } from '../harness/stage';
import exportDownloaded from './workflows/export-downloaded.json';
import whatHappened from './workflows/what-happened.json';

/** The workflows, and the event that is sent to each. */
const PUBLISHED = [
	{ event: 'task.completed', file: whatHappened },
	{ event: 'export.completed', file: exportDownloaded },
];

/** A workflow of the demo in n8n, and the event that starts it. */
export interface DemoWorkflow {
	id: string;
	name: string;
	event: string;
}

interface WorkflowFile {
	name: string;
	nodes: Array<Omit<NodeJson, 'position'> & { position: number[] }>;
	connections: Json;
	settings: Json;
}

/** Creates the demo's workflows in the place of those that an earlier demo left, and publishes them. */
export async function publishWorkflows(stage: Stage): Promise<DemoWorkflow[]> {
	const { client } = stage;
	const names = PUBLISHED.map(({ file }) => file.name);
	for (const { id, name, active } of await client.workflows()) {
		if (!names.includes(name)) continue;
		if (active) await client.deactivate(id);
		await client.deleteWorkflow(id);
	}
	const workflows: DemoWorkflow[] = [];
	for (const { event, file } of PUBLISHED) {
		const { id, name } = await createWorkflow(stage, file);
		await client.activate(id);
		workflows.push({ id, name, event });
	}
	return workflows;
}

async function createWorkflow({ client, credential, front }: Stage, file: WorkflowFile) {
	const { webhookId = '' } = file.nodes.find(({ type }) => type.endsWith('.avalaTrigger')) ?? {};
	const webhookUrl = `${front.url}/webhook/${webhookId}/webhook`;
	const nodes = file.nodes.map(({ position: [x = 0, y = 0], ...node }): NodeJson => {
		const parameters = {
			...node.parameters,
			...('webhookUrl' in node.parameters && { webhookUrl }),
		};
		const isAvala = node.type.startsWith('n8n-nodes-avala.');
		const credentials = isAvala && { credentials: { avalaApi: credential } };
		return { ...node, position: [x, y], parameters, ...credentials };
	});
	return await client.createWorkflow({ ...file, nodes });
}

/**
 * Triggers the event of each workflow, and sends one that is forged.
 *
 * @returns what happened, for people to read
 */
export async function showEvents(stage: Stage, workflows: DemoWorkflow[]): Promise<string> {
	const lines = stage.avala
		.webhooks()
		.map(
			({ uid, events, targetUrl }) =>
				`✔ Webhook registered    ${uid} for ${events.join(', ')}\n  ${targetUrl}`,
		);
	for (const { id, name, event: type } of workflows) {
		const { event, delivery, executionId } = await stage.execute(id, type);
		const [item = {}] = Object.values(await stage.client.items(executionId)).at(-1) ?? [];
		lines.push(
			'',
			`✔ Event sent            ${event.type} ${event.id}`,
			`✔ Signature verified    n8n responded ${delivery.responseStatus}: ${delivery.responseBody}`,
			`✔ Execution finished    ${executionId} of "${name}"; its last node returned:`,
			indented(item.json),
		);
		if (item.binary !== undefined) {
			const { name: fileName, content } = await stage.client.file(item);
			lines.push(`✔ Export downloaded     ${fileName}, ${content.length} bytes arrived`);
		}
	}
	lines.push(
		'',
		`✔ Forgery rejected      n8n responded ${await sendForgery(stage)} to the last event with a forged signature`,
	);
	return lines.join('\n');
}

/**
 * Makes every attempt to deliver an event fail, in the format that is set and in one whose deliveries carry
 * the event, and waits for the execution that the workflow starts by itself.
 *
 * @returns what happened, for people to read
 */
export async function showRecovery(stage: Stage, [workflow]: DemoWorkflow[]): Promise<string> {
	const { avala } = stage;
	const { wireFormat } = avala;
	if (!workflow) throw new Error('The demo has no workflow.');
	const first = await missEvent(stage, workflow);
	avala.wireFormat = 'older';
	const second = await missEvent(stage, workflow).finally(() => (avala.wireFormat = wireFormat));
	return [
		...first,
		`  In the format "${wireFormat}", the deliveries of Avala do not contain the event. In "older" and "newer" they do:`,
		...second,
		'',
		'To repeat it, click in the sandbox: "Make deliveries fail", "Complete a task", "Skip the waiting",',
		'"Let deliveries arrive". The workflow runs within seconds, in each format.',
	].join('\n');
}

async function missEvent(stage: Stage, { id, name }: DemoWorkflow): Promise<string[]> {
	const { avala, client } = stage;
	const before = new Set((await client.executions(id)).map((execution) => execution.id));
	avala.deliveriesFail = true;
	const { type, data } = avala.emit('task.completed');
	await avala.giveUp();
	avala.deliveriesFail = false;
	const executions = await client.untilExecuted(id, before.size + 1);
	const executionId = executions.find((execution) => !before.has(execution.id))?.id ?? '';
	const result = await client.result(executionId);
	return [
		'',
		`✔ Event missed          ${type} ${String(data.uid)}: Avala gave up after 5 attempts (without the waiting in between)`,
		'✔ Webhook activated     again by n8n, since Avala had deactivated it',
		`✔ Workflow started      without a click: execution ${executionId} of "${name}"; its last node returned:`,
		...(result['Say What Happened'] ?? []).map(indented),
	];
}

/** Sends the last event again, signed by someone who does not know the secret. @returns n8n's status */
async function sendForgery(stage: Stage): Promise<number> {
	const [delivery] = stage.avala.deliveries();
	const webhook = stage.avala.webhooks().find(({ uid }) => uid === delivery?.webhookUid);
	const body = JSON.stringify(delivery?.event);
	const headers = {
		'content-type': 'application/json',
		'x-avala-signature': sign(body, 'a guess'),
	};
	const url = stage.localUrl(webhook?.targetUrl ?? '');
	return (await fetch(url, { method: 'POST', headers, body })).status;
}

function indented(value: unknown): string {
	return JSON.stringify(value, null, 2).replace(/^/gm, '    ');
}
