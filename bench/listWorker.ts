/** Reads all deliveries in one way each time it is asked to; tells the time and the memory that it took. */
import './sourcesFirst';

import type { IHttpRequestOptions } from 'n8n-workflow';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';

import { executeAvala, loadOptionsContext } from '../test/support/contexts';

export const WAYS = [
	'fetch',
	'helper',
	'stream',
	'node',
	'helper, filtered',
	'node, filtered',
] as const;
export type Way = (typeof WAYS)[number];

export interface Reading {
	count: number;
	ms: number;
	/** Largest memory of the process so far, above what it had at its start. */
	peakMb: number;
	/** Most that was in use at once, above what was before; only where the process may collect garbage. */
	livePeakMb: number;
	/** Most that was in use at once, above what was before and what the results themselves take. */
	overheadMb: number;
}

const MB = 1024 * 1024;
const [, , baseUrl = '', apiKey = '', sampleMs] = process.argv;

/** One in a hundred of the server's deliveries. */
const FILTERED = 'export.failed';

const read: Record<Way, () => Promise<unknown[]>> = {
	fetch: readWithFetch,
	helper: async () => await readWithHelper(() => true),
	stream: async () => await readWithHelper(() => true, { encoding: 'stream' }),
	node: async () => await readWithNode({}),
	'helper, filtered': async () => await readWithHelper((entry) => entry.event_type === FILTERED),
	'node, filtered': async () => await readWithNode({ eventType: [FILTERED] }),
};

interface Page {
	results: Array<{ event_type: string }>;
	next: string | null;
}

/** The least there is: page after page, its entries kept. */
async function readWithFetch(): Promise<unknown[]> {
	const entries: unknown[] = [];
	for (let url: string | null = `${baseUrl}/webhook-deliveries/?limit=100`; url !== null;) {
		const response = await fetch(url, { headers: { 'X-Avala-Api-Key': apiKey } });
		const page = (await response.json()) as Page;
		entries.push(...page.results);
		url = page.next;
	}
	return entries;
}

/** The same loop with what n8n gives a node for its requests, and nothing around it. */
async function readWithHelper(
	isWanted: (entry: Page['results'][number]) => boolean,
	options: Pick<IHttpRequestOptions, 'encoding'> = {},
): Promise<unknown[]> {
	const context = loadOptionsContext({}, { baseUrl, apiKey });
	const entries: unknown[] = [];
	for (let url: string | null = `${baseUrl}/webhook-deliveries/?limit=100`; url !== null;) {
		const answer: unknown = await context.helpers.httpRequestWithAuthentication.call(
			context,
			'avalaApi',
			{ url, json: true, ...options },
		);
		const page = (answer instanceof Readable ? await json(answer) : answer) as Page;
		entries.push(...page.results.filter(isWanted));
		url = page.next;
	}
	return entries;
}

async function readWithNode(filters: { eventType?: string[] }): Promise<unknown[]> {
	return await executeAvala({
		parameters: { resource: 'delivery', operation: 'getAll', returnAll: true, filters },
		credentials: { baseUrl, apiKey },
	});
}

function inUse(): number {
	// What the first collection finds dead outside the heap, buffers of sockets say, only the second gives back.
	global.gc?.();
	global.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** Holds the results until it returns. */
async function readOnce(way: Way): Promise<{ count: number; ms: number; withResults: number }> {
	const startedAt = performance.now();
	const results = await read[way]();
	const ms = performance.now() - startedAt;
	return { withResults: inUse(), ms, count: results.length };
}

async function measure(way: Way): Promise<Reading> {
	const before = inUse();
	let most = before;
	const sampling =
		global.gc && setInterval(() => (most = Math.max(most, inUse())), Number(sampleMs));
	const { count, ms, withResults } = await readOnce(way);
	clearInterval(sampling);
	most = Math.max(most, withResults);
	const resultsAlone = withResults - inUse();
	const peakMb = process.resourceUsage().maxRSS / 1024 - rssAtStart / MB;
	return {
		count,
		ms,
		peakMb,
		livePeakMb: (most - before) / MB,
		overheadMb: (most - before - resultsAlone) / MB,
	};
}

const rssAtStart = process.memoryUsage.rss();
process.on('message', (message: unknown) => {
	const way = WAYS.find((known) => known === message);
	if (way) void measure(way).then((reading) => process.send?.(reading));
});
process.send?.('ready');
