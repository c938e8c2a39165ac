import getPort from 'get-port';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { EmittedEvent, Sandbox, SandboxOptions, StoredDelivery } from '../sandbox';
import { startSandbox } from '../sandbox';
import type { N8nClient } from './client';
import type { N8n } from './instance';
import { startN8n } from './instance';
import type { Tell } from './progress';
import type { CredentialRef, Json, Workflow } from './restData';
import { toObject } from './restData';
import type { TlsFront } from './tlsFront';
import { startTlsFront } from './tlsFront';
import type { N8nVersion } from './versions';
import { untilTrue } from './waiting';
import { avalaWorkflow, triggerWorkflow } from './workflows';

/** n8n waits up to 30 s before it looks for its database again. */
const READY_LIMIT_MS = 120_000;
const CREDENTIAL_NAME = 'Avala sandbox';

/** n8n's processes: `main` alone, or all of them in queue mode. */
const ROLES = { main: 'main', webhook: 'webhook', worker1: 'worker', worker2: 'worker' } as const;
export type ProcessName = keyof typeof ROLES;

export interface StageOptions {
	version: N8nVersion;
	/** Our package as npm packs it; without it n8n starts as its folder is, and no credential is created. */
	tarball?: string;
	/** Holds n8n's data and stays when the stage closes; by default a temporary folder. */
	userFolder?: string;
	/** Free ones by default. */
	ports?: { n8nPort: number; frontPort: number };
	/** By default a sandbox without a rate limit. */
	sandbox?: SandboxOptions;
	/** Further settings of n8n, at each start. */
	env?: Record<string, string>;
	/** Further settings of one process. */
	envOf?: Partial<Record<ProcessName, Record<string, string>>>;
	/** `main` by default. The main process creates the tables: it comes first. */
	processes?: readonly ProcessName[];
	/** Stops n8n while it starts. */
	signal?: AbortSignal;
	/** Called with what is about to be done, and every five seconds while n8n starts. */
	onProgress?: Tell;
}

/** A real n8n with the package and its owner signed in, behind https, and a sandbox that delivers to it. */
export class Stage {
	/** Of the sandbox; other tests may use another one. */
	credential: CredentialRef = { id: '', name: '' };

	private readonly running = new Map<ProcessName, N8n>();

	private constructor(
		readonly avala: Sandbox,
		readonly front: TlsFront,
		readonly userFolder: string,
		private readonly ports: Map<ProcessName, number>,
		private readonly options: StageOptions,
	) {}

	/** Starts all of it; what was started is stopped again when a part fails. */
	static async open(options: StageOptions): Promise<Stage> {
		const { processes = ['main'], onProgress = () => {} } = options;
		const ports = new Map<ProcessName, number>();
		for (const name of processes) ports.set(name, await getPort({ host: '127.0.0.1' }));
		if (options.ports) ports.set('main', options.ports.n8nPort);
		onProgress('Starting the sandbox');
		const target = `http://127.0.0.1:${ports.get('webhook') ?? ports.get('main')}`;
		const front = await startTlsFront({ target, port: options.ports?.frontPort });
		const sandbox = { ca: front.ca, rateLimit: false, ...options.sandbox } as const;
		const avala = await startSandbox(sandbox).catch(async (error: unknown) => {
			await front.stop();
			throw error;
		});
		const userFolder = options.userFolder ?? mkdtempSync(path.join(tmpdir(), 'avala-n8n-'));
		const stage = new Stage(avala, front, userFolder, ports, options);
		try {
			for (const name of processes) {
				onProgress(`Starting n8n ${options.version}${name === 'main' ? '' : `, ${name}`}`);
				await stage.start(name, {
					tarball: options.tarball,
					signal: options.signal,
					tell: onProgress,
				});
			}
			if (options.tarball !== undefined) {
				onProgress('Creating the credential');
				await stage.createCredential();
			}
			return stage;
		} catch (error) {
			await stage.close();
			throw error;
		}
	}

	/** Starts a process on its port and data, also after `stop()` or `kill()`, and signs in. */
	async start(
		name: ProcessName = 'main',
		options: {
			tarball?: string;
			webhookUrl?: string;
			signal?: AbortSignal;
			tell?: Tell;
		} = {},
	): Promise<void> {
		const { version, env, envOf } = this.options;
		const n8n = await startN8n({
			version,
			role: ROLES[name],
			userFolder: name === 'main' ? this.userFolder : path.join(this.userFolder, name),
			port: this.ports.get(name),
			webhookUrl: this.front.url,
			env: { ...env, ...envOf?.[name] },
			...options,
		});
		this.running.set(name, n8n);
		if (name === 'main') await n8n.client.logIn();
	}

	/** The main process. */
	get n8n(): N8n {
		return this.process('main');
	}

	get client(): N8nClient {
		return this.n8n.client;
	}

	process(name: ProcessName): N8n {
		const n8n = this.running.get(name);
		if (n8n) return n8n;
		throw new Error(`The process ${name} was not started.`);
	}

	/** Starts the processes that have exited, as a supervisor would. @returns their names */
	async revive(): Promise<ProcessName[]> {
		const exited = [...this.running].filter(([, n8n]) => !n8n.isRunning());
		for (const [name] of exited) await this.start(name);
		return exited.map(([name]) => name);
	}

	/** Waits until these processes, by default all, report that they are ready. */
	async untilReady(names: Iterable<ProcessName> = this.running.keys()): Promise<void> {
		for (const name of names) {
			await untilTrue(async () => await isReady(this.process(name).url), {
				limitMs: READY_LIMIT_MS,
				explain: () => `The process ${name} was not ready.`,
			});
		}
	}

	/** Creates the sandbox's credential, or updates the one that an earlier stage left in n8n's folder. */
	async createCredential(): Promise<void> {
		this.credential = await this.client.putCredential(CREDENTIAL_NAME, credentialData(this.avala));
	}

	/** Creates a workflow of the trigger alone. */
	async createTriggerWorkflow(
		parameters?: Json,
		credential: CredentialRef = this.credential,
	): Promise<Workflow> {
		return await this.client.createWorkflow(triggerWorkflow(credential, parameters));
	}

	/** Runs one operation of the Avala node by hand. @returns the JSON of the items it gave */
	async runAvala(parameters: Json, items?: Json[]): Promise<Json[]> {
		const given = await this.runAvalaForItems(parameters, items);
		return given.map(({ json }) => toObject(json));
	}

	/** Like `runAvala`. @returns the items with their binary data */
	async runAvalaForItems(parameters: Json, items?: Json[]): Promise<Json[]> {
		const executionId = await this.startAvala(parameters, items);
		return (await this.client.items(executionId, 300_000)).Avala ?? [];
	}

	/** Starts one operation of the Avala node by hand. @returns the execution's id */
	async startAvala(parameters: Json, items?: Json[]): Promise<string> {
		const { id } = await this.client.createWorkflow(
			avalaWorkflow(this.credential, parameters, items),
		);
		return (await this.client.run(id, 'Start')) ?? '';
	}

	/** Triggers an event in Avala. @returns its first delivery, after the first attempt */
	async deliver(
		type = 'task.completed',
		data: Json = {},
	): Promise<{ event: EmittedEvent; delivery: StoredDelivery }> {
		const attempted = this.avala.next('attempt');
		const event = this.avala.emit(type, data);
		return { event, delivery: await attempted };
	}

	/** Triggers an event in Avala and waits for the execution that it starts. */
	async execute(
		workflowId: string,
		type = 'task.completed',
		data: Json = {},
	): Promise<{ event: EmittedEvent; delivery: StoredDelivery; executionId: string }> {
		const before = new Set((await this.client.executions(workflowId)).map(({ id }) => id));
		const { event, delivery } = await this.deliver(type, data);
		if (delivery.status !== 'delivered') {
			throw new Error(
				`${type} was not accepted: ${delivery.errorMessage ?? delivery.responseBody}`,
			);
		}
		const executions = await this.client.untilExecuted(workflowId, before.size + 1);
		const executionId = executions.find(({ id }) => !before.has(id))?.id ?? '';
		return { event, delivery, executionId };
	}

	/** Where n8n itself listens for what is sent to the target URL. */
	localUrl(targetUrl: string): string {
		return targetUrl.replace(this.front.url, this.n8n.url);
	}

	/** Deactivates every workflow, then clears the sandbox. */
	async reset(): Promise<void> {
		this.avala.clearFaults();
		await this.client.deactivateAll();
		this.avala.reset();
	}

	async close(): Promise<void> {
		await Promise.all([...this.running.values()].map(async (n8n) => await n8n.stop()));
		await this.front.stop();
		await this.avala.stop();
		if (this.options.userFolder === undefined)
			rmSync(this.userFolder, { recursive: true, force: true });
	}
}

/** The data of an Avala credential for this sandbox. */
export function credentialData(avala: Sandbox, webhookSecret = ''): Json {
	return { apiKey: avala.apiKey, baseUrl: avala.baseUrl, webhookSecret };
}

/** Signs a body as Avala does, in hex. */
export function sign(body: string, secret: string): string {
	return createHmac('sha256', secret).update(body).digest('hex');
}

async function isReady(url: string): Promise<boolean> {
	return await fetch(`${url}/healthz/readiness`).then(
		({ ok }) => ok,
		() => false,
	);
}
