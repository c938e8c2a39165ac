import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import type { Resource } from '../resources/resourceRecords';
import type { ApiSettings } from '../settings';

export type FieldProblems = Record<string, string[]>;

/** A refusal: a sentence, or on 400 the problems of each field. */
export class ApiError extends Error {
	constructor(
		readonly statusCode: number,
		readonly problem: string | FieldProblems,
	) {
		super(typeof problem === 'string' ? problem : JSON.stringify(problem));
	}
}

export function notFound(): ApiError {
	return new ApiError(404, 'Not found.');
}

/** Sends each error with its own status, in the configured shape. */
export function mountErrors(server: FastifyInstance, { settings }: Context): void {
	server.setErrorHandler(async (error, _request, reply) => {
		const given = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
		const status = given >= 400 ? given : 500;
		const problem = error instanceof ApiError ? error.problem : messageOf(error);
		return await reply.status(status).send(bodyOf(status, problem, settings));
	});
}

function bodyOf(
	status: number,
	problem: string | FieldProblems,
	{ errorShape }: ApiSettings,
): Resource {
	const sentence =
		typeof problem === 'string'
			? problem
			: Object.entries(problem)
					.map(([field, problems]) => `${field}: ${problems.join(' ')}`)
					.join(' ');
	if (errorShape === 'envelope') {
		const details = typeof problem === 'string' ? {} : problem;
		return { error: { code: CODES[status] ?? 'error', message: sentence, details } };
	}
	return errorShape === 'fields' && typeof problem !== 'string' ? problem : { detail: sentence };
}

const CODES: Readonly<Record<number, string>> = {
	400: 'validation_error',
	401: 'not_authenticated',
	403: 'permission_denied',
	404: 'not_found',
	405: 'method_not_allowed',
	409: 'conflict',
	415: 'unsupported_media_type',
	429: 'throttled',
};

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : 'Server error.';
}
