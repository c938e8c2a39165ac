import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { ApiError } from './errors';

/** Refuses requests over the limit with 429. */
export function mountRateLimit(server: FastifyInstance, { limiter }: Context): void {
	server.addHook('onRequest', async (_request, reply) => {
		const { headers, waitSeconds } = limiter.count();
		reply.headers(headers);
		if (waitSeconds === undefined) return;
		reply.header('retry-after', String(waitSeconds));
		throw new ApiError(429, `Request was throttled. Expected available in ${waitSeconds} seconds.`);
	});
}
