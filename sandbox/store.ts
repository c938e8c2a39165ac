import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import type { Resource } from './samples';

export type WireFormat = 'guide' | 'older' | 'newer';

export interface StoredWebhook {
	uid: string;
	targetUrl: string;
	events: string[];
	isActive: boolean;
	secret: string;
	createdAt: string;
	updatedAt: string;
}

export interface EmittedEvent {
	id: string;
	type: string;
	created_at: string;
	data: Resource;
}

export interface StoredDelivery {
	uid: string;
	webhookUid: string;
	event: EmittedEvent;
	/** In which format the body was, and each further try is, sent. */
	wireFormat: WireFormat;
	status: 'pending' | 'delivered' | 'failed';
	attempts: number;
	/** Unix time in milliseconds; null when no further try is promised. */
	nextRetryAt: number | null;
	responseStatus: number | null;
	responseBody: string;
	errorMessage: string | null;
	createdAt: string;
	updatedAt: string;
}

interface State {
	webhooks: StoredWebhook[];
	deliveries: StoredDelivery[];
}

const SAVE_DELAY_MS = 100;
/** Saving takes at most one part in so many of the time. */
const SHARE_OF_TIME = 20;

/** What Avala remembers: webhooks and deliveries, oldest first, in memory and, if wanted, in a file. */
export class Store {
	webhooks: StoredWebhook[] = [];

	deliveries: StoredDelivery[] = [];

	private readonly deliveriesByUid = new Map<string, StoredDelivery>();

	private saving: NodeJS.Timeout | undefined;

	private saveDelayMs = SAVE_DELAY_MS;

	constructor(private readonly file: string | undefined) {
		if (!file || !existsSync(file)) return;
		const state = readState(file);
		this.webhooks = state.webhooks;
		for (const delivery of state.deliveries) this.addDelivery(delivery);
	}

	webhook(uid: string): StoredWebhook | undefined {
		return this.webhooks.find((webhook) => webhook.uid === uid);
	}

	delivery(uid: string): StoredDelivery | undefined {
		return this.deliveriesByUid.get(uid);
	}

	/** Adds a webhook, or replaces the one with the same uid. */
	putWebhook(given: Partial<StoredWebhook>, wireFormat: WireFormat): StoredWebhook {
		const now = new Date().toISOString();
		const webhook: StoredWebhook = {
			uid: wireFormat === 'guide' ? `wh_${randomBytes(6).toString('hex')}` : randomUUID(),
			targetUrl: 'https://example.com/hook',
			events: ['task.completed'],
			isActive: true,
			secret: randomBytes(32).toString('hex'),
			createdAt: now,
			updatedAt: now,
			...given,
		};
		const index = this.webhooks.findIndex(({ uid }) => uid === webhook.uid);
		if (index === -1) this.webhooks.push(webhook);
		else this.webhooks[index] = webhook;
		this.save();
		return webhook;
	}

	removeWebhook(uid: string): void {
		this.webhooks = this.webhooks.filter((webhook) => webhook.uid !== uid);
		this.save();
	}

	addDelivery(delivery: StoredDelivery): void {
		this.deliveries.push(delivery);
		this.deliveriesByUid.set(delivery.uid, delivery);
	}

	clear(): void {
		this.webhooks = [];
		this.deliveries = [];
		this.deliveriesByUid.clear();
		this.save();
	}

	/** Soon, and seldom enough that a large state does not hold up deliveries. */
	save(): void {
		if (!this.file) return;
		this.saving ??= setTimeout(() => {
			try {
				this.saveNow();
			} catch (error) {
				console.error(`The state is not saved: ${String(error)}`);
			}
		}, this.saveDelayMs);
	}

	/** Writes beside the file and renames, so that an end at any moment leaves a whole file. */
	saveNow(): void {
		clearTimeout(this.saving);
		this.saving = undefined;
		if (!this.file) return;
		const { webhooks, deliveries } = this;
		const startedAt = Date.now();
		writeFileSync(`${this.file}.new`, JSON.stringify({ webhooks, deliveries }), { mode: 0o600 });
		renameSync(`${this.file}.new`, this.file);
		this.saveDelayMs = Math.max(SAVE_DELAY_MS, SHARE_OF_TIME * (Date.now() - startedAt));
	}
}

/** @throws when the file holds anything but a saved state */
function readState(file: string): State {
	let state: unknown;
	try {
		state = JSON.parse(readFileSync(file, 'utf8'));
	} catch (error) {
		throw new Error(`${file} holds no state: ${String(error)}. Delete it to start empty.`);
	}
	if (!isState(state)) throw new Error(`${file} holds no state. Delete it to start empty.`);
	return state;
}

/** The sandbox alone writes the file, so only a foreign one has to be told from it. */
function isState(value: unknown): value is State {
	return (
		typeof value === 'object' &&
		value !== null &&
		'webhooks' in value &&
		Array.isArray(value.webhooks) &&
		'deliveries' in value &&
		Array.isArray(value.deliveries)
	);
}

/** A delivery with the given fields and otherwise one that was delivered at the first try. */
export function makeDelivery(
	given: Partial<StoredDelivery>,
	wireFormat: WireFormat,
): StoredDelivery {
	const now = new Date().toISOString();
	const uid = wireFormat === 'guide' ? `whd_${randomBytes(6).toString('hex')}` : randomUUID();
	const event = {
		id: `evt_${randomBytes(6).toString('hex')}`,
		type: 'task.completed',
		created_at: now,
		data: {},
	};
	return {
		uid,
		webhookUid: 'wh_gone',
		event,
		wireFormat,
		status: 'delivered',
		attempts: 1,
		nextRetryAt: null,
		responseStatus: 200,
		responseBody: '',
		errorMessage: null,
		createdAt: now,
		updatedAt: now,
		...given,
	};
}
