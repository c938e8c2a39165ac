import type { FastifyInstance } from 'fastify';

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

/** Sends each error with its own status. */
export function mountErrors(server: FastifyInstance): void {
	server.setErrorHandler(async (error, _request, reply) => {
		const given = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
		const problem = error instanceof ApiError ? error.problem : messageOf(error);
		const body = typeof problem === 'string' ? { detail: problem } : problem;
		return await reply.status(given >= 400 ? given : 500).send(body);
	});
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : 'Server error.';
}
