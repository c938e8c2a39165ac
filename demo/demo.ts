import type { NodeJson } from '../harness/restData';
import type { Stage } from '../harness/stage';
import { sign } from '../harness/stage';
import exportCompleted from './workflows/export-completed.json';
import taskCompleted from './workflows/task-completed.json';

const WORKFLOWS = [
	{ event: 'task.completed', file: taskCompleted },
	{ event: 'export.completed', file: exportCompleted },
];

/** A workflow of the demo in n8n, and the event that starts it. */
export interface DemoWorkflow {
	id: string;
	name: string;
	event: string;
}

/** Creates the demo's workflows, or finds them where an earlier demo left them, and activates them. */
export async function activateWorkflows({ client, credential }: Stage): Promise<DemoWorkflow[]> {
	const known = await client.workflows();
	const workflows: DemoWorkflow[] = [];
	for (const { event, file } of WORKFLOWS) {
		const nodes = file.nodes.map(({ position: [x = 0, y = 0], ...node }): NodeJson => {
			const isTrigger = node.type === 'n8n-nodes-avala.avalaTrigger';
			return {
				...node,
				position: [x, y],
				...(isTrigger && { credentials: { avalaApi: credential } }),
			};
		});
		const workflow =
			known.find(({ name }) => name === file.name) ??
			(await client.createWorkflow({ ...file, nodes }));
		// A demo that was cut off left it active, with a webhook that this sandbox does not know.
		if (workflow.active) await client.deactivate(workflow.id);
		await client.activate(workflow.id);
		workflows.push({ id: workflow.id, name: workflow.name, event });
	}
	return workflows;
}

/**
 * Triggers the event of each workflow and sends one that is forged.
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
		const items = Object.values(await stage.client.result(executionId));
		lines.push(
			'',
			`✔ Event sent            ${event.type} ${event.id}`,
			`✔ Signature verified    n8n responded ${delivery.responseStatus}: ${delivery.responseBody}`,
			`✔ Execution finished    ${executionId} of "${name}"; its last node returned:`,
			JSON.stringify(items.at(-1)?.[0], null, 2).replace(/^/gm, '    '),
		);
	}
	lines.push(
		'',
		`✔ Forgery rejected      n8n responded ${await sendForgery(stage)} to the last event with a forged signature`,
	);
	return lines.join('\n');
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
