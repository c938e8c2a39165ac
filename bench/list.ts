import { installN8n } from '../harness/install';
import { nodeFor } from '../harness/instance';
import type { NodeJson } from '../harness/restData';
import { NEWEST_N8N } from '../harness/versions';
import { avalaNode, manualTrigger, workflowOf } from '../harness/workflows';
import { Child } from './child';
import type { Reading, Way } from './listWorker';
import { fewRounds, interleaved, ratioOf, spreadIn, spreadOf } from './measure';
import type { BenchOptions, Check, Section } from './report';
import { shown } from './report';
import { openStage } from './stage';
import { TARGETS } from './targets';

const SMALL = 10_000;
const LARGE = 100_000;
/** So that the smaller list, too, gives some ten samples. */
const SAMPLE_MS = 50;
const WARM_UPS = 3;

interface Avala {
	baseUrl: string;
	apiKey: string;
}

/** Get Many with Return All over 10,000 deliveries against a bare loop and n8n's HTTP Request node. */
export async function benchList(options: BenchOptions): Promise<Section[]> {
	const { isQuick, tell } = options;
	// It brings the Node on which the n8n-core that is measured here runs.
	await installN8n(NEWEST_N8N, tell);
	const count = isQuick ? SMALL / 10 : SMALL;
	const server = Child.start('listServer.ts', [String(count)]);
	try {
		const avala = avalaOf(await server.next());
		tell(`${count} deliveries: Get Many against fetch`);
		const inProcess = await againstFetch(avala, server, options);
		const memory = await memoryOf(avala, count, options);
		tell(`${count} deliveries: Get Many against the HTTP Request node in n8n ${NEWEST_N8N}`);
		const inN8n = await againstHttpRequest(avala, count, options);
		return [
			{
				title: `4. Get Many, Return All, ${count.toLocaleString('en')} deliveries`,
				columns: ['', 'time, ms', 'requests', 'peak memory (RSS), MB', 'peak in use, MB'],
				rows: [...inProcess.rows, ...inN8n.rows].map((row) => [
					...row,
					...(memory.cells[row[0] ?? ''] ?? ['', '']),
				]),
				checks: [...inProcess.checks, ...inN8n.checks, ...memory.checks],
				notes: [
					`Measured on the Node that n8n ${NEWEST_N8N} runs on. Times of the first four: in n8n-core, in one process. Those in n8n ${NEWEST_N8N} are what n8n itself gives as the node’s execution time; the HTTP Request node gives out pages, and each would still have to be split into deliveries, which is not counted.`,
					'n8n gives a node no other way to send a request than its helper, which opens a new connection for each; what lies between the first two rows is n8n’s. Only what is read as a stream can be bounded in size and time, so the node reads in that way; what lies between the third and the fourth row is the node’s, with n8n’s execution around it.',
					'Memory is what a new process took above its start: as the system sees it (RSS, which garbage not yet collected makes larger), and what was in use at once, with the garbage collected again and again.',
					memory.note,
				],
			},
		];
	} finally {
		await server.stop();
	}
}

interface Part {
	rows: string[][];
	checks: Check[];
}

const FETCH_ROW = 'bare loop of `fetch`';
const HELPER_ROW = 'the same loop with n8n’s request helper';
const STREAM_ROW = 'the same, read as a stream';
const NODE_ROW = 'Get Many in n8n-core';

async function againstFetch(avala: Avala, server: Child, { rounds }: BenchOptions): Promise<Part> {
	const worker = await startWorker(avala);
	try {
		const names = ['fetch', 'helper', 'stream', 'node'] as const;
		const requests = { fetch: 0, helper: 0, stream: 0, node: 0 };
		const times = await interleaved(
			names,
			rounds,
			async (name) => {
				await server.ask('requests');
				const { ms } = await readWith(worker, name);
				requests[name] = Number(await server.ask('requests'));
				return ms;
			},
			WARM_UPS,
		);
		return {
			rows: [
				[FETCH_ROW, shown(spreadOf(times.fetch)), String(requests.fetch)],
				[HELPER_ROW, shown(spreadOf(times.helper)), String(requests.helper)],
				[STREAM_ROW, shown(spreadOf(times.stream)), String(requests.stream)],
				[NODE_ROW, shown(spreadOf(times.node)), String(requests.node)],
			],
			checks: [
				{ what: 'requests', value: requests.node, most: requests.fetch },
				{
					what: 'time, times the bare loop',
					value: ratioOf(times.node, times.fetch).median,
					unit: '×',
					most: TARGETS.list.mostTimesFetch,
				},
			],
		};
	} finally {
		await worker.stop();
	}
}

async function memoryOf(
	avala: Avala,
	count: number,
	options: BenchOptions,
): Promise<{ cells: Record<string, string[]>; checks: Check[]; note: string }> {
	const { isQuick, tell, rounds } = options;
	const larger = Child.start('listServer.ts', [String(isQuick ? LARGE / 10 : LARGE)]);
	try {
		const manyAvala = avalaOf(await larger.next());
		tell('Memory of Get Many, with a filter that keeps 1 %');
		const ways = {
			[FETCH_ROW]: async () => await freshReading(avala, 'fetch'),
			[NODE_ROW]: async () => await freshReading(avala, 'node'),
			few: async () => await freshReading(avala, 'node, filtered'),
			many: async () => await freshReading(manyAvala, 'node, filtered', 4 * SAMPLE_MS),
			helper: async () => await freshReading(manyAvala, 'helper, filtered', 4 * SAMPLE_MS),
		};
		const names = [FETCH_ROW, NODE_ROW, 'few', 'many', 'helper'] as const;
		const readings = await interleaved(
			names,
			fewRounds(rounds),
			async (name) => await ways[name](),
		);
		const cellsOf = (name: keyof typeof ways) => [
			shown(spreadIn(readings[name], 'peakMb')),
			shown(spreadIn(readings[name], 'livePeakMb')),
		];
		const few = spreadIn(readings.few, 'overheadMb');
		const many = spreadIn(readings.many, 'overheadMb');
		const [smaller, greater] = [count, 10 * count].map((size) => size.toLocaleString('en'));
		const rss = (name: keyof typeof ways) => shown(spreadIn(readings[name], 'peakMb'));
		return {
			cells: { [FETCH_ROW]: cellsOf(FETCH_ROW), [NODE_ROW]: cellsOf(NODE_ROW) },
			checks: [
				{
					what: `filtered to 1 %: most in use beyond what is given out, at ${greater} (${shown(many)} MB) above that at ${smaller} (${shown(few)} MB)`,
					value: many.median - few.median,
					unit: 'MB',
					most: TARGETS.list.mostGrowthMb,
				},
			],
			note: `Filtered to 1 %, RSS rises by ${rss('few')} MB for ${smaller} deliveries and by ${rss('many')} MB for ${greater}: by garbage not yet collected, and by ${rss('helper')} MB in a loop of n8n’s helper alone. In use at once are the deliveries that are given out, ten times as many, and about a page.`,
		};
	} finally {
		await larger.stop();
	}
}

/** In one new process the memory without forced collection, in another what is in use. */
async function freshReading(avala: Avala, way: Way, sampleMs = SAMPLE_MS): Promise<Reading> {
	const plain = await startWorker(avala);
	const collecting = await startWorker(avala, sampleMs);
	try {
		const { peakMb } = await readWith(plain, way);
		// The first reading loads what any reading needs.
		await readWith(collecting, way);
		return { ...(await readWith(collecting, way)), peakMb };
	} finally {
		await plain.stop();
		await collecting.stop();
	}
}

/** @param sampleMs how often it collects garbage to see what is in use; not at all by default */
async function startWorker({ baseUrl, apiKey }: Avala, sampleMs?: number): Promise<Child> {
	const worker = Child.start('listWorker.ts', [baseUrl, apiKey, String(sampleMs)], {
		execPath: nodeFor(NEWEST_N8N),
		execArgv: sampleMs === undefined ? [] : ['--expose-gc'],
	});
	await worker.next();
	return worker;
}

async function readWith(worker: Child, way: Way): Promise<Reading> {
	const reading = await worker.ask(way);
	if (isReading(reading)) return reading;
	throw new Error(`${way} told ${String(reading)}`);
}

async function againstHttpRequest(
	{ baseUrl, apiKey }: Avala,
	count: number,
	{ rounds }: BenchOptions,
): Promise<Part> {
	const stage = await openStage({ version: NEWEST_N8N });
	try {
		const { client } = stage;
		const credential = await client.createCredential('List', { baseUrl, apiKey });
		const readers: Record<'avala' | 'httpRequest', NodeJson> = {
			avala: avalaNode(credential, {
				resource: 'delivery',
				operation: 'getAll',
				returnAll: true,
			}),
			httpRequest: {
				name: 'HTTP Request',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: httpRequestParameters(baseUrl, apiKey),
			},
		};
		const run = async (name: keyof typeof readers): Promise<number> => {
			const reader = readers[name];
			const { id } = await client.createWorkflow(workflowOf(name, [manualTrigger(), reader]));
			const executionId = (await client.run(id, 'Start')) ?? '';
			const [reading] = (await client.runs(executionId, 120_000))[reader.name] ?? [];
			const items = reading?.outputs[0]?.length;
			const expected = { avala: count, httpRequest: count / 100 }[name];
			if (!reading || items !== expected)
				throw new Error(`${name} gave ${String(items)} items and not ${expected}`);
			return reading.executionTimeMs;
		};
		const names = ['avala', 'httpRequest'] as const;
		const times = await interleaved(names, rounds, run, WARM_UPS);
		return {
			rows: [
				[`Get Many in n8n ${NEWEST_N8N}`, shown(spreadOf(times.avala)), ''],
				[`HTTP Request node in n8n ${NEWEST_N8N}`, shown(spreadOf(times.httpRequest)), ''],
			],
			checks: [
				{
					what: 'time of the HTTP Request node, times ours',
					value: ratioOf(times.httpRequest, times.avala).median,
					unit: '×',
					least: TARGETS.list.leastTimesHttpRequest,
				},
			],
		};
	} finally {
		await stage.close();
	}
}

function httpRequestParameters(baseUrl: string, apiKey: string): Record<string, unknown> {
	return {
		url: `${baseUrl}/webhook-deliveries/?limit=100`,
		sendHeaders: true,
		headerParameters: { parameters: [{ name: 'X-Avala-Api-Key', value: apiKey }] },
		options: {
			pagination: {
				pagination: {
					paginationMode: 'responseContainsNextURL',
					nextURL: '={{ $response.body.next }}',
					paginationCompleteWhen: 'other',
					completeExpression: '={{ !$response.body.next }}',
				},
			},
		},
	};
}

function avalaOf(told: unknown): Avala {
	if (typeof told === 'object' && told !== null && 'baseUrl' in told && 'apiKey' in told)
		return { baseUrl: String(told.baseUrl), apiKey: String(told.apiKey) };
	throw new Error(`The server told ${String(told)}`);
}

function isReading(told: unknown): told is Reading {
	return typeof told === 'object' && told !== null && 'livePeakMb' in told;
}
