import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { notFound } from './errors';
import { scopesOf } from './keys';
import { SCOPES } from './scopes';

/** `/users/me/permissions/`, which only the newest servers have. */
export function mountPermissions(server: FastifyInstance, { settings, keys }: Context): void {
	server.get('/users/me/permissions/', async (request) => {
		if (settings.wireFormat !== 'newer') throw notFound();
		return { permissions: scopesOf(request, keys) ?? SCOPES };
	});
}
