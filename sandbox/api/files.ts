import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';

/** The files of exports beside the API, where a relative `download_url` leads. Like the API they want the key. */
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
