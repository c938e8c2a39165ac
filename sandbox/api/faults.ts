import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as wait } from 'node:timers/promises';

import type { Context } from '../context';
import type { Fault } from '../faultList';

/** Makes requests fail as the faults say. */
export function mountFaults(server: FastifyInstance, { faults }: Context): void {
	const afterwards = new WeakMap<FastifyRequest, Fault>();
	server.addHook('preHandler', async (request, reply) => {
		const fault = faults.take(request.method, request.url);
		if (!fault) return;
		// Unreferenced, so that a delayed request does not keep the process of a stopped sandbox alive.
		if (fault.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
		if (fault.reset) {
			reply.hijack();
			request.raw.socket.destroy();
		} else if (fault.afterHandling || fault.resetAfterHandling) afterwards.set(request, fault);
		else if (fault.status !== undefined || fault.redirectTo !== undefined) {
			prepare(reply, fault);
			return await reply.send(text(fault.body));
		}
	});
	server.addHook('onSend', async (request, reply, payload) => {
		const fault = afterwards.get(request);
		if (!fault) return payload;
		afterwards.delete(request);
		if (fault.resetAfterHandling) request.raw.socket.destroy();
		prepare(reply, fault);
		return text(fault.body);
	});
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
