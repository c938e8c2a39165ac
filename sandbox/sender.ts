import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';

import type { EmittedEvent, Outcome, StoredWebhook } from './webhookRecords';
import { payloadOf, signedHeaders } from './wire/webhooks';
import type { WireFormat } from './wireFormat';

const MAX_KEPT_RESPONSE = 16 * 1024;
/** How long a target may take to respond. */
const TARGET_LIMIT_MS = 10_000;

/** Sends signed events to targets. */
export class Sender {
	private readonly agent: Agent;

	/** @param ca PEM of a certificate authority that is trusted beside the public ones */
	constructor(ca: string | undefined) {
		this.agent = new Agent({
			connect: { timeout: TARGET_LIMIT_MS, ...(ca && { ca: [...rootCertificates, ca] }) },
		});
	}

	async send(
		{ targetUrl, secret }: StoredWebhook,
		event: EmittedEvent,
		wireFormat: WireFormat,
		deliveryUid: string,
	): Promise<Outcome> {
		const body = JSON.stringify(payloadOf(event, wireFormat));
		try {
			const response = await request(targetUrl, {
				method: 'POST',
				headers: signedHeaders(body, secret, wireFormat, { type: event.type, deliveryUid }),
				body,
				dispatcher: this.agent,
				signal: AbortSignal.timeout(TARGET_LIMIT_MS),
			});
			const { statusCode: status } = response;
			const error = status >= 200 && status < 300 ? null : `HTTP ${status}`;
			const text = await response.body.text();
			return { status, body: text.slice(0, MAX_KEPT_RESPONSE), error };
		} catch (error) {
			const message = error instanceof Error ? error.message || error.name : String(error);
			return { status: null, body: '', error: message };
		}
	}

	async stop(): Promise<void> {
		await this.agent.destroy();
	}
}
