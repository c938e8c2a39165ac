import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { fileName } from '../storage/files';
import { notFound } from './errors';

const READ = { config: { scope: 'exports.read' } } as const;

/**
 * The files of exports next to the API, where a relative `download_url` points. They require the key, and
 * what is not ready or of another account is not there.
 */
export function mountFiles(server: FastifyInstance, { store, storage }: Context): void {
	server.get<{ Params: { name: string } }>('/files/:name', READ, async (request, reply) => {
		const entry = store.exports.get(request.params.name.replace(/\.[^.]*$/, ''));
		if (entry?.account !== request.account || entry.state !== 'ready') throw notFound();
		const { uid, plan } = entry;
		reply.hijack();
		await storage.send(request.raw, reply.raw, fileName(uid, plan.file), plan.file);
		return reply;
	});
}
