import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { Workflow } from '../harness/restData';
import type { Stage } from '../harness/stage';
import type { N8nVersion } from '../harness/versions';
import { inParallel } from '../harness/waiting';
import { webhookNode, workflowOf } from '../harness/workflows';
import type { BenchOptions, Check, Section } from './report';
import { shown } from './report';
import { spreadOf } from './measure';
import { openStage } from './stage';
import { TARGETS } from './targets';

const WORKFLOWS = 500;
const QUICK_WORKFLOWS = 20;
const ACTIVATED_AT_ONCE = 8;
const AVALA_LIMIT = { perMinute: 100, perSecond: 20 };
/** n8n 2.41 asks no trigger at its start; activating 500 workflows in it takes longer than the rest of the benchmark. */
const VERSIONS: N8nVersion[] = ['2.8.4'];
const MOST_ROUNDS = 3;
/** Of the first requests of a start every second one fails, this often. */
const OUTAGE = { status: 503, every: 2, times: 3 };
const POLL_MS = 200;
/** n8n retries what failed, at growing intervals. */
const LIMIT_MS = 15 * 60_000;

/** What one start took, and what it left at Avala. */
interface Start {
	seconds: number;
	requests: number;
	lost: number;
	added: number;
}

/** The start of an n8n that has many active workflows, while Avala enforces its rate limit. */
export async function benchStart({ isQuick, rounds, tell }: BenchOptions): Promise<Section[]> {
	const count = isQuick ? QUICK_WORKFLOWS : WORKFLOWS;
	const rows: string[][] = [];
	const checks: Check[] = [];
	for (const version of VERSIONS) {
		const n8n = `n8n ${version}`;
		tell(`Activating ${count} workflows in ${n8n}`);
		const createTrigger = async (stage: Stage) => await stage.createTriggerWorkflow();
		const [starts, outage] = await withActive(version, count, createTrigger, async (stage) => {
			const normal: Start[] = [];
			for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round++) {
				tell(`Starting ${n8n}`);
				normal.push(await restart(stage, count));
			}
			tell(`Starting ${n8n} while Avala fails`);
			stage.avala.fault(OUTAGE);
			return [normal, await restart(stage, count)] as const;
		});
		tell(`Starting ${n8n} with as many workflows of its Webhook node`);
		const ofWebhookNode = await withActive(version, count, createWebhook, async (stage) => {
			return await restart(stage, count);
		});
		rows.push(
			[version, ...figuresOf(starts)],
			[`${version}, Avala fails in between`, ...figuresOf([outage])],
			[`${version}, n8n’s Webhook node instead`, ...figuresOf([ofWebhookNode])],
		);
		const { mostSeconds, mostRequests } = TARGETS.start;
		const worst = (figure: 'lost' | 'added') =>
			Math.max(...[...starts, outage].map((start) => start[figure]));
		const median = (figure: keyof Start) => spreadOfAll(starts, figure).median;
		checks.push(
			{ what: `${n8n}: all active after`, value: median('seconds'), unit: 's', most: mostSeconds },
			{ what: `${n8n}: requests`, value: median('requests'), most: mostRequests },
			{ what: `${n8n}: webhooks lost`, value: worst('lost'), most: 0 },
			{ what: `${n8n}: webhooks added`, value: worst('added'), most: 0 },
		);
	}
	return [
		{
			title: `5. Start of n8n with ${count} active workflows, ${AVALA_LIMIT.perMinute} requests a minute`,
			columns: ['n8n', 'until all are active, s', 'requests'],
			rows,
			checks,
			notes: [
				'Counted from the start of the process until n8n has logged that the last workflow is active. n8n 2.8.4 asks each trigger at its start whether its webhook exists; n8n 2.41.1 relies on its own record and sends no request.',
			],
		},
	];
}

const spreadOfAll = (starts: Start[], figure: keyof Start) =>
	spreadOf(starts.map((start) => start[figure]));

/** Of a row: seconds, requests. */
const figuresOf = (starts: Start[]) => [
	shown(spreadOfAll(starts, 'seconds')),
	shown(spreadOfAll(starts, 'requests')),
];

/** Sends no requests, so its start takes what n8n needs by itself. */
async function createWebhook({ client }: Stage): Promise<Workflow> {
	return await client.createWorkflow(workflowOf('Webhook', [webhookNode(randomUUID())]));
}

/** Works with an n8n of its own that has so many active workflows. */
async function withActive<T>(
	version: N8nVersion,
	count: number,
	create: (stage: Stage) => Promise<Workflow>,
	work: (stage: Stage) => Promise<T>,
): Promise<T> {
	const stage = await openStage({ version });
	try {
		await inParallel(count, ACTIVATED_AT_ONCE, async () => {
			const { id } = await create(stage);
			await stage.client.activate(id);
		});
		return await work(stage);
	} finally {
		await stage.close();
	}
}

/** Stops n8n, which has so many active workflows, and starts it again. */
async function restart(stage: Stage, count: number): Promise<Start> {
	const { avala } = stage;
	const uids = () => avala.webhooks().map(({ uid }) => uid);
	const before = uids();
	await stage.n8n.stop();
	avala.clearRequests();
	avala.rateLimit = AVALA_LIMIT;
	const logged = stage.n8n.log().length;
	const startedAt = performance.now();
	await stage.start('main', { startLimitMs: LIMIT_MS });
	const urls = avala.webhooks().map(({ targetUrl }) => stage.localUrl(targetUrl));
	const limit = startedAt + LIMIT_MS;
	const activated = () => stage.n8n.log().slice(logged).split('Activated workflow').length - 1;
	await until(() => activated() >= count, limit);
	const seconds = (performance.now() - startedAt) / 1000;
	// Asking 500 addresses takes seconds of its own, so it does not count.
	for (const url of urls) await until(async () => await isActive(url), limit);
	avala.clearFaults();
	const after = uids();
	return {
		seconds,
		requests: avala.requests().length,
		lost: before.filter((uid) => !after.includes(uid)).length,
		added: after.filter((uid) => !before.includes(uid)).length,
	};
}

async function until(isSo: () => boolean | Promise<boolean>, limit: number): Promise<void> {
	while (!(await isSo())) {
		if (performance.now() > limit) throw new Error('Not all workflows became active.');
		await wait(POLL_MS);
	}
}

/** An active trigger refuses a request without a signature; n8n does not know any other. */
async function isActive(url: string): Promise<boolean> {
	const response = await fetch(url, { method: 'POST' });
	await response.arrayBuffer();
	return response.status === 401;
}
