import type { Sandbox } from '../../../sandbox';

export type Json = Record<string, unknown>;

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

/** The results of all pages, following `next`. */
export async function listAll(avala: Sandbox, url: string): Promise<Json[]> {
	const results: Json[] = [];
	for (let next: unknown = url; typeof next === 'string';) {
		const { status, json } = await call(avala, 'GET', next);
		if (status !== 200) throw new Error(`${status}: ${JSON.stringify(json)}`);
		results.push(...(json.results as Json[]));
		next = json.next;
	}
	return results;
}
