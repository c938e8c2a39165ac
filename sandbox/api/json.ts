import type { FastifyInstance } from 'fastify';

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
