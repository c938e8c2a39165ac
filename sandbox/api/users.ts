import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { uidFor } from '../wireFormat';
import { notFound } from './errors';
import { SCOPES, scopesOf } from './keys';

/** `/users/me/` and what the key may do, which only the newest servers have. */
export function mountUsers(server: FastifyInstance, { settings, keys }: Context): void {
	const assertNewest = async () => {
		if (settings.wireFormat !== 'newer') throw notFound();
	};
	server.get('/users/me/', { preHandler: assertNewest }, async ({ account }) => ({
		uid: uidFor('user', account, 'newer'),
		username: 'ann',
	}));
	server.get('/users/me/permissions/', { preHandler: assertNewest }, async (request) => ({
		type: 'customer',
		is_staff_privileged: false,
		scopes: scopesOf(request, keys) ?? SCOPES,
		capabilities: [],
		toolsets: [],
	}));
}
