/**
 * Reads the deliveries of a sandbox in a process of its own, and prints what it measured as JSON.
 * Arguments: base URL, API key, then `time <rounds>` or, with --expose-gc, `memory <sampling interval in ms>`.
 */
import './sourcesFirst';

import type { IHttpRequestOptions } from 'n8n-workflow';

import { executeAvala, loadOptionsContext } from '../test/support/contexts';
import { interleaved } from './measure';

const WARM_UPS = 3;
const MB = 2 ** 20;
const [, , baseUrl = '', apiKey = '', mode, amount] = process.argv;
const credentials = { baseUrl, apiKey };

interface Page {
	results: unknown[];
	next: string | null;
}

/** Page after page with n8n's own request helper, and nothing around it. */
async function readWithHelper(): Promise<unknown[]> {
	const context = loadOptionsContext({}, credentials);
	const request = context.helpers.httpRequestWithAuthentication;
	const entries: unknown[] = [];
	for (let url: string | null = `${baseUrl}/webhook-deliveries/?limit=100`; url !== null;) {
		const options: IHttpRequestOptions = { url, json: true };
		const page = (await request.call(context, 'avalaApi', options)) as Page;
		entries.push(...page.results);
		url = page.next;
	}
	return entries;
}

async function readWithNode(filters: { eventType?: string[] } = {}): Promise<unknown[]> {
	const parameters = { resource: 'delivery', operation: 'getAll', returnAll: true, filters };
	return await executeAvala({ parameters, credentials });
}

/** @returns ms for each round */
async function time(rounds: number): Promise<Record<'helper' | 'node', number[]>> {
	const read = { helper: readWithHelper, node: readWithNode };
	return await interleaved(
		['helper', 'node'],
		rounds,
		async (name) => {
			const startedAt = performance.now();
			await read[name]();
			return performance.now() - startedAt;
		},
		WARM_UPS,
	);
}

function inUse(): number {
	// The second collection frees what the first found dead outside the heap, such as buffers of sockets.
	global.gc?.();
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return (heapUsed + external) / MB;
}

/** @returns the most MB in use at once while one delivery in a hundred is kept, beyond what is returned */
async function overhead(sampleMs: number): Promise<number> {
	const before = inUse();
	let most = before;
	let nextAt = 0;
	const sampling = setInterval(() => {
		const startedAt = performance.now();
		if (startedAt < nextAt) return;
		most = Math.max(most, inUse());
		// On a slow machine collecting must not take all of the time.
		nextAt = performance.now() + 4 * (performance.now() - startedAt);
	}, sampleMs);
	const results = await readWithNode({ eventType: ['export.failed'] });
	clearInterval(sampling);
	const after = inUse();
	most = Math.max(most, after);
	results.length = 0;
	return most - before - (after - inUse());
}

async function main(): Promise<void> {
	if (mode === 'time') {
		console.log(JSON.stringify(await time(Number(amount))));
		return;
	}
	// The first reading loads what any reading needs.
	await overhead(Number(amount));
	console.log(JSON.stringify(await overhead(Number(amount))));
}

void main();
