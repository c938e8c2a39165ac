import { parse as parseFlatted } from 'flatted';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 100;

export const OWNER = {
	email: 'demo@example.com',
	firstName: 'Demo',
	lastName: 'Owner',
	password: 'Avala-demo-1',
};

type Json = Record<string, unknown>;

export interface Workflow {
	id: string;
	versionId: string;
	name: string;
	active: boolean;
}

export interface NodeJson {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Json;
	credentials?: Json;
	webhookId?: string;
	position?: [number, number];
	id?: string;
}

export interface WorkflowJson {
	name: string;
	nodes: NodeJson[];
	connections: Json;
	settings?: Json;
	/** Items that a node gives out when the workflow is run by hand, by the node's name. */
	pinData?: Json;
}

export interface Execution {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
}

/** One run of a node. */
export interface NodeRun {
	executionTimeMs: number;
	/** The items of each output. */
	outputs: Json[][];
}

/** An answer of n8n that is no success, in n8n's words. */
export class N8nRefusal extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

/** n8n's own REST API, as its editor uses it. The same in 1.123, 2.8 and 2.41 but for what is said here. */
export class N8nClient {
	private cookie = '';

	constructor(readonly url: string) {}

	/** @throws with n8n's own message when it refuses */
	async call(method: string, path: string, body?: unknown): Promise<unknown> {
		const response = await fetch(this.url + path, {
			method,
			headers: { 'content-type': 'application/json', 'browser-id': 'avala', cookie: this.cookie },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const [cookie] = response.headers.getSetCookie();
		if (cookie) this.cookie = cookie.split(';')[0] ?? '';
		// For a path that it does not know n8n answers 200 and the editor's page.
		if (!response.headers.get('content-type')?.includes('json'))
			throw new N8nRefusal(response.ok ? 404 : response.status, `n8n knows no ${method} ${path}`);
		const answer = object(await response.json());
		if (response.ok) return answer.data ?? answer;
		throw new N8nRefusal(
			response.status,
			String(answer.message ?? `n8n answered ${response.status}`),
		);
	}

	/** Makes the owner's account, or logs in where there is one. */
	async logIn(): Promise<void> {
		const settings = object(await this.call('GET', '/rest/settings'));
		if (object(settings.userManagement).showSetupOnFirstLoad === true) {
			await this.call('POST', '/rest/owner/setup', OWNER);
			return;
		}
		const { email, password } = OWNER;
		await this.call('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	}

	/** @returns what a node names in `credentials.avalaApi` */
	async createCredential(name: string, data: Json): Promise<{ id: string; name: string }> {
		const made = object(
			await this.call('POST', '/rest/credentials', { name, type: 'avalaApi', data }),
		);
		return { id: String(made.id), name };
	}

	/** The credential with this name, made or brought up to date. */
	async putCredential(name: string, data: Json): Promise<{ id: string; name: string }> {
		const all = array(await this.call('GET', '/rest/credentials')).map(object);
		const known = all.find((credential) => credential.name === name);
		if (!known) return await this.createCredential(name, data);
		await this.updateCredential(String(known.id), name, data);
		return { id: String(known.id), name };
	}

	async updateCredential(id: string, name: string, data: Json): Promise<void> {
		await this.call('PATCH', `/rest/credentials/${id}`, { id, name, type: 'avalaApi', data });
	}

	/** What the Test button of a saved credential shows for these values. */
	async testCredential(id: string, data: Json): Promise<{ status: string; message: string }> {
		const credentials = { id, name: 'Test', type: 'avalaApi', data };
		const { status, message } = object(
			await this.call('POST', '/rest/credentials/test', { credentials }),
		);
		return { status: String(status), message: String(message) };
	}

	async createWorkflow(workflow: WorkflowJson): Promise<Workflow> {
		const nodes = workflow.nodes.map((node, index) => ({
			id: randomUUID(),
			position: [index * 220, 0],
			...(/trigger$|webhook$/i.test(node.type) && { webhookId: randomUUID() }),
			...node,
		}));
		const made = await this.call('POST', '/rest/workflows', {
			settings: {},
			active: false,
			...workflow,
			nodes,
		});
		return toWorkflow(made);
	}

	async workflow(id: string): Promise<Workflow> {
		return toWorkflow(await this.call('GET', `/rest/workflows/${id}`));
	}

	async workflows(): Promise<Workflow[]> {
		return array(await this.call('GET', '/rest/workflows')).map(toWorkflow);
	}

	/**
	 * Activates and waits for the outcome. n8n 2.41 publishes in the background, 2.8 answers with the
	 * result, and 1.123 knows only a change of `active`.
	 *
	 * @throws with n8n's message when the activation fails
	 */
	async activate(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		if (!(await this.hasPublishing())) {
			await this.call('PATCH', `/rest/workflows/${id}`, { active: true, versionId });
			return;
		}
		await this.call('POST', `/rest/workflows/${id}/activate`, {
			versionId,
			name: '',
			description: '',
		});
		await this.untilPublished(id);
	}

	/**
	 * Waits for the outcome of an activation that n8n has under way; before 2.41 there is none to wait for.
	 *
	 * @throws with n8n's message when the activation failed
	 */
	async untilPublished(id: string): Promise<void> {
		for (;;) {
			const publication = await this.publication(id);
			if (publication === undefined || publication.status === 'published') return;
			if (['failed', 'partial'].includes(publication.status)) throw new Error(publication.message);
			await wait(POLL_MS);
		}
	}

	async deactivate(id: string): Promise<void> {
		if (await this.hasPublishing()) await this.call('POST', `/rest/workflows/${id}/deactivate`, {});
		else {
			const { versionId } = await this.workflow(id);
			await this.call('PATCH', `/rest/workflows/${id}`, { active: false, versionId });
		}
		while (!['not_published', undefined].includes((await this.publication(id))?.status))
			await wait(POLL_MS);
	}

	/** The state of publishing in the background; undefined before 2.41, where there is none. */
	async publication(id: string): Promise<{ status: string; message: string } | undefined> {
		try {
			const state = object(await this.call('GET', `/rest/workflows/${id}/publication-status`));
			const messages = array(state.triggers).map((trigger) => object(trigger).errorMessage);
			return { status: String(state.status), message: messages.filter(Boolean).join(' ') };
		} catch (error) {
			if (error instanceof N8nRefusal && error.status === 404) return undefined;
			throw error;
		}
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/archive`, {});
		await this.call('DELETE', `/rest/workflows/${id}`);
	}

	/** Runs the workflow by hand from a trigger. @returns the execution's id; undefined when it waits for a test event */
	async run(id: string, trigger: string): Promise<string | undefined> {
		const workflowData = await this.call('GET', `/rest/workflows/${id}`);
		const request = { workflowData, triggerToStartFrom: { name: trigger } };
		const { executionId } = object(await this.call('POST', `/rest/workflows/${id}/run`, request));
		return executionId === undefined ? undefined : String(executionId);
	}

	async stopListening(id: string): Promise<void> {
		await this.call('DELETE', `/rest/test-webhook/${id}`);
	}

	async executions(workflowId: string): Promise<Execution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const found: Execution[] = [];
		for (let next = ''; ;) {
			const page = object(
				await this.call('GET', `/rest/executions?limit=100&filter=${filter}${next}`),
			);
			const results = array(page.results).map(toExecution);
			found.push(...results);
			const last = results.at(-1);
			if (!last || results.length < 100) return found;
			// n8n 2.41 gives a cursor, older ones go on from an id.
			next =
				typeof page.nextCursor === 'string' ? `&cursor=${page.nextCursor}` : `&lastId=${last.id}`;
		}
	}

	/** Waits until so many executions of the workflow have ended. */
	async untilExecuted(workflowId: string, count: number, limitMs = 60_000): Promise<Execution[]> {
		const limit = Date.now() + limitMs;
		for (;;) {
			const all = await this.executions(workflowId);
			const ended = all.filter(({ status }) => ['success', 'error', 'crashed'].includes(status));
			if (ended.length >= count) return ended;
			if (Date.now() > limit) {
				const others = all.filter((execution) => !ended.includes(execution));
				throw new Error(
					`${ended.length} of ${count} executions after ${limitMs} ms; not ended: ${JSON.stringify(others)}`,
				);
			}
			// A long list takes n8n a while to make.
			await wait(Math.max(POLL_MS, all.length));
		}
	}

	/** Waits for one execution to end. @returns the JSON of the items that each node gave out, by its name */
	async result(executionId: string, limitMs = 60_000): Promise<Record<string, Json[]>> {
		const items = await this.items(executionId, limitMs);
		return Object.fromEntries(
			Object.entries(items).map(([node, given]) => [node, given.map(({ json }) => object(json))]),
		);
	}

	/** @returns the file in an item's field `data` */
	async file(item: Json): Promise<{ name: string; text: string }> {
		const { id, data, fileName } = object(object(item.binary).data);
		const name = String(fileName);
		// In n8n's memory mode the content itself stands in the item.
		if (typeof id !== 'string')
			return { name, text: Buffer.from(String(data), 'base64').toString() };
		const url = `${this.url}/rest/binary-data?action=download&id=${encodeURIComponent(id)}`;
		const response = await fetch(url, {
			headers: { 'browser-id': 'avala', cookie: this.cookie },
		});
		return { name, text: await response.text() };
	}

	/** Waits for one execution to end. @returns the items that each node gave out, by its name */
	async items(executionId: string, limitMs = 60_000): Promise<Record<string, Json[]>> {
		const runs = await this.runs(executionId, limitMs);
		return Object.fromEntries(
			Object.entries(runs).map(([name, ofNode]) => [
				name,
				ofNode.flatMap(({ outputs }) => outputs.flat()),
			]),
		);
	}

	/** Waits for one execution to end. @returns the runs of each node, by its name */
	async runs(executionId: string, limitMs = 60_000): Promise<Record<string, NodeRun[]>> {
		const limit = Date.now() + limitMs;
		for (;;) {
			const execution = object(await this.call('GET', `/rest/executions/${executionId}`));
			const { status, data } = execution;
			// n8n 1.123 stores the status before the data.
			const isStored = data !== '[]' || status === 'crashed';
			if (isStored && ['success', 'error', 'crashed'].includes(String(status)))
				return runsOf(execution);
			if (Date.now() > limit)
				throw new Error(`Execution ${executionId} is still ${String(execution.status)}`);
			await wait(POLL_MS);
		}
	}

	private async hasPublishing(): Promise<boolean> {
		const settings = object(await this.call('GET', '/rest/settings'));
		return !String(settings.versionCli ?? '2').startsWith('1.');
	}
}

function runsOf(execution: Json): Record<string, NodeRun[]> {
	const data =
		typeof execution.data === 'string'
			? object(parseFlatted(execution.data))
			: object(execution.data);
	const { error, runData } = object(data.resultData);
	if (error !== undefined && error !== null) throw new Error(String(object(error).message));
	return Object.fromEntries(
		Object.entries(object(runData)).map(([name, runs]) => [name, array(runs).map(toNodeRun)]),
	);
}

function toWorkflow(value: unknown): Workflow {
	const { id, versionId, name, active } = object(value);
	return {
		id: String(id),
		versionId: String(versionId),
		name: String(name),
		active: active === true,
	};
}

function toExecution(value: unknown): Execution {
	const { id, workflowId, status, mode } = object(value);
	return {
		id: String(id),
		workflowId: String(workflowId),
		status: String(status),
		mode: String(mode),
	};
}

function toNodeRun(value: unknown): NodeRun {
	const { executionTime, data } = object(value);
	const outputs = array(object(data).main).map((items) => array(items).map(object));
	return { executionTimeMs: Number(executionTime), outputs };
}

function object(value: unknown): Json {
	return typeof value === 'object' && value !== null ? { ...value } : {};
}

function array(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}
