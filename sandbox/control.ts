import type { FastifyInstance } from 'fastify';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Sandbox } from './index';
import type { Resource } from './samples';
import type { Generation, StoredDelivery } from './store';

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
const GENERATIONS: readonly Generation[] = ['guide', 'older', 'newer'];

/**
 * The console page and what it uses. These take no API key, so they answer only to a loopback name in
 * the Host header, and a POST must be JSON: no other site's page can reach them through a browser.
 */
export function installControl(server: FastifyInstance, sandbox: Sandbox): void {
	server.addHook('onRequest', async (request, reply) => {
		const isConsole = request.url.startsWith('/sandbox/') || request.url in CONSOLE_FILES;
		if (!isConsole || LOOPBACK.has(request.hostname)) return;
		return await reply.status(403).send({ detail: 'The console answers on loopback only.' });
	});
	for (const [url, file] of Object.entries(CONSOLE_FILES)) {
		server.get(url, async (_request, reply) => {
			reply.type(TYPES[path.extname(file)] ?? 'text/plain');
			reply.header('content-security-policy', "default-src 'self'");
			return await readFile(path.join(__dirname, 'console', file), 'utf8');
		});
	}
	server.get('/sandbox/state', async () => stateOf(sandbox));
	server.post('/sandbox/events', async (request, reply) => {
		const { type, data } = fields(request.body);
		if (typeof type !== 'string' || type === '')
			return await reply.status(400).send({ detail: 'type is missing.' });
		return sandbox.emit(type, fields(data));
	});
	server.post('/sandbox/generation', async (request, reply) => {
		const generation = GENERATIONS.find((known) => known === fields(request.body).generation);
		if (!generation)
			return await reply.status(400).send({ detail: `One of ${GENERATIONS.join(', ')}.` });
		sandbox.generation = generation;
		return { generation };
	});
	server.get('/sandbox/stream', (request, reply) => {
		reply.hijack();
		reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
		const tell = () => reply.raw.write('data: changed\n\n');
		sandbox.onChange(tell);
		tell();
		request.raw.on('close', () => sandbox.offChange(tell));
	});
}

/** What the console shows: never a secret. */
function stateOf(sandbox: Sandbox): Resource {
	return {
		generation: sandbox.generation,
		generations: GENERATIONS,
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

function fields(value: unknown): Resource {
	return typeof value === 'object' && value !== null ? { ...value } : {};
}
