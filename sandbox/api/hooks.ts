import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { ApiError, notFound } from './errors';

/** No body at all counts as JSON too, as it does at Avala; anything else gets 415. */
export function mountJson(server: FastifyInstance): void {
	const parse = server.getDefaultJsonParser('error', 'error');
	server.removeAllContentTypeParsers();
	server.addContentTypeParser<string>(
		'application/json',
		{ parseAs: 'string' },
		(request, text, done) => {
			if (text === '') done(null, undefined);
			else parse(request, text, done);
		},
	);
}

/** Records each request that got a response. */
export function mountRequestLog(server: FastifyInstance, { requests, changes }: Context): void {
	server.addHook('onResponse', async ({ method, url }, { statusCode }) => {
		requests.push({ method, path: url, status: statusCode });
		if (method !== 'GET') changes.emit('change');
	});
}

/** Responds to requests that no route handles: 405 if the path has other methods, else 404. */
export function mountUnknownPaths(server: FastifyInstance): void {
	const routes: Array<{ path: RegExp; method: string }> = [];
	server.addHook('onRoute', ({ url, method }) => {
		const path = new RegExp(`^${url.replace(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}$`);
		for (const each of [method].flat()) if (each !== 'HEAD') routes.push({ path, method: each });
	});
	server.setNotFoundHandler(async (request, reply) => {
		const path = request.url.split('?')[0] ?? '';
		const allowed = routes.filter((route) => route.path.test(path)).map(({ method }) => method);
		if (allowed.length === 0) throw notFound();
		reply.header('allow', allowed.join(', '));
		throw new ApiError(405, `Method "${request.method}" not allowed.`);
	});
}
