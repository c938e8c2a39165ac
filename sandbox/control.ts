import type { FastifyInstance } from 'fastify';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Fault } from './faults';
import type { Sandbox } from './index';
import type { Resource } from './samples';
import type { WireFormat, StoredDelivery } from './store';

const CONSOLE_FILES: Record<string, string> = {
	'/': 'index.html',
	'/console.css': 'console.css',
	'/console.js': 'console.js',
};
const TYPES: Record<string, string> = {
	'.html': 'text/html; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
};
const SHOWN_DELIVERIES = 100;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const WIRE_FORMATS: readonly WireFormat[] = ['guide', 'older', 'newer'];

const EVENTS = bodySchema(
	{
		type: { type: 'string', minLength: 1 },
		data: { type: 'object' },
		count: { type: 'integer', minimum: 1, maximum: 1000 },
	},
	['type'],
);
const WIRE_FORMAT = bodySchema({ wireFormat: { enum: WIRE_FORMATS } }, ['wireFormat']);
const FAULT = bodySchema({
	method: { type: 'string' },
	path: { type: 'string' },
	times: { type: 'integer', minimum: 1 },
	every: { type: 'integer', minimum: 1 },
	delayMs: { type: 'integer', minimum: 0 },
	status: { type: 'integer', minimum: 200, maximum: 599 },
	body: {},
	headers: { type: 'object', additionalProperties: { type: 'string' } },
	redirectTo: { type: 'string' },
	afterHandling: { type: 'boolean' },
	reset: { type: 'boolean' },
	resetAfterHandling: { type: 'boolean' },
});

/**
 * The console page and what it uses, for other programs too. These take no API key, so they answer only
 * to a loopback name in the Host header, and a command must be JSON or a DELETE: no other site's page can
 * reach them through a browser. The hook stands on the routes, so no spelling of a path goes around it.
 */
export function installControl(control: FastifyInstance, sandbox: Sandbox): void {
	control.addHook('onRequest', async (request, reply) => {
		if (LOOPBACK.has(request.hostname)) return;
		return await reply.status(403).send({ detail: 'The console answers on loopback only.' });
	});
	for (const [url, file] of Object.entries(CONSOLE_FILES)) {
		control.get(url, async (_request, reply) => {
			reply.type(TYPES[path.extname(file)] ?? 'text/plain');
			reply.header('content-security-policy', "default-src 'self'; img-src data:");
			return await readFile(path.join(__dirname, 'console', file), 'utf8');
		});
	}
	control.get('/sandbox/state', async () => stateOf(sandbox));
	control.post<{ Body: { type: string; data?: Resource; count?: number } }>(
		'/sandbox/events',
		EVENTS,
		async ({ body: { type, data, count = 1 } }) => {
			for (let further = 1; further < count; further++) sandbox.emit(type, data);
			return sandbox.emit(type, data);
		},
	);
	control.post<{ Body: { wireFormat: WireFormat } }>(
		'/sandbox/wire-format',
		WIRE_FORMAT,
		async ({ body: { wireFormat } }) => {
			sandbox.wireFormat = wireFormat;
			return { wireFormat };
		},
	);
	control.post<{ Body: Fault }>('/sandbox/faults', FAULT, async ({ body }, reply) => {
		sandbox.fault(body);
		return await reply.status(201).send(body);
	});
	control.delete('/sandbox/faults', async (_request, reply) => {
		sandbox.clearFaults();
		return await reply.status(204).send();
	});
	control.get('/sandbox/stream', (_request, reply) => {
		reply.hijack();
		reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
		const tell = () => reply.raw.write('data: changed\n\n');
		sandbox.onChange(tell);
		tell();
		reply.raw.on('close', () => sandbox.offChange(tell));
	});
}

function bodySchema(properties: Resource, required: string[] = []) {
	return {
		schema: { body: { type: 'object', properties, required, additionalProperties: false } },
	};
}

/** What the console shows: never a secret. */
function stateOf(sandbox: Sandbox): Resource {
	return {
		wireFormat: sandbox.wireFormat,
		wireFormats: WIRE_FORMATS,
		webhooks: sandbox.webhooks().map((webhook) => ({ ...webhook, secret: undefined })),
		deliveries: sandbox.deliveries(SHOWN_DELIVERIES).map(shown),
	};
}

function shown({
	uid,
	webhookUid,
	event,
	status,
	attempts,
	nextRetryAt,
	responseStatus,
	errorMessage,
	createdAt,
}: StoredDelivery): Resource {
	return {
		uid,
		webhookUid,
		type: event.type,
		eventId: event.id,
		status,
		attempts,
		nextRetryAt,
		responseStatus,
		errorMessage,
		createdAt,
	};
}
