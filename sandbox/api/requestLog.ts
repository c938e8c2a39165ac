import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';

/** Records each request that got a response. */
export function mountRequestLog(server: FastifyInstance, { requests, changes }: Context): void {
	server.addHook('onResponse', async ({ method, url }, { statusCode }) => {
		requests.push({ method, path: url, status: statusCode, at: Date.now() });
		if (method !== 'GET') changes.emit('change');
	});
}
