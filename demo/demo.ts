import { createHmac } from 'node:crypto';
import path from 'node:path';

import type { N8n } from '../harness/instance';
import { startN8n } from '../harness/instance';
import { TEMPORARY } from '../harness/pack';
import type { TlsFront } from '../harness/tlsFront';
import { startTlsFront } from '../harness/tlsFront';
import type { N8nVersion } from '../harness/versions';
import type { EmittedEvent, Sandbox, StoredDelivery } from '../sandbox';
import { startSandbox } from '../sandbox';
import exportCompleted from './workflows/export-completed.json';
import taskCompleted from './workflows/task-completed.json';

const WORKFLOWS = [taskCompleted, exportCompleted];
const CREDENTIAL = 'Avala sandbox';

interface Happening {
	event: EmittedEvent;
	delivery: StoredDelivery;
	workflow: string;
	executionId: string;
	/** What the workflow's last node gave out. */
	saw: unknown;
}

/** The parts of the demo, started one after the other and taken down together. */
export class Demo {
	private avala: Sandbox | undefined;

	private front: TlsFront | undefined;

	private n8n: N8n | undefined;

	private workflowIds = new Map<string, string>();

	private happenings: Happening[] = [];

	private forgedAnswer = 0;

	constructor(
		private readonly version: N8nVersion,
		private readonly ports: { n8n: number; front: number; avala: number },
	) {}

	get editorUrl(): string {
		return started(this.n8n).url;
	}

	get consoleUrl(): string {
		return started(this.avala).url;
	}

	async startAvala(): Promise<void> {
		this.front = await startTlsFront({
			target: `http://127.0.0.1:${this.ports.n8n}`,
			port: this.ports.front,
		});
		this.avala = await startSandbox({ port: this.ports.avala, ca: this.front.ca });
	}

	async startN8n(tarball: string, signal: AbortSignal): Promise<void> {
		this.n8n = await startN8n({
			version: this.version,
			userFolder: path.join(TEMPORARY, 'demo', this.version),
			tarball,
			signal,
			port: this.ports.n8n,
			webhookUrl: started(this.front).url,
		});
	}

	async setUp(): Promise<void> {
		const { client } = started(this.n8n);
		const { apiKey, baseUrl } = started(this.avala);
		await client.logIn();
		const credential = await client.putCredential(CREDENTIAL, {
			apiKey,
			baseUrl,
			webhookSecret: '',
		});
		const known = await client.workflows();
		for (const template of WORKFLOWS) {
			const [trigger, ...others] = template.nodes;
			if (!trigger) continue;
			const nodes = [{ ...trigger, credentials: { avalaApi: credential } }, ...others].map(
				(node) => ({
					...node,
					position: toPosition(node.position),
				}),
			);
			const workflow =
				known.find(({ name }) => name === template.name) ??
				(await client.createWorkflow({ ...template, nodes }));
			this.workflowIds.set(template.name, workflow.id);
		}
	}

	async activate(): Promise<void> {
		const { client } = started(this.n8n);
		for (const id of this.workflowIds.values()) {
			// Still active after a demo that was cut off; the sandbox knows nothing of it.
			if ((await client.workflow(id)).active) await client.deactivate(id);
			await client.activate(id);
		}
	}

	async letThingsHappen(): Promise<void> {
		this.happenings = [
			await this.happen('task.completed', taskCompleted.name),
			await this.happen('export.completed', exportCompleted.name),
		];
		this.forgedAnswer = await this.sendForgery();
	}

	private async happen(type: string, workflow: string): Promise<Happening> {
		const { client } = started(this.n8n);
		const avala = started(this.avala);
		const id = this.workflowIds.get(workflow) ?? '';
		const before = new Set((await client.executions(id)).map((execution) => execution.id));
		const tried = avala.next('attempt');
		const event = avala.emit(type);
		const delivery = await tried;
		if (delivery.status !== 'delivered') {
			throw new Error(
				`${type} was not accepted: ${delivery.errorMessage ?? delivery.responseBody}`,
			);
		}
		const executions = await client.untilExecuted(id, before.size + 1);
		const executionId = executions.find((execution) => !before.has(execution.id))?.id ?? '';
		const items = await client.result(executionId);
		return { event, delivery, workflow, executionId, saw: Object.values(items).at(-1)?.[0] };
	}

	/** The same request as a genuine one, signed by someone who does not know the secret. */
	private async sendForgery(): Promise<number> {
		const [webhook] = started(this.avala).webhooks();
		const target = webhook?.targetUrl.replace(started(this.front).url, started(this.n8n).url) ?? '';
		const body = JSON.stringify(this.happenings[0]?.event);
		const signature = createHmac('sha256', 'a guess').update(body).digest('hex');
		const headers = { 'content-type': 'application/json', 'x-avala-signature': signature };
		return (await fetch(target, { method: 'POST', headers, body })).status;
	}

	report(): string {
		const webhooks = started(this.avala).webhooks();
		const lines = webhooks.map(
			({ uid, events, targetUrl }) =>
				`✔ Webhook registered    ${uid} for ${events.join(', ')}\n  ${targetUrl}`,
		);
		for (const { event, delivery, workflow, executionId, saw } of this.happenings) {
			lines.push(
				'',
				`✔ Event sent            ${event.type} ${event.id}`,
				`✔ Signature verified    answered ${delivery.responseStatus}: ${delivery.responseBody}`,
				`✔ Execution finished    ${executionId} of "${workflow}"; the workflow made of it:`,
				JSON.stringify(saw, null, 2).replace(/^/gm, '    '),
			);
		}
		lines.push(
			'',
			`✔ Forgery refused       the same event signed with another secret was answered ${this.forgedAnswer}`,
		);
		return lines.join('\n');
	}

	/** Ends what was started, whatever that is. @returns how many webhooks are left, if there ever was a sandbox */
	async takeDown(): Promise<number | undefined> {
		for (const id of this.workflowIds.values()) {
			await this.n8n?.client.deactivate(id).catch((error: unknown) => console.error(String(error)));
		}
		const left = this.avala?.webhooks().length;
		await this.n8n?.stop();
		await this.front?.stop();
		await this.avala?.stop();
		return left;
	}
}

function started<T>(part: T | undefined): T {
	if (part === undefined) throw new Error('The demo has not been started yet.');
	return part;
}

function toPosition([x = 0, y = 0]: number[]): [number, number] {
	return [x, y];
}
