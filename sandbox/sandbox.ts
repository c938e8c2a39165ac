import fastify from 'fastify';
import { once } from 'node:events';

import type { Fault } from './fault';
import type { RateLimit } from './api/rateLimit';
import type { Context, Emitted } from './context';
import { createContext } from './createContext';
import type { Deliverer } from './deliverer';
import { API_PREFIX, mountParts } from './parts';
import type { ApiRequest, StoredDelivery, StoredWebhook } from './webhookRecords';
import { MAIN_ACCOUNT, makeDelivery, makeWebhook } from './webhookRecords';
import type { NewExport } from './resources/exportLife';
import type {
	ExportPlan,
	Resource,
	StoredDataset,
	StoredExport,
	StoredProject,
	StoredTask,
} from './resources/resourceRecords';
import { makeDataset, makeProject, makeTask } from './resources/resourceRecords';
import { addSampleData } from './resources/sampleData';
import type { ApiSettings, SandboxOptions } from './settings';
import { SANDBOX_API_KEY } from './settings';
import type { Storage } from './storage/storage';
import type { WireFormat } from './wireFormat';

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

	constructor(private readonly options: SandboxOptions) {
		this.context = createContext(options);
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

	/** Newest first, as copies; so are the lists below. */
	webhooks(): StoredWebhook[] {
		return this.context.store.webhooks.newestFirst();
	}

	deliveries(most?: number): StoredDelivery[] {
		return this.context.store.deliveries.newestFirst(most);
	}

	projects(): StoredProject[] {
		return this.context.store.projects.newestFirst();
	}

	tasks(): StoredTask[] {
		return this.context.store.tasks.newestFirst();
	}

	datasets(): StoredDataset[] {
		return this.context.store.datasets.newestFirst();
	}

	exports(): StoredExport[] {
		return this.context.store.exports.newestFirst();
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

	/** Adds a webhook as if it had been created earlier, or replaces the one with its uid. */
	addWebhook(webhook: Partial<StoredWebhook>): StoredWebhook {
		const { store } = this.context;
		const added = store.webhooks.put(makeWebhook(webhook, this.wireFormat));
		store.save();
		return { ...added };
	}

	/** Adds deliveries as if they had been made earlier, oldest first; nothing is sent. */
	seedDeliveries(deliveries: Iterable<Partial<StoredDelivery>>): void {
		const { store } = this.context;
		for (const delivery of deliveries)
			store.deliveries.put(makeDelivery(delivery, this.wireFormat));
		store.save();
	}

	/** Adds a project, or replaces the one with its uid; the three methods below do the same. */
	addProject(project: Partial<StoredProject> = {}): StoredProject {
		return { ...this.context.store.projects.put(makeProject(project, this.wireFormat)) };
	}

	/** A task of the newest project, unless it names another. */
	addTask(task: Partial<StoredTask> = {}): StoredTask {
		const { projects, tasks } = this.context.store;
		const project = projects.list.at(-1)?.uid;
		const fields = { ...(project !== undefined && { project }), ...task };
		return { ...tasks.put(makeTask(fields, this.wireFormat)) };
	}

	addDataset(dataset: Partial<StoredDataset> = {}): StoredDataset {
		return { ...this.context.store.datasets.put(makeDataset(dataset, this.wireFormat)) };
	}

	/** An export that was requested just now, unless its `state` says otherwise; `plan` may be given in part. */
	addExport(given: NewExport = {}): StoredExport {
		return { ...this.context.exportLife.add(given, this.wireFormat, MAIN_ACCOUNT) };
	}

	/** Plans the exports that are created from now on: how long they take, how they end, their link and file. */
	planExports(plan: Partial<ExportPlan>): void {
		this.context.exportLife.planAll(plan);
	}

	/** Resolves when all exports under way have ended. */
	async exportsDone(): Promise<void> {
		const { changes, exportLife } = this.context;
		while (exportLife.underWay() > 0) await once(changes, 'change');
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

	/** Forgets everything that happened, and starts over with the sample data if there was any. */
	reset(): void {
		const { store, exportLife } = this.context;
		this.deliverer.forgetAll();
		this.deliveriesFail = false;
		exportLife.reset(this.options.exports);
		store.clear();
		if (this.options.sampleData !== false) addSampleData(store, this.wireFormat);
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
		this.context.exportLife.forgetAll();
		this.context.store.saveNow();
		await this.storage.stop();
		await this.server.close();
	}
}
