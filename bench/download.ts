import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { NodeJson } from '../harness/restData';
import type { Stage } from '../harness/stage';
import { NEWEST_N8N } from '../harness/versions';
import { avalaNode, manualTrigger, workflowOf } from '../harness/workflows';
import { interleaved, ratioOf, spreadOf } from './measure';
import type { BenchOptions, Section } from './report';
import { shown } from './report';
import { openStage } from './stage';
import { TARGETS } from './targets';

const BYTES = 2 * 10 ** 9;
const QUICK_BYTES = 20 * 10 ** 6;
const WARM_UP_BYTES = 10 ** 6;
const MOST_ROUNDS = 3;
const SAMPLE_MS = 50;
const LIMIT_MS = 300_000;
const DOWNLOADERS = ['avala', 'httpRequest'] as const;

interface Download {
	seconds: number;
	/** The most memory that n8n's process held while it ran beyond what it held before, in MB. */
	growthMb: number;
}

/** A large export in the real n8n, which keeps files on disk: Export: Download beside the HTTP Request node. */
export async function benchDownload({ isQuick, rounds, tell }: BenchOptions): Promise<Section[]> {
	const bytes = isQuick ? QUICK_BYTES : BYTES;
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-files-'));
	const stage = await openStage({
		version: NEWEST_N8N,
		env: {
			N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
			N8N_BINARY_DATA_STORAGE_PATH: folder,
			N8N_STORAGE_PATH: folder,
		},
	});
	try {
		for (const name of DOWNLOADERS) await download(stage, name, WARM_UP_BYTES);
		tell(`${bytes / 10 ** 6} MB: Export: Download beside the HTTP Request node`);
		const runs = await interleaved(DOWNLOADERS, Math.min(rounds, MOST_ROUNDS), async (name) => {
			const run = await download(stage, name, bytes);
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder);
			return run;
		});
		const figures = (name: (typeof DOWNLOADERS)[number], figure: keyof Download) =>
			runs[name].map((run) => run[figure]);
		const row = (label: string, name: (typeof DOWNLOADERS)[number]) => [
			label,
			shown(spreadOf(figures(name, 'seconds'))),
			shown(spreadOf(figures(name, 'growthMb'))),
		];
		return [
			{
				title: `7. An export of ${(bytes / 10 ** 6).toLocaleString('en')} MB in n8n ${NEWEST_N8N}`,
				columns: ['', 'time, s', 'memory of n8n’s process beyond that before, MB'],
				rows: [row('Export: Download', 'avala'), row('HTTP Request node', 'httpRequest')],
				checks: [
					{
						what: 'memory',
						value: spreadOf(figures('avala', 'growthMb')).most,
						unit: 'MB',
						most: TARGETS.download.mostGrowthMb,
					},
					{
						what: 'time, times the HTTP Request node',
						value: ratioOf(figures('avala', 'seconds'), figures('httpRequest', 'seconds')).median,
						unit: '×',
						most: TARGETS.download.mostTimesHttpRequest,
					},
				],
				notes: [
					'n8n keeps binary data on disk here (`N8N_DEFAULT_BINARY_DATA_MODE=filesystem`). The memory is what the operating system counts for the process (resident), sampled 20 times a second. The HTTP Request node fetches the same file from the same storage, given its link.',
				],
			},
		];
	} finally {
		await stage.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

async function download(
	stage: Stage,
	name: (typeof DOWNLOADERS)[number],
	size: number,
): Promise<Download> {
	const { avala, client } = stage;
	const { uid } = avala.addExport({
		state: 'ready',
		plan: { link: 'storage', linkLifetimeMs: LIMIT_MS, file: { size } },
	});
	const node = name === 'avala' ? ours(stage, uid) : httpRequest(await linkTo(stage, uid));
	const { id } = await client.createWorkflow(workflowOf(name, [manualTrigger(), node]));
	const { pid } = stage.n8n;
	const before = residentMb(pid);
	let most = before;
	const sampling = setInterval(() => (most = Math.max(most, residentMb(pid))), SAMPLE_MS);
	try {
		const executionId = (await client.run(id, 'Start')) ?? '';
		const [run] = (await client.runs(executionId, LIMIT_MS))[node.name] ?? [];
		const file = run?.outputs[0]?.[0]?.binary;
		if (!JSON.stringify(file).includes(`"bytes":${size}`))
			throw new Error(`${name} has not downloaded ${size} bytes: ${JSON.stringify(file)}`);
		return { seconds: (run?.executionTimeMs ?? NaN) / 1000, growthMb: most - before };
	} finally {
		clearInterval(sampling);
		await client.call('DELETE', `/rest/workflows/${id}`).catch(() => undefined);
	}
}

function ours({ credential }: Stage, uid: string): NodeJson {
	return avalaNode(credential, {
		resource: 'export',
		operation: 'download',
		exportId: { __rl: true, mode: 'id', value: uid },
	});
}

function httpRequest(url: string): NodeJson {
	return {
		name: 'HTTP Request',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: { url, options: { response: { response: { responseFormat: 'file' } } } },
	};
}

/** The link to the file, as the API gives it. */
async function linkTo({ avala }: Stage, uid: string): Promise<string> {
	const response = await fetch(`${avala.baseUrl}/exports/${uid}/`, {
		headers: { 'X-Avala-Api-Key': avala.apiKey },
	});
	const { download_url: url } = (await response.json()) as { download_url: string };
	return url;
}

/** What the process holds in memory. */
function residentMb(pid: number): number {
	const [, kilobytes] =
		/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Number(kilobytes) / 1000;
}
