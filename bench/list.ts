import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { installN8n } from '../harness/install';
import { nodeFor } from '../harness/instance';
import { credentialData } from '../harness/stage';
import { NEWEST_N8N } from '../harness/versions';
import { avalaNode, manualTrigger, workflowOf } from '../harness/workflows';
import type { Sandbox } from '../sandbox';
import { startSandbox } from '../sandbox';
import { interleaved, ratioOf, spreadOf } from './measure';
import type { BenchOptions, Section } from './report';
import { shown } from './report';
import { openStage } from './stage';
import { TARGETS } from './targets';

const COUNT = 10_000;
const SAMPLE_MS = 50;
const MEMORY_ROUNDS = 3;
const WARM_UPS = 3;

/** Get Many with Return All over 10,000 deliveries, beside n8n's request helper and its HTTP Request node. */
export async function benchList({ isQuick, rounds, tell }: BenchOptions): Promise<Section[]> {
	// It brings the Node that the worker runs on.
	await installN8n(NEWEST_N8N, tell);
	const count = isQuick ? COUNT / 10 : COUNT;
	const small = await sandboxWith(count);
	const large = await sandboxWith(10 * count);
	try {
		tell(`${count} deliveries: Get Many beside n8n's request helper`);
		small.clearRequests();
		const inProcess = await work(small, 'time', rounds);
		const readings = Object.values(inProcess).length * (rounds + WARM_UPS);
		const requests = small.requests().length / readings;

		tell(`Memory of Get Many with a filter, ${count} and ${10 * count} deliveries`);
		const memory = await interleaved(
			['small', 'large'],
			Math.min(rounds, MEMORY_ROUNDS),
			async (name) =>
				name === 'small'
					? await work(small, 'memory', SAMPLE_MS)
					: await work(large, 'memory', 4 * SAMPLE_MS),
		);
		const few = spreadOf(memory.small.map(Number));
		const many = spreadOf(memory.large.map(Number));

		tell(`${count} deliveries: Get Many beside the HTTP Request node in n8n ${NEWEST_N8N}`);
		const { helper = [], node = [] } = inProcess as Record<string, number[]>;
		const inN8n = await timeInN8n(small, count, rounds);
		const { requests: mostRequests, ...targets } = TARGETS.list;
		return [
			{
				title: `4. Get Many, Return All, ${count.toLocaleString('en')} deliveries`,
				columns: ['', 'time, ms'],
				rows: [
					['n8n’s request helper alone, in n8n-core', shown(spreadOf(helper))],
					['Get Many in n8n-core', shown(spreadOf(node))],
					[`Get Many in n8n ${NEWEST_N8N}`, shown(spreadOf(inN8n.avala))],
					[`HTTP Request node in n8n ${NEWEST_N8N}`, shown(spreadOf(inN8n.httpRequest))],
				],
				checks: [
					{ what: 'requests', value: requests, most: mostRequests },
					{
						what: 'time, times n8n’s request helper alone',
						value: ratioOf(node, helper).median,
						unit: '×',
						most: targets.mostTimesHelper,
					},
					{
						what: 'time of the HTTP Request node, times ours',
						value: ratioOf(inN8n.httpRequest, inN8n.avala).median,
						unit: '×',
						least: targets.leastTimesHttpRequest,
					},
					{
						what: `filtered to 1 %: memory in use beyond what is returned, at ten times as many deliveries (${shown(many)} MB) above that at these (${shown(few)} MB)`,
						value: many.median - few.median,
						unit: 'MB',
						most: targets.mostGrowthMb,
					},
				],
				notes: [
					`All on the Node that n8n ${NEWEST_N8N} runs on. The times in n8n are the node’s execution time as n8n reports it; the HTTP Request node returns pages that would still have to be split into deliveries.`,
				],
			},
		];
	} finally {
		await small.stop();
		await large.stop();
	}
}

/** A sandbox with so many deliveries, one in a hundred of them a failed export. */
async function sandboxWith(count: number): Promise<Sandbox> {
	const avala = await startSandbox({ rateLimit: false, wireFormat: 'older' });
	const first = Date.parse('2026-03-01T00:00:00Z');
	const note = 'as long as what a person writes about a task '.repeat(5);
	avala.seedDeliveries(
		Array.from({ length: count }, (_, index) => {
			const createdAt = new Date(first + index * 1000).toISOString();
			const type = index % 100 === 0 ? 'export.failed' : 'task.completed';
			const data = { uid: `task_${index}`, status: 'completed', note };
			const event = { id: `evt_${index}`, type, created_at: createdAt, data };
			return { event, createdAt, updatedAt: createdAt };
		}),
	);
	return avala;
}

/** Runs listWorker.ts in a process of its own, so that its time and memory are its own. */
async function work(
	{ baseUrl, apiKey }: Sandbox,
	mode: 'time' | 'memory',
	amount: number,
): Promise<object> {
	const node = ['--expose-gc', '--import', 'tsx', path.join(__dirname, 'listWorker.ts')];
	const { stdout } = await promisify(execFile)(nodeFor(NEWEST_N8N), [
		...node,
		...[baseUrl, apiKey, mode, String(amount)],
	]);
	return JSON.parse(stdout) as object;
}

async function timeInN8n(
	avala: Sandbox,
	count: number,
	rounds: number,
): Promise<Record<'avala' | 'httpRequest', number[]>> {
	const stage = await openStage({ version: NEWEST_N8N });
	try {
		const { client } = stage;
		const credential = await client.createCredential('List', credentialData(avala));
		const readers = {
			avala: avalaNode(credential, {
				resource: 'delivery',
				operation: 'getAll',
				returnAll: true,
			}),
			httpRequest: {
				name: 'HTTP Request',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: httpRequestParameters(avala),
			},
		};
		const items = { avala: count, httpRequest: count / 100 };
		return await interleaved(
			['avala', 'httpRequest'],
			rounds,
			async (name) => {
				const reader = readers[name];
				const { id } = await client.createWorkflow(workflowOf(name, [manualTrigger(), reader]));
				const executionId = (await client.run(id, 'Start')) ?? '';
				const [run] = (await client.runs(executionId, 120_000))[reader.name] ?? [];
				if (run?.outputs[0]?.length !== items[name])
					throw new Error(`${name} did not return ${items[name]} items`);
				return run.executionTimeMs;
			},
			WARM_UPS,
		);
	} finally {
		await stage.close();
	}
}

function httpRequestParameters({ baseUrl, apiKey }: Sandbox): Record<string, unknown> {
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
