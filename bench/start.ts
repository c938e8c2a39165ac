import { setTimeout as wait } from 'node:timers/promises';

import type { Stage } from '../harness/stage';
import type { N8nVersion } from '../harness/versions';
import { inParallel } from '../harness/waiting';
import type { Sandbox } from '../sandbox';
import { fewRounds, interleaved, spreadIn } from './measure';
import type { BenchOptions, Check, Section } from './report';
import { shown } from './report';
import { openStage } from './stage';

const WORKFLOWS = 500;
const QUICK_WORKFLOWS = 20;
const ACTIVATED_AT_ONCE = 8;
const AVALA_LIMIT = { perMinute: 100, perSecond: 20 };
const VERSIONS: N8nVersion[] = ['2.8.4', '2.41.1'];
const POLL_MS = 200;
/** n8n tries again what failed, later and later. */
const LIMIT_MS = 15 * 60_000;

/** The start of an n8n that holds many active workflows, while Avala keeps to its rate limit. */
export async function benchStart(options: BenchOptions): Promise<Section[]> {
	const { isQuick, rounds, tell } = options;
	const count = isQuick ? QUICK_WORKFLOWS : WORKFLOWS;
	const grounds = new Map<N8nVersion, Ground>();
	try {
		for (const version of VERSIONS) {
			const ground = await Ground.open(version);
			grounds.set(version, ground);
			tell(`Activating ${count} workflows in n8n ${version}`);
			await ground.activate(count);
		}
		const starts = await interleaved(VERSIONS, fewRounds(rounds), async (version) => {
			tell(`Starting n8n ${version} with them`);
			return await grounds.get(version)!.start();
		});
		return [
			{
				title: `5. Start of n8n with ${count} active workflows, ${AVALA_LIMIT.perMinute} requests a minute`,
				columns: ['n8n', 'until all are active, s', 'requests answered', 'answered 429'],
				rows: VERSIONS.map((version) => rowOf(version, starts[version])),
				checks: VERSIONS.flatMap((version) => checksOf(version, starts[version], count)),
				notes: [
					'From the start of the process on. n8n 2.8.4 asks each trigger at its start whether its webhook exists: one request a workflow, so that Avala’s limit alone sets the time. n8n 2.41.1 relies on its own record and asks nothing.',
				],
			},
		];
	} finally {
		for (const ground of grounds.values()) await ground.close();
	}
}

/** What one start took, and what it left at Avala. */
interface Start {
	seconds: number;
	answered: number;
	throttled: number;
	before: number;
	lost: number;
	added: number;
}

function rowOf(version: N8nVersion, starts: readonly Start[]): string[] {
	const figures = ['seconds', 'answered', 'throttled'] as const;
	return [version, ...figures.map((figure) => shown(spreadIn(starts, figure)))];
}

/** Each holds for the worst of the starts. */
function checksOf(version: N8nVersion, starts: readonly Start[], count: number): Check[] {
	const n8n = `n8n ${version}`;
	return [
		{
			what: `${n8n}: webhooks before the start`,
			value: spreadIn(starts, 'before').least,
			least: count,
		},
		{ what: `${n8n}: webhooks lost`, value: spreadIn(starts, 'lost').most, most: 0 },
		{
			what: `${n8n}: webhooks made anew or doubled`,
			value: spreadIn(starts, 'added').most,
			most: 0,
		},
		{ what: `${n8n}: requests answered`, value: spreadIn(starts, 'answered').most, most: count },
	];
}

/** An n8n with an Avala of its own. */
class Ground {
	private constructor(private readonly stage: Stage) {}

	static async open(version: N8nVersion): Promise<Ground> {
		return new Ground(await openStage({ version }));
	}

	async activate(count: number): Promise<void> {
		const { stage } = this;
		await inParallel(count, ACTIVATED_AT_ONCE, async () => {
			const { id } = await stage.createTriggerWorkflow();
			await stage.client.activate(id);
		});
	}

	/** Ends n8n, and starts it anew. */
	async start(): Promise<Start> {
		const { stage } = this;
		const { avala } = stage;
		const before = uidsOf(avala);
		await stage.n8n.stop();

		avala.clearRequests();
		avala.rateLimit = AVALA_LIMIT;
		const logged = stage.n8n.log().length;
		const startedAt = performance.now();
		await stage.start('main', { startLimitMs: LIMIT_MS });
		const urls = avala.webhooks().map(({ targetUrl }) => stage.localUrl(targetUrl));
		const activeAfterMs = await untilActive(stage, logged, urls, startedAt);

		const requests = avala.requests();
		const throttled = requests.filter(({ status }) => status === 429).length;
		const after = uidsOf(avala);
		return {
			seconds: activeAfterMs / 1000,
			answered: requests.length - throttled,
			throttled,
			before: before.length,
			lost: before.filter((uid) => !after.includes(uid)).length,
			added: after.filter((uid) => !before.includes(uid)).length,
		};
	}

	async close(): Promise<void> {
		await this.stage.close();
	}
}

/**
 * Waits until n8n has activated each, and each answers. n8n 2.8 logs one after the other; n8n 2.41
 * goes by its own record and logs nothing.
 *
 * @returns how long after the start that was, in ms
 */
async function untilActive(
	stage: Stage,
	logged: number,
	urls: readonly string[],
	startedAt: number,
): Promise<number> {
	const sinceStart = () => performance.now() - startedAt;
	const activated = () =>
		stage.n8n
			.log()
			.slice(logged)
			.match(/Activated workflow/g)?.length ?? 0;
	while (stage.version === '2.8.4' && activated() < urls.length) {
		if (sinceStart() > LIMIT_MS)
			throw new Error(`${activated()} of ${urls.length} are active after ${sinceStart()} ms`);
		await wait(POLL_MS);
	}
	let activeAfterMs = sinceStart();
	for (const url of urls) {
		while (!(await answers(url))) {
			if (sinceStart() > LIMIT_MS) throw new Error(`${url} does not answer`);
			await wait(POLL_MS);
			activeAfterMs = sinceStart();
		}
	}
	return activeAfterMs;
}

/** An event without a signature is refused by an active trigger; of any other n8n knows nothing. */
async function answers(url: string): Promise<boolean> {
	const answer = await fetch(url, { method: 'POST' });
	await answer.arrayBuffer();
	return answer.status === 401;
}

function uidsOf(avala: Sandbox): string[] {
	return avala.webhooks().map(({ uid }) => uid);
}
