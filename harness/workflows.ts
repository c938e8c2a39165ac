import type { CredentialRef, Json, NodeJson, WorkflowJson } from './restData';

/** An Avala Trigger. @param parameters by default it starts on completed tasks */
export function avalaTrigger(
	credential: CredentialRef,
	parameters: Json = { events: ['task.completed'] },
): NodeJson {
	return {
		name: 'Avala Trigger',
		type: 'n8n-nodes-avala.avalaTrigger',
		typeVersion: 2,
		parameters,
		credentials: { avalaApi: credential },
	};
}

/** An Avala node. @param parameters resource and operation among them */
export function avalaNode(credential: CredentialRef, parameters: Json): NodeJson {
	return {
		name: 'Avala',
		type: 'n8n-nodes-avala.avala',
		typeVersion: 1,
		parameters,
		credentials: { avalaApi: credential },
	};
}

/** The node that starts a workflow which is run by hand. */
export function manualTrigger(): NodeJson {
	return { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };
}

/** n8n's own Webhook node, which responds at once and checks nothing. */
export function webhookNode(path: string, options: Json = {}): NodeJson {
	return {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options },
		webhookId: path,
	};
}

/** A workflow of these nodes, each connected to the next one. */
export function workflowOf(name: string, nodes: NodeJson[], pinData: Json = {}): WorkflowJson {
	return { name: toName(name), nodes, connections: chain(nodes), pinData };
}

/** A workflow of an Avala Trigger alone. */
export function triggerWorkflow(credential: CredentialRef, parameters?: Json): WorkflowJson {
	const trigger = avalaTrigger(credential, parameters);
	return workflowOf(`Trigger ${JSON.stringify(trigger.parameters)}`, [trigger]);
}

/** A workflow that passes these items to one Avala node when it is run by hand. */
export function avalaWorkflow(
	credential: CredentialRef,
	parameters: Json,
	items: Json[] = [{}],
): WorkflowJson {
	const start = manualTrigger();
	return workflowOf(
		`Avala ${JSON.stringify(parameters)}`,
		[start, avalaNode(credential, parameters)],
		{ [start.name]: items.map((json) => ({ json })) },
	);
}

function chain(nodes: NodeJson[]): Json {
	const links = nodes
		.slice(1)
		.map(({ name }, index) => [
			nodes[index]?.name,
			{ main: [[{ node: name, type: 'main', index: 0 }]] },
		]);
	return Object.fromEntries(links);
}

/** n8n takes names of 128 characters at most. */
function toName(text: string): string {
	return text.slice(0, 128);
}
