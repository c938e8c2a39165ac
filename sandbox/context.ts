import type { FastifyInstance } from 'fastify';
import { EventEmitter } from 'node:events';

import type { RateLimit } from './api/rateLimit';
import { AVALA_RATE_LIMIT } from './api/rateLimit';
import { Deliverer } from './deliverer';
import type { Fault } from './faultList';
import { FaultList } from './faultList';
import { queueExecutions } from './resources/agentQueue';
import { applyEvent } from './resources/eventEffects';
import { DEFAULT_PLAN, Life } from './resources/life';
import type { NewExport, Resource, StoredExport } from './resources/resourceRecords';
import { DEFAULT_EXPORT_PLAN, makeExport } from './resources/resourceRecords';
import type { StoredJob } from './resources/reviewRecords';
import { makeJob } from './resources/reviewRecords';
import { addSampleData } from './resources/sampleData';
import type { ApiSettings, Keys, SandboxOptions } from './settings';
import { API_PREFIX, apiSettings, keysOf } from './settings';
import { fileName } from './storage/files';
import { StateFile } from './stateFile';
import { Storage } from './storage/storage';
import type { Store } from './store';
import { newStore } from './store';
import type { ApiRequest, EmittedEvent } from './webhookRecords';
import { exportEventData, LINK_BY_FORMAT, shownExport } from './wire/resources';

export type Emitted = EmittedEvent & { deliveries: string[] };

/** What the parts of the server share. */
export class Context {
	/** Scheme, host and port of the server; empty until it has started. */
	origin = '';

	readonly settings: ApiSettings;

	readonly keys: Keys;

	readonly store: Store = newStore();

	readonly stateFile: StateFile;

	readonly deliverer: Deliverer;

	readonly exports: Life<StoredExport>;

	readonly jobs: Life<StoredJob>;

	readonly storage: Storage;

	readonly faults = new FaultList<Fault>();

	readonly requests: ApiRequest[] = [];

	/** Replaced as a whole, so that nothing of a new limit is used yet. */
	rateLimit: RateLimit | false;

	/** Emits `change` when the console has something new to show. */
	readonly changes = new EventEmitter().setMaxListeners(0);

	/** @throws when the state file holds anything but a saved state */
	constructor(private readonly options: SandboxOptions) {
		const { clockSpeed = 1 } = options;
		this.settings = apiSettings(options);
		this.keys = keysOf(options);
		this.rateLimit = options.rateLimit ?? AVALA_RATE_LIMIT;
		const { store } = this;
		this.stateFile = new StateFile(options.stateFile, store);
		if (!this.stateFile.isRestored) this.addSampleData();
		this.deliverer = new Deliverer(store, {
			clockSpeed,
			ca: options.ca,
		});
		this.deliverer.on('attempt', () => this.changed());
		this.storage = new Storage(
			(uid) => store.exports.get(uid)?.plan.file,
			(text) => [...this.keys.keys()].some((key) => text.includes(key)),
		);
		const onChange = () => this.changed();
		const plan = { ...DEFAULT_EXPORT_PLAN, ...options.exports };
		this.exports = new Life(store.exports, plan, clockSpeed, {
			onChange,
			onEnd: (entry) =>
				this.announce(entry.state === 'ready' ? 'export.completed' : 'export.failed', entry),
		});
		this.jobs = new Life(store.jobs, DEFAULT_PLAN, clockSpeed, { onChange, onEnd: onChange });
	}

	/** To be called after each change of the state. */
	changed(): void {
		this.stateFile.save();
		this.changes.emit('change');
	}

	addSampleData(): void {
		if (this.options.sampleData !== false) addSampleData(this.store, this.settings.wireFormat);
	}

	/** Forgets what is under way and what was planned. */
	reset(): void {
		this.deliverer.forgetAll();
		this.exports.forgetAll();
		this.jobs.forgetAll();
		this.exports.plan = { ...DEFAULT_EXPORT_PLAN, ...this.options.exports };
		this.jobs.plan = DEFAULT_PLAN;
		for (const collection of Object.values(this.store)) collection.clear();
		this.addSampleData();
	}

	addExport({ plan, ...given }: NewExport): StoredExport {
		const fields = { ...given, plan: { ...this.exports.plan, ...plan } };
		return this.exports.add(makeExport(fields, this.settings.wireFormat));
	}

	addJob(given: Partial<StoredJob>): StoredJob {
		return this.jobs.add(makeJob({ plan: this.jobs.plan, ...given }, this.settings.wireFormat));
	}

	/** Triggers an event: the lists of the API show it, and the account's webhooks and agents get it. */
	emit(type: string, given: Resource, account: string): Emitted {
		const data = { ...applyEvent(this, type, given, account), ...given };
		return this.send(type, data, account);
	}

	/** Sends an event about an export. */
	announce(type: string, entry: StoredExport): void {
		this.send(type, this.exportEvent(entry), entry.account);
	}

	/** An export as the API shows it now, with a fresh link. */
	showExport(entry: StoredExport): Resource {
		return shownExport(entry, this.downloadUrl(entry), this.settings.wireFormat);
	}

	/** An export as its events carry it; the newest ones have a link on the API's origin. */
	exportEvent(entry: StoredExport): Resource {
		const link = this.settings.wireFormat === 'newer' ? 'api' : entry.plan.link;
		return exportEventData(entry, this.downloadUrl(entry, link), this.settings.wireFormat);
	}

	private send(type: string, data: Resource, account: string): Emitted {
		const { wireFormat } = this.settings;
		const { event, deliveries } = this.deliverer.emitEvent(type, data, wireFormat, account);
		queueExecutions(this.store, event, wireFormat, account);
		this.changed();
		return { ...event, deliveries };
	}

	private downloadUrl(entry: StoredExport, link = entry.plan.link): string | null {
		if (entry.downloadUrl !== undefined) return entry.downloadUrl;
		if (entry.state !== 'ready') return null;
		switch (link ?? LINK_BY_FORMAT[this.settings.wireFormat]) {
			case 'storage':
				return this.storage.linkTo(entry);
			case 'api':
				return `${this.origin}${API_PREFIX}/exports/${entry.uid}/download`;
			case 'relative':
				// By its uid, whatever the file is called.
				return `/files/${fileName(entry.uid, { size: entry.plan.file.size })}`;
		}
	}
}

/** Adds routes or hooks to a server; each part of the sandbox is mounted by one of these. */
export type Part = (server: FastifyInstance, context: Context) => void | Promise<void>;
