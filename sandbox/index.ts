import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import { EventEmitter, once } from 'node:events';

import type { ApiSettings } from './api';
import { API_PREFIX, installApi, sendError } from './api';
import { installControl } from './control';
import { Deliverer } from './delivery';
import type { Fault } from './faults';
import { Faults } from './faults';
import { installFiles } from './files';
import type { RateLimit } from './rateLimit';
import { AVALA_RATE_LIMIT, RateLimiter } from './rateLimit';
import type { Resource } from './samples';
import type { EmittedEvent, WireFormat, StoredDelivery, StoredWebhook } from './store';
import { makeDelivery, Store } from './store';

export type { EmittedEvent, Fault, WireFormat, StoredDelivery, StoredWebhook };

/** The shape of an Avala key: 40 hex digits. It opens nothing but a sandbox. */
export const SANDBOX_API_KEY = '5a4db0c5a4db0c5a4db0c5a4db0c5a4db0c5a4db';

export interface SandboxOptions {
	/** Any free one by default. */
	port?: number;
	wireFormat?: WireFormat;
	apiKey?: string;
	/** PEM of a certificate authority that is trusted when events are delivered. */
	ca?: string;
	/** How many times faster than real time the delays of retries pass. */
	clockSpeed?: number;
	/** How long a target may take to answer. */
	deliveryTimeoutMs?: number;
	rateLimit?: RateLimit | false;
	pingOnCreate?: boolean;
	activateOnlyIfPingOk?: boolean;
	allowHttpLoopbackTargets?: boolean;
	testEventType?: string;
	/** Keeps webhooks and deliveries there, so that a restart loses nothing. */
	stateFile?: string;
}

export interface ApiRequest {
	method: string;
	/** With its query. */
	path: string;
	status: number;
	/** Unix time in milliseconds. */
	at: number;
}

/** A running stand-in for Avala: its API below `/api/v1`, its console at `/`. */
export class Sandbox {
	readonly deliverer: Deliverer;

	private readonly server = fastify({
		forceCloseConnections: true,
		bodyLimit: 256 * 1024,
		ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
	});

	private readonly store: Store;

	private readonly faults = new Faults();

	private readonly limiter: RateLimiter;

	private readonly settings: ApiSettings;

	private readonly changes = new EventEmitter().setMaxListeners(0);

	private requestLog: ApiRequest[] = [];

	private port = 0;

	constructor(options: SandboxOptions) {
		this.settings = {
			apiKey: options.apiKey ?? SANDBOX_API_KEY,
			wireFormat: options.wireFormat ?? 'guide',
			pingOnCreate: options.pingOnCreate ?? true,
			activateOnlyIfPingOk: options.activateOnlyIfPingOk ?? false,
			allowHttpLoopbackTargets: options.allowHttpLoopbackTargets ?? false,
		};
		this.store = new Store(options.stateFile);
		this.deliverer = new Deliverer(this.store, {
			clockSpeed: options.clockSpeed ?? 1,
			timeoutMs: options.deliveryTimeoutMs ?? 10_000,
			ca: options.ca,
			testEventType: options.testEventType ?? 'webhook.test',
		});
		this.deliverer.on('attempt', () => this.changes.emit('change'));
		this.limiter = new RateLimiter(options.rateLimit ?? AVALA_RATE_LIMIT);

		this.server.setErrorHandler(sendError);
		acceptJsonOnly(this.server);
		void this.server.register(
			async (api) => {
				api.addHook('onResponse', async ({ method, url }, { statusCode }) => {
					this.requestLog.push({ method, path: url, status: statusCode, at: Date.now() });
					if (method !== 'GET') this.changes.emit('change');
				});
				this.limiter.install(api);
				installApi(api, this.settings, this.store, this.deliverer);
				this.faults.install(api);
			},
			{ prefix: API_PREFIX },
		);
		void this.server.register(async (files) => {
			installFiles(files, this.settings.apiKey);
		});
		void this.server.register(async (control) => {
			installControl(control, this);
		});
	}

	async start(port: number): Promise<void> {
		await this.server.listen({ host: '127.0.0.1', port });
		const address = this.server.server.address();
		if (typeof address === 'object' && address) this.port = address.port;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	get baseUrl(): string {
		return this.url + API_PREFIX;
	}

	get apiKey(): string {
		return this.settings.apiKey;
	}

	get wireFormat(): WireFormat {
		return this.settings.wireFormat;
	}

	set wireFormat(wireFormat: WireFormat) {
		this.settings.wireFormat = wireFormat;
		this.changes.emit('change');
	}

	get rateLimit(): RateLimit | false {
		return this.limiter.limit;
	}

	set rateLimit(limit: RateLimit | false) {
		this.limiter.replaceLimit(limit);
	}

	/** Newest first, as copies. */
	webhooks(): StoredWebhook[] {
		return this.store.webhooks.map((webhook) => ({ ...webhook })).reverse();
	}

	/** Newest first, as copies. */
	deliveries(most = Infinity): StoredDelivery[] {
		const { deliveries } = this.store;
		return deliveries
			.slice(Math.max(0, deliveries.length - most))
			.map((delivery) => ({ ...delivery }))
			.reverse();
	}

	/** The API requests that were answered, oldest first. */
	requests(): ApiRequest[] {
		return [...this.requestLog];
	}

	clearRequests(): void {
		this.requestLog = [];
	}

	/** Something happens at Avala: sample data with the given fields goes to each webhook that subscribes. */
	emit(type: string, data: Resource = {}): EmittedEvent & { deliveries: string[] } {
		const { event, deliveries } = this.deliverer.emitEvent(type, data, this.wireFormat);
		this.changes.emit('change');
		return { ...event, deliveries };
	}

	/** Puts a webhook there as if someone had made it earlier, or in the place of the one with its uid. */
	addWebhook(webhook: Partial<StoredWebhook>): StoredWebhook {
		return { ...this.store.putWebhook(webhook, this.wireFormat) };
	}

	/** Puts deliveries there as if they had been made earlier, oldest first; nothing is sent. */
	seedDeliveries(deliveries: Iterable<Partial<StoredDelivery>>): void {
		for (const delivery of deliveries)
			this.store.addDelivery(makeDelivery(delivery, this.wireFormat));
		this.store.save();
	}

	/** @returns removes the fault again */
	fault(fault: Fault): () => void {
		return this.faults.add(fault);
	}

	clearFaults(): void {
		this.faults.clear();
	}

	/** Forgets webhooks, deliveries, requests and faults. */
	reset(): void {
		this.deliverer.forgetAll();
		this.store.clear();
		this.clearFaults();
		this.clearRequests();
	}

	/** Resolves when no try is under way; those that wait for their time do not count. */
	async idle(): Promise<void> {
		await this.deliverer.idle();
	}

	/** Resolves at the next try that has ended so. */
	async next(what: 'attempt' | 'delivered' | 'failed'): Promise<StoredDelivery> {
		const [delivery] = (await once(this.deliverer, what)) as [StoredDelivery];
		return delivery;
	}

	onChange(listener: () => void): void {
		this.changes.on('change', listener);
	}

	offChange(listener: () => void): void {
		this.changes.off('change', listener);
	}

	async stop(): Promise<void> {
		await this.deliverer.stop();
		this.store.saveNow();
		await this.server.close();
	}
}

/** No body at all counts as JSON too, as it does at Avala; anything else is answered 415. */
function acceptJsonOnly(server: FastifyInstance): void {
	const parse = server.getDefaultJsonParser('error', 'error');
	server.removeAllContentTypeParsers();
	server.addContentTypeParser<string>(
		'application/json',
		{ parseAs: 'string' },
		(request, text, done) => {
			if (text === '') done(null, undefined);
			else parse(request, text, done);
		},
	);
}

/** Starts a sandbox on loopback. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = new Sandbox(options);
	await sandbox.start(options.port ?? 0);
	return sandbox;
}
