import type { FastifyRequest } from 'fastify';

import type { Resource } from '../resources/resourceRecords';

/** The fields of a JSON body; none when it is no object. */
export function bodyOf({ body }: FastifyRequest): Resource {
	return typeof body === 'object' && body !== null ? { ...body } : {};
}
