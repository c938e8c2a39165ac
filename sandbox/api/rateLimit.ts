import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Context } from '../context';
import { ApiError } from './errors';

export interface RateLimit {
	perMinute: number;
	perSecond: number;
}

export const AVALA_RATE_LIMIT: RateLimit = { perMinute: 100, perSecond: 20 };

/** Refuses requests of an account over the limit of a minute or of a second with 429. */
export async function mountRateLimit(server: FastifyInstance, context: Context): Promise<void> {
	await server.register(rateLimit, { global: false });
	const countersOf = (limit: RateLimit) => {
		const keyGenerator = ({ account }: FastifyRequest) => account;
		return [
			server.createRateLimit({ max: limit.perMinute, timeWindow: 60_000, keyGenerator }),
			server.createRateLimit({ max: limit.perSecond, timeWindow: 1000, keyGenerator }),
		] as const;
	};
	const counters = new WeakMap<RateLimit, ReturnType<typeof countersOf>>();
	server.addHook('onRequest', async (request, reply) => {
		if (!context.rateLimit) return;
		const known = counters.get(context.rateLimit) ?? countersOf(context.rateLimit);
		counters.set(context.rateLimit, known);
		const [minute, second] = await Promise.all(known.map(async (count) => await count(request)));
		if (!minute || !second || minute.isAllowed || second.isAllowed) return;
		reply.headers({
			'x-ratelimit-limit': String(minute.max),
			'x-ratelimit-remaining': String(minute.remaining),
			'x-ratelimit-reset': String(Math.ceil((Date.now() + minute.ttl) / 1000)),
		});
		const spent = [minute, second].filter(({ isExceeded }) => isExceeded);
		if (spent.length === 0) return;
		const seconds = Math.max(1, ...spent.map(({ ttlInSeconds }) => ttlInSeconds));
		reply.header('retry-after', String(seconds));
		throw new ApiError(429, `Request was throttled. Expected available in ${seconds} seconds.`);
	});
}
