import fastify from 'fastify';
import { once } from 'node:events';

import type { Fault } from './faultList';
import type { RateLimit } from './api/rateLimit';
import type { Emitted } from './context';
import { Context } from './context';
import type { Deliverer } from './deliverer';
import { MAIN_ACCOUNT } from './account';
import { mountParts } from './parts';
import type { ApiRequest, StoredDelivery, StoredWebhook } from './webhookRecords';
import { makeDelivery, makeWebhook } from './webhookRecords';
import type { Plan } from './resources/life';
import type {
	ExportPlan,
	NewExport,
	Resource,
	StoredDataset,
	StoredExport,
	StoredProject,
	StoredTask,
} from './resources/resourceRecords';
import type { StoredJob } from './resources/reviewRecords';
import { makeDataset, makeExport, makeProject, makeTask } from './resources/resourceRecords';
import {
	makeAgent,
	makeExecution,
	makeIssue,
	makeJob,
	makeTarget,
} from './resources/reviewRecords';
import type { ApiSettings, SandboxOptions } from './settings';
import { API_PREFIX, SANDBOX_API_KEY } from './settings';
import type { Storage } from './storage/storage';
import type { Records } from './store';
import type { WireFormat } from './wireFormat';

const MAKERS: {
	readonly [K in keyof Records]: (given: Partial<Records[K]>, wireFormat: WireFormat) => Records[K];
} = {
	webhooks: makeWebhook,
	deliveries: makeDelivery,
	projects: makeProject,
	tasks: makeTask,
	datasets: makeDataset,
	exports: makeExport,
	agents: makeAgent,
	executions: makeExecution,
	issues: makeIssue,
	targets: makeTarget,
	jobs: makeJob,
};

/** A running stand-in for Avala: its API below `/api/v1`, its console at `/`, its storage on a port of its own. */
export class Sandbox {
	readonly deliverer: Deliverer;

	/** Where exports are downloaded from: its faults, its expiring links and the log of its requests. */
	readonly storage: Storage;

	private readonly server = fastify({
		forceCloseConnections: true,
		exposeHeadRoutes: false,
		bodyLimit: 256 * 1024,
		ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
	});

	private readonly context: Context;

	private isStopped = false;

	readonly webhooks = () => this.all('webhooks');
	readonly deliveries = (most?: number) => this.all('deliveries', most);
	readonly projects = () => this.all('projects');
	readonly tasks = () => this.all('tasks');
	readonly datasets = () => this.all('datasets');
	readonly exports = () => this.all('exports');
	readonly addWebhook = (webhook: Partial<StoredWebhook>) => this.add('webhooks', webhook);
	readonly addProject = (project: Partial<StoredProject> = {}) => this.add('projects', project);
	readonly addDataset = (dataset: Partial<StoredDataset> = {}) => this.add('datasets', dataset);

	constructor(private readonly options: SandboxOptions) {
		this.context = new Context(options);
		this.deliverer = this.context.deliverer;
		this.storage = this.context.storage;
		mountParts(this.server, this.context);
	}

	async start(): Promise<void> {
		await this.storage.start();
		await this.server.listen({ host: '127.0.0.1', port: this.options.port ?? 0 });
		const address = this.server.server.address();
		const port = typeof address === 'object' && address ? address.port : 0;
		this.context.origin = `http://127.0.0.1:${port}`;
	}

	get url(): string {
		return this.context.origin;
	}

	get baseUrl(): string {
		return this.url + API_PREFIX;
	}

	get apiKey(): string {
		return this.options.apiKey ?? SANDBOX_API_KEY;
	}

	get wireFormat(): WireFormat {
		return this.context.settings.wireFormat;
	}

	set wireFormat(wireFormat: WireFormat) {
		this.configure({ wireFormat });
	}

	/** Changes how the API behaves from now on. */
	configure(settings: Partial<ApiSettings>): void {
		Object.assign(this.context.settings, settings);
		this.context.changes.emit('change');
	}

	get rateLimit(): RateLimit | false {
		return this.context.rateLimit;
	}

	set rateLimit(limit: RateLimit | false) {
		this.context.rateLimit = limit && { ...limit };
	}

	/** What is stored of a kind, newest first, as copies. */
	all<K extends keyof Records>(kind: K, most?: number): Array<Records[K]> {
		return this.context.store[kind].newestFirst(most);
	}

	/** Adds something as if it had been there before, or replaces what has its uid. Nothing is sent. */
	add<K extends keyof Records>(kind: K, given: Partial<Records[K]> = {}): Records[K] {
		const added = this.context.store[kind].put(MAKERS[kind](given, this.wireFormat));
		this.context.changed();
		return { ...added };
	}

	/** Adds deliveries as if they had been made earlier, oldest first. */
	seedDeliveries(deliveries: Iterable<Partial<StoredDelivery>>): void {
		for (const delivery of deliveries) this.add('deliveries', delivery);
	}

	/** A task of the newest project, unless it names another. */
	addTask(task: Partial<StoredTask> = {}): StoredTask {
		const project = this.context.store.projects.list.at(-1)?.uid;
		return this.add('tasks', { ...(project !== undefined && { project }), ...task });
	}

	/** The API requests that got a response, oldest first. */
	requests(): ApiRequest[] {
		return [...this.context.requests];
	}

	clearRequests(): void {
		this.context.requests.length = 0;
	}

	/**
	 * Triggers an event: the lists of the API show it, and each webhook that subscribes receives it.
	 *
	 * @param data fields of the resource; a `uid` may name an existing one. The rest is sample data.
	 * @param account whose webhooks get it
	 */
	emit(type: string, data: Resource = {}, account = MAIN_ACCOUNT): Emitted {
		return this.context.emit(type, data, account);
	}

	/** An export that was requested just now and proceeds, unless its `state` says otherwise; `plan` may be given in part. */
	addExport(given: NewExport = {}): StoredExport {
		return { ...this.context.addExport(given) };
	}

	/** A job, as above. */
	addJob(given: Partial<StoredJob> = {}): StoredJob {
		return { ...this.context.addJob(given) };
	}

	/** Plans the exports that are created from now on: how long they take, how they end, their link and file. */
	planExports(plan: Partial<ExportPlan>): void {
		this.context.exports.plan = { ...this.context.exports.plan, ...plan };
	}

	/** The same for jobs. */
	planJobs(plan: Partial<Plan>): void {
		this.context.jobs.plan = { ...this.context.jobs.plan, ...plan };
	}

	/** Resolves when all exports under way have ended. */
	async exportsDone(): Promise<void> {
		const { changes, exports } = this.context;
		while (exports.underWay() > 0) await once(changes, 'change');
	}

	/** @returns removes the fault again */
	fault(fault: Fault): () => void {
		return this.context.faults.add(fault);
	}

	/** Those of the API and those of the storage. */
	clearFaults(): void {
		this.context.faults.clear();
		this.storage.clearFaults();
	}

	/** Whether each delivery fails as if the target responded with 503. */
	get deliveriesFail(): boolean {
		return this.deliverer.isFailing;
	}

	set deliveriesFail(isFailing: boolean) {
		this.deliverer.isFailing = isFailing;
		this.context.changes.emit('change');
	}

	/** Makes all pending retries now. @returns how many */
	retryNow(): number {
		return this.deliverer.retryNow();
	}

	/**
	 * Makes all retries now, one after the other, until each delivery has arrived or Avala gives up on it,
	 * as if the hours in between had passed.
	 */
	async giveUp(): Promise<void> {
		await this.deliverer.giveUp();
	}

	/** Forgets everything that happened, and starts over with the sample data if there was any. */
	reset(): void {
		this.deliveriesFail = false;
		this.context.reset();
		this.clearFaults();
		this.clearRequests();
		this.storage.clearRequests();
	}

	/** Resolves when no attempt is under way; those that wait for their time do not count. */
	async idle(): Promise<void> {
		await this.deliverer.idle();
	}

	/** Resolves at the next attempt that ends so. */
	async next(what: 'attempt' | 'delivered' | 'failed'): Promise<StoredDelivery> {
		const [delivery] = (await once(this.deliverer, what)) as [StoredDelivery];
		return delivery;
	}

	/** Stopping again does nothing. */
	async stop(): Promise<void> {
		if (this.isStopped) return;
		this.isStopped = true;
		await this.deliverer.stop();
		this.context.exports.forgetAll();
		this.context.jobs.forgetAll();
		this.context.stateFile.saveNow();
		await this.storage.stop();
		await this.server.close();
	}
}
