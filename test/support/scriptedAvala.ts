import type { IncomingMessage, ServerResponse } from 'node:http';

import type { LocalServer } from './localServer';
import { serve } from './localServer';

const MINUTE = 60_000;
/** Avala tries five times: at once and after 1, 5, 15 and 60 minutes. */
const LAST_TRY = 81 * MINUTE;

/** A delivery of the older wire format, by what becomes of it. */
export interface ScriptedDelivery {
	/** The event's number. */
	event: number;
	/** Unix time in milliseconds. */
	created: number;
	webhook?: string;
	type?: string;
	project?: string;
	/** How long after its creation it is delivered; without it, it fails for good. */
	deliveredAfter?: number;
	/** How long after its creation it has failed for good. */
	failedAfter?: number;
	/** How long after its creation Avala lists it. */
	visibleAfter?: number;
	/** What Avala keeps with it: the envelope, the resource alone, or nothing but the resource's ID. */
	payload?: 'envelope' | 'resource' | 'none';
	hasNoTime?: boolean;
}

/** Deliveries as Avala would list them at the moment that the test's clock shows. */
export class ScriptedAvala {
	readonly deliveries: ScriptedDelivery[] = [];

	webhooks: Array<{ uid: string; target_url: string; is_active: boolean; events: string[] }> = [];

	/** What responds in Avala's place, if anything. */
	fault?: (request: IncomingMessage, response: ServerResponse) => boolean;

	/** How far Avala's clock is ahead of n8n's. */
	ahead = 0;

	/** Whether the list is in no order. */
	isUnsorted = false;

	/** Whether times are told in whole seconds. */
	wholeSeconds = false;

	readonly requests: string[] = [];

	private constructor(private server?: LocalServer) {}

	static async start(): Promise<ScriptedAvala> {
		const avala = new ScriptedAvala();
		avala.server = await serve((request, response) => avala.respond(request, response));
		return avala;
	}

	get credentials() {
		return { apiKey: 'key', baseUrl: `${this.server?.url ?? ''}/api/v1` };
	}

	async stop(): Promise<void> {
		await this.server?.close();
	}

	reset(): void {
		this.deliveries.length = 0;
		this.requests.length = 0;
		this.webhooks = [];
		delete this.fault;
		this.wholeSeconds = false;
		this.ahead = 0;
		this.isUnsorted = false;
	}

	/** By Avala's clock. */
	now(): number {
		return Date.now() + this.ahead;
	}

	private respond(request: IncomingMessage, response: ServerResponse): void {
		const url = new URL(request.url ?? '', 'http://avala');
		this.requests.push(`${request.method ?? ''} ${url.pathname}`);
		request.resume();
		if (this.fault?.(request, response)) return;
		const path = url.pathname.replace('/api/v1', '');
		const [, id] = /^\/webhooks\/(.+)\/$/.exec(path) ?? [];
		const webhook = this.webhooks.find(({ uid }) => uid === id);
		const [, task] = /^\/tasks\/(.+)\/$/.exec(path) ?? [];
		if (webhook && request.method === 'PATCH') webhook.is_active = true;
		const body =
			path === '/webhook-deliveries/'
				? this.page(url)
				: path === '/webhooks/'
					? { results: this.webhooks, next: null }
					: (webhook ?? (task && { uid: task }));
		response.statusCode = body ? 200 : 404;
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(body ?? { detail: 'Not found.' }));
	}

	private page(url: URL): object {
		const limit = Number(url.searchParams.get('limit'));
		const visible = this.deliveries
			.filter(({ created, visibleAfter = 0 }) => created + visibleAfter <= this.now())
			.sort((a, b) => (this.isUnsorted ? (a.event % 7) - (b.event % 7) : b.created - a.created));
		const start = Number(url.searchParams.get('cursor') ?? visible.length);
		// The cursor counts from the oldest, so that new deliveries do not move it.
		const from = visible.length - start;
		const results = visible.slice(from, from + limit).map((one) => this.shown(one));
		const left = start - limit;
		url.searchParams.set('cursor', String(left));
		return { results, next: left > 0 ? `${url.pathname}${url.search}` : null };
	}

	private shown({ event, created, type = 'task.completed', project, ...one }: ScriptedDelivery) {
		const { webhook = 'wh_1', deliveredAfter, failedAfter = LAST_TRY } = one;
		const age = this.now() - created;
		const isDelivered = deliveredAfter !== undefined && age >= deliveredAfter;
		const isOver = isDelivered || (deliveredAfter === undefined && age >= failedAfter);
		const end = deliveredAfter ?? failedAfter;
		const at = this.wholeSeconds ? Math.floor(created / 1000) * 1000 : created;
		const resource = { uid: `task_${event}`, ...(project && { project }) };
		const timestamp = new Date(at)
			.toISOString()
			.replace(this.wholeSeconds ? '.000Z' : '', this.wholeSeconds ? 'Z' : '');
		return {
			uid: `d_${event}_${webhook}`,
			subscription: webhook,
			event_type: type,
			status: isDelivered ? 'delivered' : isOver ? 'failed' : 'pending',
			attempts: isOver ? 5 : 2,
			response_status: isDelivered ? 200 : 500,
			next_retry_at: isOver ? null : new Date(created + end).toISOString(),
			created_at: one.hasNoTime ? null : timestamp,
			task_uid: resource.uid,
			payload: {
				envelope: { event: type, timestamp: new Date(event * 1000).toISOString(), data: resource },
				resource,
				none: null,
			}[one.payload ?? 'envelope'],
		};
	}
}
