import type { Json, NodeJson } from '../harness/restData';
import type { Stage } from '../harness/stage';
import { sign } from '../harness/stage';
import exportDownloaded from './workflows/export-downloaded.json';
import missedEvents from './workflows/missed-events.json';
import whatHappened from './workflows/what-happened.json';

/** The workflows with a trigger, and the event that is sent to each. */
const PUBLISHED = [
	{ event: 'task.completed', file: whatHappened },
	{ event: 'export.completed', file: exportDownloaded },
];
/** Avala makes five attempts: one, and four retries. */
const RETRIES = 4;

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

/** Creates the demo's workflows, or finds them where an earlier demo left them, and publishes them. */
export async function publishWorkflows(stage: Stage): Promise<DemoWorkflow[]> {
	const { client } = stage;
	const workflows: DemoWorkflow[] = [];
	for (const { event, file } of PUBLISHED) {
		const { id, name, active } = await putWorkflow(stage, file);
		// A demo that was cut off left it active, with a webhook that this sandbox does not know.
		if (active) await client.deactivate(id);
		await client.activate(id);
		workflows.push({ id, name, event });
	}
	return workflows;
}

async function putWorkflow({ client, credential }: Stage, file: WorkflowFile) {
	const known = (await client.workflows()).find(({ name }) => name === file.name);
	if (known) return known;
	const nodes = file.nodes.map(({ position: [x = 0, y = 0], ...node }): NodeJson => {
		const isAvala = node.type.startsWith('n8n-nodes-avala.');
		return { ...node, position: [x, y], ...(isAvala && { credentials: { avalaApi: credential } }) };
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
 * Makes every attempt to deliver an event fail, then has n8n recover the event.
 *
 * @returns what happened, for people to read
 */
export async function showRecovery(stage: Stage): Promise<string> {
	const { avala, client } = stage;
	const { wireFormat } = avala;
	// In this format Avala keeps what was sent with each delivery.
	avala.wireFormat = 'older';
	try {
		const missed = await missEvent(stage);
		const { id, name } = await putWorkflow(stage, missedEvents);
		const executionId = (await client.run(id, 'Start')) ?? '';
		const items = (await client.result(executionId))['Missed Events'] ?? [];
		return [
			'',
			`✔ Event missed          ${missed}: ${RETRIES + 1} attempts failed (without the waiting in between)`,
			`✔ Event recovered       execution ${executionId} of "${name}" returned:`,
			...items.map(indented),
			'  Deliveries of the guide’s format, which the sandbox uses again now, carry no event.',
			'  To recover one yourself, choose the format "older" or "newer" in the sandbox.',
		].join('\n');
	} finally {
		avala.wireFormat = wireFormat;
	}
}

/** @returns type and task of an event that Avala has given up on */
async function missEvent(stage: Stage): Promise<string> {
	const { avala } = stage;
	const retry = async () => {
		avala.deliveriesFail = true;
		const attempted = avala.next('attempt');
		avala.retryNow();
		await attempted;
		avala.deliveriesFail = false;
	};
	avala.deliveriesFail = true;
	const { event } = await stage.deliver('task.completed');
	for (let retries = 1; retries < RETRIES; retries++) await retry();
	avala.deliveriesFail = false;
	// Avala would deactivate a webhook that accepts nothing in the meantime.
	await stage.deliver('task.completed');
	await retry();
	return `${event.type} ${String(event.data.uid)}`;
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
