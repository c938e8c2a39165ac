import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as wait } from 'node:timers/promises';

/** What goes wrong with the API requests that match; without any other field a fault does nothing. */
export interface Fault {
	/** Which requests; all of them by default. A text is the whole path without its query. */
	method?: string;
	path?: string | RegExp;
	/** How many requests it applies to; without a limit by default. */
	times?: number;
	/** 2 is each second matching request. */
	every?: number;
	/** Wait this long first. */
	delayMs?: number;
	/** Answer this instead; a text is sent as HTML, anything else as JSON. */
	status?: number;
	body?: unknown;
	headers?: Record<string, string>;
	redirectTo?: string;
	/** Do what was asked for before answering so. */
	afterHandling?: boolean;
	/** Cut the connection without handling the request, or after it. */
	reset?: boolean;
	resetAfterHandling?: boolean;
}

interface Active {
	fault: Fault;
	matched: number;
	applied: number;
}

/** Faults on demand, for the requests below `prefix`. */
export class Faults {
	private active: Active[] = [];

	private readonly afterwards = new WeakMap<FastifyRequest, Fault>();

	/** @returns removes the fault again */
	add(fault: Fault): () => void {
		const entry = { fault, matched: 0, applied: 0 };
		this.active.push(entry);
		return () => {
			this.active = this.active.filter((other) => other !== entry);
		};
	}

	clear(): void {
		this.active = [];
	}

	install(api: FastifyInstance): void {
		api.addHook('preHandler', async (request, reply) => {
			const fault = this.take(request);
			if (!fault) return;
			// Unreferenced: a request that is kept waiting does not keep a stopped sandbox's process alive.
			if (fault.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
			if (fault.reset) {
				reply.hijack();
				request.raw.socket.destroy();
			} else if (fault.afterHandling || fault.resetAfterHandling)
				this.afterwards.set(request, fault);
			else if (fault.status !== undefined || fault.redirectTo !== undefined)
				return await answer(reply, fault);
		});
		api.addHook('onSend', async (request, reply, payload) => {
			const fault = this.afterwards.get(request);
			if (!fault) return payload;
			this.afterwards.delete(request);
			if (fault.resetAfterHandling) request.raw.socket.destroy();
			prepare(reply, fault);
			return text(fault.body);
		});
	}

	private take({ method, url }: FastifyRequest): Fault | undefined {
		const path = url.split('?')[0] ?? '';
		for (const entry of this.active) {
			const { fault } = entry;
			const isMatch =
				(fault.method ?? method) === method &&
				(fault.path === undefined ||
					(typeof fault.path === 'string' ? fault.path === path : fault.path.test(path)));
			if (!isMatch || entry.applied >= (fault.times ?? Infinity)) continue;
			entry.matched += 1;
			if (entry.matched % (fault.every ?? 1) !== 0) continue;
			entry.applied += 1;
			return fault;
		}
		return undefined;
	}
}

async function answer(reply: FastifyReply, fault: Fault): Promise<FastifyReply> {
	prepare(reply, fault);
	return await reply.send(text(fault.body));
}

function prepare(reply: FastifyReply, fault: Fault): void {
	reply.status(fault.status ?? (fault.redirectTo === undefined ? reply.statusCode : 302));
	reply.removeHeader('content-length');
	reply.type(typeof fault.body === 'string' ? 'text/html' : 'application/json');
	if (fault.redirectTo !== undefined) reply.header('location', fault.redirectTo);
	reply.headers(fault.headers ?? {});
}

function text(body: unknown): string {
	return typeof body === 'string'
		? body
		: JSON.stringify(body ?? { detail: 'A fault of the sandbox.' });
}
