import type { FastifyInstance } from 'fastify';
import type { EventEmitter } from 'node:events';

import type { Deliverer } from './deliverer';
import type { Fault } from './fault';
import type { FaultList } from './matching';
import type { RateLimit } from './api/rateLimit';
import type { ApiRequest, EmittedEvent } from './webhookRecords';
import type { ExportLife } from './resources/exportLife';
import type { Resource, StoredExport } from './resources/resourceRecords';
import type { ApiSettings, Keys } from './settings';
import type { Storage } from './storage/storage';
import type { Store } from './store';

export type Emitted = EmittedEvent & { deliveries: string[] };

/** What the parts of the server share. */
export interface Context {
	/** Scheme, host and port of the server; empty until it has started. */
	origin: string;
	readonly settings: ApiSettings;
	readonly keys: Keys;
	readonly store: Store;
	readonly deliverer: Deliverer;
	readonly exportLife: ExportLife;
	readonly storage: Storage;
	readonly faults: FaultList<Fault>;
	/** Replaced as a whole, so that nothing of a new limit is used yet. */
	rateLimit: RateLimit | false;
	readonly requests: ApiRequest[];
	/** Emits `change` when the console has something new to show. */
	readonly changes: EventEmitter;
	/** Sends an event to the account's webhooks and updates the lists of the API. */
	emit(type: string, data: Resource, account: string): Emitted;
	/** Sends an event about an export. */
	announce(type: string, entry: StoredExport): void;
	/** An export as the API shows it now, with a fresh link. */
	showExport(entry: StoredExport): Resource;
}

/** Adds routes or hooks to a server; each part of the sandbox is mounted by one of these. */
export type Part = (server: FastifyInstance, context: Context) => void | Promise<void>;
