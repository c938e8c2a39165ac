import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { ApiError } from './errors';

/** What a key may do. For auto-label jobs none is documented. */
export const SCOPES = [
	'webhooks.read',
	'webhooks.write',
	'exports.read',
	'exports.create',
	'tasks.read',
	'projects.read',
	'datasets.read',
	'agents.read',
	'agents.write',
	'qc.read',
	'qc.write',
] as const;

export type Scope = (typeof SCOPES)[number];

declare module 'fastify' {
	interface FastifyContextConfig {
		/** What a key must be allowed for this route. */
		scope?: Scope;
	}
	interface FastifyRequest {
		/** The account of the key that came with the request. */
		account: string;
	}
}

/** Refuses requests without a key (401) and those that the key has no scope for (403). */
export function mountKeys(server: FastifyInstance, { keys }: Context): void {
	server.decorateRequest('account', '');
	server.addHook('onRequest', async (request) => {
		const key = keys.get(String(request.headers['x-avala-api-key']));
		if (!key) throw new ApiError(401, 'Invalid API key.');
		request.account = key.account;
		const { scope } = request.routeOptions.config;
		if (scope && key.scopes && !key.scopes.includes(scope)) {
			throw new ApiError(403, `This API key lacks the permission "${scope}".`);
		}
	});
}
