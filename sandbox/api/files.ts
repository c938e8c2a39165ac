import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';

/** The files of exports next to the API, where a relative `download_url` points. Like the API, they require the key. */
export function mountFiles(server: FastifyInstance, { store, storage }: Context): void {
	server.get<{ Params: { name: string } }>('/files/:name', async (request, reply) => {
		const { name } = request.params;
		const entry = store.exports.get(name.replace(/\.[^.]*$/, ''));
		reply.hijack();
		await storage.send(
			request.raw,
			reply.raw,
			entry?.plan.file.name ?? name,
			entry?.plan.file ?? {},
		);
		return reply;
	});
}
