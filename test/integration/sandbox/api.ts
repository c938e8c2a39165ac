import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';

export type Json = Record<string, unknown>;

/** A sandbox that delivers to loopback too, and neither limits requests nor pings new webhooks. */
export async function open(options: SandboxOptions = {}): Promise<Sandbox> {
	return await startSandbox({
		allowHttpLoopbackTargets: true,
		rateLimit: false,
		pingOnCreate: false,
		...options,
	});
}

/** One request to the sandbox with its API key. */
export async function call(
	avala: Sandbox,
	method: string,
	url: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<{ status: number; json: Json; headers: Headers }> {
	const response = await fetch(url.startsWith('http') ? url : avala.baseUrl + url, {
		method,
		headers: {
			'x-avala-api-key': avala.apiKey,
			...(body !== undefined && { 'content-type': 'application/json' }),
			...headers,
		},
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	const json: unknown = text === '' ? {} : JSON.parse(text);
	return { status: response.status, json: json as Json, headers: response.headers };
}
