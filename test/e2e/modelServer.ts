import { randomUUID } from 'node:crypto';

import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';

import type { Json } from '../../harness/restData';
import { toArray, toObject } from '../../harness/restData';

/** A tool that the model is offered. */
export interface OfferedTool {
	name: string;
	description: string;
	/** JSON schema of its arguments. */
	parameters: Json;
}

/** What a model is asked, the same in both of OpenAI's protocols. */
export interface ModelRequest {
	tools: OfferedTool[];
	/** What the tools returned so far, oldest first. */
	results: string[];
}

/** What the model responds: tools to call, or the text of its answer. */
export type Turn = Array<{ name: string; arguments: Json }> | string;

/** Stands in for OpenAI: chat completions and the Responses API, with a script in the model's place. */
export class ModelServer {
	/** Since the last script. */
	readonly requests: ModelRequest[] = [];

	/** The paths that were called since the last script. */
	readonly paths: string[] = [];

	private script: Array<(request: ModelRequest) => Turn> = [];

	private readonly server: FastifyInstance = fastify({ forceCloseConnections: true });

	async start(): Promise<void> {
		this.server.post('/v1/chat/completions', async ({ url, body }) => {
			const { messages, tools } = toObject(body);
			const results = toArray(messages).map(toObject);
			return completionOf(
				this.respond(url, {
					tools: toArray(tools).map((tool) => toTool(toObject(tool).function)),
					results: results
						.filter(({ role }) => role === 'tool')
						.map(({ content }) => textOf(content)),
				}),
			);
		});
		this.server.post('/v1/responses', async ({ url, body }) => {
			const { input, tools } = toObject(body);
			const results = toArray(input).map(toObject);
			return responseOf(
				this.respond(url, {
					tools: toArray(tools).map(toTool),
					results: results
						.filter(({ type }) => type === 'function_call_output')
						.map(({ output }) => textOf(output)),
				}),
			);
		});
		await this.server.listen({ host: '127.0.0.1', port: 0 });
	}

	/** The base URL of a credential. */
	get url(): string {
		const address = this.server.server.address();
		return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`;
	}

	/** @param turns one for each request that is to come */
	play(...turns: Array<(request: ModelRequest) => Turn>): void {
		this.script = turns;
		this.requests.length = 0;
		this.paths.length = 0;
	}

	async stop(): Promise<void> {
		await this.server.close();
	}

	private respond(path: string, request: ModelRequest): Turn {
		const turn = this.script[this.requests.length];
		this.paths.push(path);
		this.requests.push(request);
		if (!turn) throw new Error('The script has no further turn.');
		return turn(request);
	}
}

function toTool(value: unknown): OfferedTool {
	const { name, description, parameters } = toObject(value);
	return {
		name: String(name),
		description: String(description),
		parameters: toObject(parameters),
	};
}

function textOf(content: unknown): string {
	return typeof content === 'string' ? content : JSON.stringify(content);
}

/** https://platform.openai.com/docs/api-reference/chat/object */
function completionOf(turn: Turn): Json {
	const message =
		typeof turn === 'string'
			? { role: 'assistant', content: turn }
			: {
					role: 'assistant',
					content: null,
					tool_calls: turn.map((call) => ({
						id: `call_${randomUUID()}`,
						type: 'function',
						function: { name: call.name, arguments: JSON.stringify(call.arguments) },
					})),
				};
	return {
		id: `chatcmpl-${randomUUID()}`,
		object: 'chat.completion',
		created: nowInSeconds(),
		model: 'scripted',
		choices: [
			{ index: 0, message, finish_reason: typeof turn === 'string' ? 'stop' : 'tool_calls' },
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

/** https://platform.openai.com/docs/api-reference/responses/object */
function responseOf(turn: Turn): Json {
	const output =
		typeof turn === 'string'
			? [
					{
						id: `msg_${randomUUID()}`,
						type: 'message',
						role: 'assistant',
						status: 'completed',
						content: [{ type: 'output_text', text: turn, annotations: [] }],
					},
				]
			: turn.map((call) => ({
					id: `fc_${randomUUID()}`,
					type: 'function_call',
					call_id: `call_${randomUUID()}`,
					name: call.name,
					arguments: JSON.stringify(call.arguments),
					status: 'completed',
				}));
	return {
		id: `resp_${randomUUID()}`,
		object: 'response',
		created_at: nowInSeconds(),
		status: 'completed',
		model: 'scripted',
		output,
		error: null,
		incomplete_details: null,
		usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
	};
}

function nowInSeconds(): number {
	return Math.floor(Date.now() / 1000);
}
