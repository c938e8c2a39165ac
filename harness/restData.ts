import { parse as parseFlatted } from 'flatted';

/** A JSON object of which nothing is known yet. */
export type Json = Record<string, unknown>;

/** A stored credential, as a node names it in `credentials`. */
export interface CredentialRef {
	id: string;
	name: string;
}

export interface Workflow {
	id: string;
	versionId: string;
	name: string;
	active: boolean;
}

/** A node as a workflow file has it. */
export interface NodeJson {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Json;
	credentials?: Record<string, CredentialRef>;
	webhookId?: string;
	position?: [number, number];
	id?: string;
	onError?: string;
}

/** A workflow as its file has it. */
export interface WorkflowJson {
	name: string;
	nodes: NodeJson[];
	connections: Json;
	settings?: Json;
	/** Items that a node outputs when the workflow is run by hand, by the node's name. */
	pinData?: Json;
}

export interface Execution {
	id: string;
	status: string;
}

/** One run of a node. */
export interface NodeRun {
	/** The items of each output. */
	outputs: Json[][];
}

/** How an execution ended. */
export interface Outcome {
	status: string;
	/** n8n's message when it failed or was stopped. */
	error?: string;
	/** The runs of each node, by its name. */
	runs: Record<string, NodeRun[]>;
}

const ENDED = ['success', 'error', 'crashed', 'canceled'];

export function hasEnded(status: string): boolean {
	return ENDED.includes(status);
}

/** @param execution with its data, which n8n stores in the `flatted` format */
export function toOutcome(execution: Json): Outcome {
	const data =
		typeof execution.data === 'string'
			? toObject(parseFlatted(execution.data))
			: toObject(execution.data);
	const { error, runData } = toObject(data.resultData);
	const runs = Object.entries(toObject(runData)).map(([name, ofNode]) => [
		name,
		toArray(ofNode).map(toNodeRun),
	]);
	return {
		status: String(execution.status),
		...(error !== undefined && error !== null && { error: String(toObject(error).message) }),
		runs: Object.fromEntries(runs),
	};
}

export function toWorkflow(value: unknown): Workflow {
	const { id, versionId, name, active } = toObject(value);
	return {
		id: String(id),
		versionId: String(versionId),
		name: String(name),
		active: active === true,
	};
}

export function toExecution(value: unknown): Execution {
	const { id, status } = toObject(value);
	return { id: String(id), status: String(status) };
}

function toNodeRun(value: unknown): NodeRun {
	const { data } = toObject(value);
	const outputs = toArray(toObject(data).main).map((items) => toArray(items).map(toObject));
	return { outputs };
}

/** @returns a copy, empty when the value is no object */
export function toObject(value: unknown): Json {
	return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** @returns the value, or an empty array when it is none */
export function toArray(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}
