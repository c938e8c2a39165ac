import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';

import { payloadOf, signedHeaders } from './formats';
import { Lanes } from './lanes';
import type { Resource } from './samples';
import { sampleResource } from './samples';
import type { EmittedEvent, WireFormat, Store, StoredDelivery, StoredWebhook } from './store';
import { makeDelivery } from './store';

/** Avala tries again after 1, 5, 15 and 60 minutes, and then no more. */
const RETRY_DELAYS_MS = [1, 5, 15, 60].map((minutes) => minutes * 60_000);
const TRIES_AT_ONCE_PER_WEBHOOK = 20;
const MAX_KEPT_RESPONSE = 16 * 1024;

export interface DeliveryOptions {
	/** How many times faster than real time the delays pass. */
	clockSpeed: number;
	/** How long a target may take to answer, in real milliseconds. */
	timeoutMs: number;
	/** PEM of a certificate authority that is trusted beside the public ones. */
	ca: string | undefined;
	testEventType: string;
}

type Answer = { status: number; body: string } | { error: string };

interface Events {
	/** A delivery was tried; its fields tell how it went. */
	attempt: [StoredDelivery];
	delivered: [StoredDelivery];
	/** The last try has failed. */
	failed: [StoredDelivery];
	/** No try is under way any more. */
	idle: [];
}

/** Sends events to targets and keeps trying. Each delivery stands for itself: a bad target delays no other. */
export class Deliverer extends EventEmitter<Events> {
	private readonly agent: Agent;

	private readonly lanes = new Lanes(TRIES_AT_ONCE_PER_WEBHOOK);

	private readonly timers = new Set<NodeJS.Timeout>();

	/** When a webhook last took an event: uid to Unix time in milliseconds. */
	private readonly lastDelivered = new Map<string, number>();

	private underWay = 0;

	private isStopped = false;

	constructor(
		private readonly store: Store,
		private readonly options: DeliveryOptions,
	) {
		super();
		this.agent = new Agent({
			connect: {
				timeout: options.timeoutMs,
				...(options.ca && { ca: [...rootCertificates, options.ca] }),
			},
		});
		for (const delivery of store.deliveries) this.schedule(delivery);
	}

	/** Something happens at Avala: each active webhook that subscribes to the type gets a delivery. */
	emitEvent(
		type: string,
		data: Resource,
		wireFormat: WireFormat,
	): { event: EmittedEvent; deliveries: string[] } {
		const now = new Date().toISOString();
		const resource = { ...sampleResource(type), ...data };
		const event = {
			id: `evt_${randomBytes(8).toString('hex')}`,
			type,
			created_at: now,
			data: resource,
		};
		const deliveries: string[] = [];
		for (const webhook of this.store.webhooks) {
			if (!webhook.isActive || !webhook.events.includes(type)) continue;
			const delivery = makeDelivery(
				{
					webhookUid: webhook.uid,
					event,
					status: 'pending',
					attempts: 0,
					nextRetryAt: Date.now(),
					responseStatus: null,
				},
				wireFormat,
			);
			this.store.addDelivery(delivery);
			deliveries.push(delivery.uid);
			void this.attempt(delivery);
		}
		this.store.save();
		return { event, deliveries };
	}

	/** One signed event that is neither recorded nor repeated: a test, or the ping of a new webhook. */
	async sendOnce(
		webhook: StoredWebhook,
		kind: 'test' | 'ping',
		wireFormat: WireFormat,
	): Promise<Answer> {
		const type = kind === 'ping' ? 'ping' : this.options.testEventType;
		const event = {
			id: `evt_${randomBytes(8).toString('hex')}`,
			type,
			created_at: new Date().toISOString(),
			data: { ...sampleResource('task.completed'), test: true },
		};
		return await this.send(webhook, event, wireFormat, randomUUID());
	}

	async idle(): Promise<void> {
		if (this.underWay > 0) await new Promise<void>((resolve) => this.once('idle', resolve));
	}

	forgetAll(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
	}

	async stop(): Promise<void> {
		this.isStopped = true;
		this.forgetAll();
		await this.agent.destroy();
	}

	private schedule(delivery: StoredDelivery): void {
		if (this.isStopped || delivery.status !== 'pending' || delivery.nextRetryAt === null) return;
		const waitMs = Math.max(0, delivery.nextRetryAt - Date.now());
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			void this.attempt(delivery);
		}, waitMs);
		this.timers.add(timer);
	}

	private async attempt(delivery: StoredDelivery): Promise<void> {
		const { uid, webhookUid, event, wireFormat } = delivery;
		this.underWay += 1;
		// The time to answer begins with the sending, not with the waiting behind a slow target's other events.
		const answer = await this.lanes.run(webhookUid, async () => {
			const webhook = this.store.webhook(webhookUid);
			return webhook
				? await this.send(webhook, event, wireFormat, uid)
				: { error: 'The webhook was deleted.' };
		});
		this.underWay -= 1;
		// What was promised stays promised: a try that the sandbox's own end has cut off does not count.
		const isForgotten = this.store.delivery(uid) !== delivery;
		if (!this.isStopped && !isForgotten) this.record(delivery, answer);
		if (this.underWay === 0) this.emit('idle');
	}

	private record(delivery: StoredDelivery, answer: Answer): void {
		const webhook = this.store.webhook(delivery.webhookUid);
		const isDelivered = 'status' in answer && answer.status >= 200 && answer.status < 300;
		const delay = webhook ? RETRY_DELAYS_MS[delivery.attempts] : undefined;
		delivery.attempts += 1;
		delivery.updatedAt = new Date().toISOString();
		delivery.responseStatus = 'status' in answer ? answer.status : null;
		delivery.responseBody = 'status' in answer ? answer.body : '';
		delivery.errorMessage = isDelivered
			? null
			: 'error' in answer
				? answer.error
				: `HTTP ${answer.status}`;
		delivery.status = isDelivered ? 'delivered' : delay === undefined ? 'failed' : 'pending';
		delivery.nextRetryAt =
			delivery.status === 'pending' && delay !== undefined
				? Date.now() + delay / this.options.clockSpeed
				: null;
		if (isDelivered) this.lastDelivered.set(delivery.webhookUid, Date.now());
		if (delivery.status === 'failed' && webhook) this.switchOffIfFailing(webhook, delivery);
		this.store.save();
		this.schedule(delivery);
		this.emit('attempt', delivery);
		if (delivery.status !== 'pending') this.emit(delivery.status, delivery);
	}

	/** One event that a target cannot digest does not switch off a webhook that took others meanwhile. */
	private switchOffIfFailing(webhook: StoredWebhook, { createdAt }: StoredDelivery): void {
		if ((this.lastDelivered.get(webhook.uid) ?? 0) >= Date.parse(createdAt)) return;
		webhook.isActive = false;
		webhook.updatedAt = new Date().toISOString();
	}

	private async send(
		webhook: StoredWebhook,
		event: EmittedEvent,
		wireFormat: WireFormat,
		deliveryUid: string,
	): Promise<Answer> {
		const body = JSON.stringify(payloadOf(event, wireFormat));
		try {
			const response = await request(webhook.targetUrl, {
				method: 'POST',
				headers: signedHeaders(body, webhook.secret, wireFormat, { type: event.type, deliveryUid }),
				body,
				dispatcher: this.agent,
				signal: AbortSignal.timeout(this.options.timeoutMs),
			});
			return { status: response.statusCode, body: await readStart(response.body) };
		} catch (error) {
			const reason = error instanceof Error ? error.message || error.name : String(error);
			return { error: reason };
		}
	}
}

/** The start of a target's answer; a target that sends without an end is cut off. */
async function readStart(body: AsyncIterable<Uint8Array>): Promise<string> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of body) {
		chunks.push(chunk);
		size += chunk.length;
		if (size >= MAX_KEPT_RESPONSE) break;
	}
	return Buffer.concat(chunks).toString('utf8').slice(0, MAX_KEPT_RESPONSE);
}
