import { randomUUID } from 'node:crypto';

import type {
	CredentialRef,
	Execution,
	Json,
	NodeJson,
	NodeRun,
	Outcome,
	Workflow,
	WorkflowJson,
} from './restData';
import { hasEnded, toArray, toExecution, toObject, toOutcome, toWorkflow } from './restData';
import { untilTrue } from './waiting';

const PUBLISHING_LIMIT_MS = 120_000;
const EXECUTION_LIMIT_MS = 60_000;
/** More executions than any suite starts at once. */
const STARTED_TOGETHER = 50;

export const OWNER = {
	email: 'demo@example.com',
	firstName: 'Demo',
	lastName: 'Owner',
	password: 'Avala-demo-1',
};

/** A response of n8n that reports an error, in n8n's words. */
class N8nRefusal extends Error {
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

	/** @throws {N8nRefusal} with n8n's own message when it refuses */
	async call(method: string, path: string, body?: unknown): Promise<unknown> {
		const response = await fetch(this.url + path, {
			method,
			headers: { 'content-type': 'application/json', 'browser-id': 'avala', cookie: this.cookie },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const [cookie] = response.headers.getSetCookie();
		if (cookie) this.cookie = cookie.split(';')[0] ?? '';
		// For an unknown path n8n responds with 200 and the editor's page.
		if (!response.headers.get('content-type')?.includes('json'))
			throw new N8nRefusal(response.ok ? 404 : response.status, `n8n has no ${method} ${path}`);
		const json: unknown = await response.json();
		const { data, message } = toObject(json);
		if (response.ok) return data ?? json;
		throw new N8nRefusal(response.status, String(message ?? `n8n responded ${response.status}`));
	}

	/** Creates the owner's account, or logs in if there is one. */
	async logIn(): Promise<void> {
		const settings = toObject(await this.call('GET', '/rest/settings'));
		if (toObject(settings.userManagement).showSetupOnFirstLoad === true) {
			await this.call('POST', '/rest/owner/setup', OWNER);
			return;
		}
		const { email, password } = OWNER;
		await this.call('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	}

	/** @returns what a node names in `credentials` */
	async createCredential(name: string, data: Json, type = 'avalaApi'): Promise<CredentialRef> {
		const created = toObject(await this.call('POST', '/rest/credentials', { name, type, data }));
		return { id: String(created.id), name };
	}

	/** Creates the credential, or updates the one with this name. */
	async putCredential(name: string, data: Json, type = 'avalaApi'): Promise<CredentialRef> {
		const stored = toArray(await this.call('GET', '/rest/credentials')).map(toObject);
		const known = stored.find((credential) => credential.name === name);
		if (!known) return await this.createCredential(name, data, type);
		const id = String(known.id);
		await this.updateCredential(id, name, data, type);
		return { id, name };
	}

	async updateCredential(id: string, name: string, data: Json, type = 'avalaApi'): Promise<void> {
		await this.call('PATCH', `/rest/credentials/${id}`, { id, name, type, data });
	}

	async deleteCredential(id: string): Promise<void> {
		await this.call('DELETE', `/rest/credentials/${id}`);
	}

	/** What the Test button of a saved credential shows for these values. */
	async testCredential(
		id: string,
		data: Json,
		type = 'avalaApi',
	): Promise<{ status: string; message: string }> {
		const credentials = { id, name: 'Test', type, data };
		const { status, message } = toObject(
			await this.call('POST', '/rest/credentials/test', { credentials }),
		);
		return { status: String(status), message: String(message) };
	}

	/** The names in the list that a resource locator of the node shows. @param method the node's list search */
	async searchList(node: NodeJson, method: string): Promise<string[]> {
		const page = await this.call('POST', '/rest/dynamic-node-parameters/resource-locator-results', {
			path: 'parameters',
			methodName: method,
			nodeTypeAndVersion: { name: node.type, version: node.typeVersion },
			currentNodeParameters: node.parameters,
			credentials: node.credentials,
		});
		return toArray(toObject(page).results).map((result) => String(toObject(result).name));
	}

	/** @param workflow its nodes get an id, a position and, for triggers, a webhook id if they have none */
	async createWorkflow(workflow: WorkflowJson): Promise<Workflow> {
		const nodes = workflow.nodes.map((node, index) => ({
			id: randomUUID(),
			position: [index * 220, 0],
			...(/trigger$|webhook$/i.test(node.type) && { webhookId: randomUUID() }),
			...node,
		}));
		const created = await this.call('POST', '/rest/workflows', {
			settings: {},
			active: false,
			...workflow,
			nodes,
		});
		return toWorkflow(created);
	}

	async workflow(id: string): Promise<Workflow> {
		return toWorkflow(await this.call('GET', `/rest/workflows/${id}`));
	}

	async workflows(): Promise<Workflow[]> {
		return toArray(await this.call('GET', '/rest/workflows')).map(toWorkflow);
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.call('POST', `/rest/workflows/${id}/archive`, {});
		await this.call('DELETE', `/rest/workflows/${id}`);
	}

	/**
	 * Activates and waits for the outcome. n8n 2.41 publishes in the background, 2.8 responds with the
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
	 * Waits for the outcome of an activation that is in progress; before 2.41 there is none to wait for.
	 *
	 * @throws with n8n's message when the activation failed
	 */
	async untilPublished(id: string): Promise<void> {
		const isPublished = async () => {
			const publication = await this.publication(id);
			if (publication === undefined || publication.status === 'published') return true;
			if (['failed', 'partial'].includes(publication.status)) throw new Error(publication.message);
			return false;
		};
		await untilTrue(isPublished, { limitMs: PUBLISHING_LIMIT_MS });
	}

	async deactivate(id: string): Promise<void> {
		if (await this.hasPublishing()) await this.call('POST', `/rest/workflows/${id}/deactivate`, {});
		else {
			const { versionId } = await this.workflow(id);
			await this.call('PATCH', `/rest/workflows/${id}`, { active: false, versionId });
		}
		const isGone = async () =>
			['not_published', undefined].includes((await this.publication(id))?.status);
		await untilTrue(isGone, { limitMs: PUBLISHING_LIMIT_MS });
	}

	async deactivateAll(): Promise<void> {
		for (const { id, active } of await this.workflows()) if (active) await this.deactivate(id);
	}

	/** The state of publishing in the background; undefined before 2.41, where there is none. */
	async publication(id: string): Promise<{ status: string; message: string } | undefined> {
		try {
			const state = toObject(await this.call('GET', `/rest/workflows/${id}/publication-status`));
			const messages = toArray(state.triggers).map((trigger) => toObject(trigger).errorMessage);
			return { status: String(state.status), message: messages.filter(Boolean).join(' ') };
		} catch (error) {
			if (error instanceof N8nRefusal && error.status === 404) return undefined;
			throw error;
		}
	}

	/** Runs the workflow by hand from a trigger. @returns the execution's id; undefined when it waits for a test event */
	async run(id: string, trigger: string): Promise<string | undefined> {
		const workflowData = await this.call('GET', `/rest/workflows/${id}`);
		const request = { workflowData, triggerToStartFrom: { name: trigger } };
		const { executionId } = toObject(await this.call('POST', `/rest/workflows/${id}/run`, request));
		return executionId === undefined ? undefined : String(executionId);
	}

	/** Stops waiting for a test event. */
	async stopListening(id: string): Promise<void> {
		await this.call('DELETE', `/rest/test-webhook/${id}`);
	}

	/** Stops a running execution, as the editor's Stop button does. */
	async stopExecution(executionId: string): Promise<void> {
		await this.call('POST', `/rest/executions/${executionId}/stop`, {});
	}

	async executions(workflowId: string): Promise<Execution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const found = new Map<string, Execution>();
		for (let next = ''; ;) {
			const page = toObject(
				await this.call('GET', `/rest/executions?limit=100&filter=${filter}${next}`),
			);
			const results = toArray(page.results).map(toExecution);
			for (const execution of results) found.set(execution.id, execution);
			const last = results.at(-1);
			if (!last || results.length < 100) return [...found.values()];
			// n8n 2.41 gives a cursor. Older versions continue below an ID but sort by the time of the start,
			// and of executions that start together the later ID may come first, so the pages overlap.
			next =
				typeof page.nextCursor === 'string'
					? `&cursor=${page.nextCursor}`
					: `&lastId=${Number(last.id) + STARTED_TOGETHER}`;
		}
	}

	/** Waits until this many executions of the workflow have ended. */
	async untilExecuted(
		workflowId: string,
		count: number,
		limitMs = EXECUTION_LIMIT_MS,
	): Promise<Execution[]> {
		let all: Execution[] = [];
		const ended = () => all.filter(({ status }) => hasEnded(status));
		const areEnded = async () => {
			all = await this.executions(workflowId);
			return ended().length >= count;
		};
		await untilTrue(areEnded, {
			limitMs,
			explain: () => `${ended().length} of ${count} executions ended: ${JSON.stringify(all)}`,
		});
		return ended();
	}

	/** Waits for an execution to end, well or not. */
	async outcome(executionId: string, limitMs = EXECUTION_LIMIT_MS): Promise<Outcome> {
		let execution: Json = {};
		const isStored = async () => {
			execution = toObject(await this.call('GET', `/rest/executions/${executionId}`));
			const status = String(execution.status);
			// n8n 1.123 stores the status before the data.
			return hasEnded(status) && (execution.data !== '[]' || status === 'crashed');
		};
		await untilTrue(isStored, {
			limitMs,
			explain: () => `Execution ${executionId} is still ${String(execution.status)}.`,
		});
		return toOutcome(execution);
	}

	/**
	 * Waits for an execution to succeed.
	 *
	 * @returns the runs of each node, by its name
	 * @throws with n8n's message when it fails
	 */
	async runs(executionId: string, limitMs?: number): Promise<Record<string, NodeRun[]>> {
		const { runs, error } = await this.outcome(executionId, limitMs);
		if (error !== undefined) throw new Error(error);
		return runs;
	}

	/** Like `runs`. @returns the items that each node gave, with their binary data, by its name */
	async items(executionId: string, limitMs?: number): Promise<Record<string, Json[]>> {
		const runs = await this.runs(executionId, limitMs);
		return Object.fromEntries(
			Object.entries(runs).map(([name, ofNode]) => [
				name,
				ofNode.flatMap(({ outputs }) => outputs.flat()),
			]),
		);
	}

	/** Like `items`. @returns their JSON alone */
	async result(executionId: string, limitMs?: number): Promise<Record<string, Json[]>> {
		const items = await this.items(executionId, limitMs);
		return Object.fromEntries(
			Object.entries(items).map(([node, given]) => [node, given.map(({ json }) => toObject(json))]),
		);
	}

	/** @returns the file that an item holds as binary data in this field */
	async file(item: Json, field = 'data'): Promise<{ name: string; content: Buffer }> {
		const { id, data, fileName } = toObject(toObject(item.binary)[field]);
		const name = String(fileName);
		// In n8n's memory mode the item itself holds the content.
		if (typeof id !== 'string') return { name, content: Buffer.from(String(data), 'base64') };
		const url = `${this.url}/rest/binary-data?action=download&id=${encodeURIComponent(id)}`;
		const response = await fetch(url, {
			headers: { 'browser-id': 'avala', cookie: this.cookie },
		});
		if (!response.ok) throw new N8nRefusal(response.status, `n8n does not give the file ${name}`);
		return { name, content: Buffer.from(await response.arrayBuffer()) };
	}

	private async hasPublishing(): Promise<boolean> {
		const settings = toObject(await this.call('GET', '/rest/settings'));
		return !String(settings.versionCli ?? '2').startsWith('1.');
	}
}
