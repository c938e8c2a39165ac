import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';

import { Lanes } from './lanes';
import type { EmittedEvent, Outcome, StoredDelivery, StoredWebhook } from './webhookRecords';
import { makeDelivery } from './webhookRecords';
import type { Resource } from './resources/resourceRecords';
import { makeTask } from './resources/resourceRecords';
import { Sender } from './sender';
import type { Store } from './store';
import { shownTask } from './wire/resources';
import type { WireFormat } from './wireFormat';

/** Avala retries after 1, 5, 15 and 60 minutes, and then gives up. */
const RETRY_DELAYS_MS = [1, 5, 15, 60].map((minutes) => minutes * 60_000);
const ATTEMPTS_AT_ONCE_PER_WEBHOOK = 20;
const SIMULATED_OUTAGE: Outcome = {
	status: 503,
	body: 'The sandbox makes deliveries fail.',
	error: 'HTTP 503',
};

interface DeliveryOptions {
	/** How many times faster than real time the delays pass. */
	clockSpeed: number;
	/** PEM of a certificate authority that is trusted beside the public ones. */
	ca: string | undefined;
}

interface Events {
	/** A delivery was attempted; its fields show the outcome. */
	attempt: [StoredDelivery];
	delivered: [StoredDelivery];
	/** The last attempt has failed. */
	failed: [StoredDelivery];
	/** No attempt is under way any more. */
	idle: [];
}

/** Sends events to targets and retries. Deliveries are independent: a slow target does not delay others. */
export class Deliverer extends EventEmitter<Events> {
	/** Whether each attempt fails as if the target responded with 503; nothing is sent then. */
	isFailing = false;

	private readonly sender: Sender;

	private readonly lanes = new Lanes(ATTEMPTS_AT_ONCE_PER_WEBHOOK);

	private readonly timers = new Map<StoredDelivery, NodeJS.Timeout>();

	/** When a webhook last took an event: uid to Unix time in milliseconds. */
	private readonly lastDelivered = new Map<string, number>();

	private underWay = 0;

	private isStopped = false;

	constructor(
		private readonly store: Store,
		private readonly options: DeliveryOptions,
	) {
		super();
		this.sender = new Sender(options.ca);
		for (const delivery of store.deliveries.list) this.schedule(delivery);
	}

	/** Creates and sends a delivery for each active webhook that subscribes to the type. */
	emitEvent(
		type: string,
		data: Resource,
		wireFormat: WireFormat,
		account: string,
	): { event: EmittedEvent; deliveries: string[] } {
		const event = newEvent(type, data);
		const deliveries: string[] = [];
		for (const webhook of this.store.webhooks.list) {
			if (!webhook.isActive || webhook.account !== account) continue;
			if (!webhook.events.includes(type)) continue;
			const delivery = makeDelivery(
				{
					account,
					webhookUid: webhook.uid,
					targetUrl: webhook.targetUrl,
					event,
					status: 'pending',
					attempts: 0,
					nextRetryAt: Date.now(),
					responseStatus: null,
				},
				wireFormat,
			);
			this.store.deliveries.put(delivery);
			deliveries.push(delivery.uid);
			void this.attempt(delivery);
		}
		return { event, deliveries };
	}

	/** One signed event that is neither recorded nor retried: a test, or the ping of a new webhook. */
	async sendOnce(
		webhook: StoredWebhook,
		kind: 'test' | 'ping',
		wireFormat: WireFormat,
	): Promise<Outcome> {
		const type = kind === 'ping' ? 'ping' : 'webhook.test';
		const now = new Date().toISOString();
		const task = makeTask({ status: 'completed', completedAt: now }, wireFormat);
		const data = { ...shownTask(task, wireFormat), test: true };
		return await this.sender.send(webhook, newEvent(type, data), wireFormat, randomUUID());
	}

	/** Makes all retries that are due later now. @returns how many */
	retryNow(): number {
		const waiting = [...this.timers.keys()];
		this.forgetAll();
		for (const delivery of waiting) void this.attempt(delivery);
		return waiting.length;
	}

	/** How many deliveries wait for a retry. */
	get waiting(): number {
		return this.timers.size;
	}

	/**
	 * Makes all retries now, one after the other, until each delivery has arrived or Avala gives up.
	 * @returns the deliveries that were waiting
	 */
	async giveUp(): Promise<StoredDelivery[]> {
		await this.idle();
		const waiting = [...this.timers.keys()];
		while (this.retryNow() > 0) await this.idle();
		return waiting;
	}

	async idle(): Promise<void> {
		if (this.underWay > 0) await new Promise<void>((resolve) => this.once('idle', resolve));
	}

	forgetAll(): void {
		for (const timer of this.timers.values()) clearTimeout(timer);
		this.timers.clear();
	}

	async stop(): Promise<void> {
		this.isStopped = true;
		this.forgetAll();
		await this.sender.stop();
	}

	private schedule(delivery: StoredDelivery): void {
		if (this.isStopped || delivery.status !== 'pending' || delivery.nextRetryAt === null) return;
		const waitMs = Math.max(0, delivery.nextRetryAt - Date.now());
		const timer = setTimeout(() => {
			this.timers.delete(delivery);
			void this.attempt(delivery);
		}, waitMs);
		this.timers.set(delivery, timer);
	}

	private async attempt(delivery: StoredDelivery): Promise<void> {
		const { uid, webhookUid, event, wireFormat } = delivery;
		this.underWay += 1;
		// The target's time starts when the event is sent, not while it waits behind others.
		const outcome = await this.lanes.run(webhookUid, async (): Promise<Outcome> => {
			const webhook = this.store.webhooks.get(webhookUid);
			if (!webhook) return { status: null, body: '', error: 'The webhook was deleted.' };
			if (this.isFailing) return SIMULATED_OUTAGE;
			return await this.sender.send(webhook, event, wireFormat, uid);
		});
		this.underWay -= 1;
		// An attempt that was cut off because the sandbox stopped is made again when it starts.
		const isForgotten = this.store.deliveries.get(uid) !== delivery;
		if (!this.isStopped && !isForgotten) this.record(delivery, outcome);
		if (this.underWay === 0) this.emit('idle');
	}

	private record(delivery: StoredDelivery, outcome: Outcome): void {
		const webhook = this.store.webhooks.get(delivery.webhookUid);
		const isDelivered = outcome.error === null;
		const delay = webhook ? RETRY_DELAYS_MS[delivery.attempts] : undefined;
		const now = Date.now();
		delivery.attempts += 1;
		delivery.updatedAt = new Date(now).toISOString();
		delivery.responseStatus = outcome.status;
		delivery.responseBody = outcome.body;
		delivery.errorMessage = outcome.error;
		delivery.status = isDelivered ? 'delivered' : delay === undefined ? 'failed' : 'pending';
		delivery.nextRetryAt =
			delivery.status === 'pending' && delay !== undefined
				? now + delay / this.options.clockSpeed
				: null;
		if (isDelivered) this.lastDelivered.set(delivery.webhookUid, now);
		if (delivery.status === 'failed' && webhook) this.deactivateIfFailing(webhook, delivery);
		this.schedule(delivery);
		this.emit('attempt', delivery);
		if (delivery.status !== 'pending') this.emit(delivery.status, delivery);
	}

	/** A webhook that accepted other events in the meantime is not deactivated because of one event. */
	private deactivateIfFailing(webhook: StoredWebhook, { createdAt }: StoredDelivery): void {
		if ((this.lastDelivered.get(webhook.uid) ?? 0) >= Date.parse(createdAt)) return;
		webhook.isActive = false;
		webhook.updatedAt = new Date().toISOString();
	}
}

function newEvent(type: string, data: Resource): EmittedEvent {
	const id = `evt_${randomBytes(8).toString('hex')}`;
	return { id, type, created_at: new Date().toISOString(), data };
}
