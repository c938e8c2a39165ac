import { setTimeout as wait } from 'node:timers/promises';

import type { N8nVersion } from '../n8n/versions';
import type { Sandbox } from '../sandbox';
import { startSandbox } from '../sandbox';
import { Host } from './host';
import type { BenchOptions, Check, Section } from './report';
import { number } from './report';

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
	const count = options.isQuick ? QUICK_WORKFLOWS : WORKFLOWS;
	// Both wait most of the time, one for Avala's rate limit and the other for its own publishing.
	const starts = await Promise.all(
		VERSIONS.map(async (version) => await measureStart(version, count, options)),
	);
	return [
		{
			title: `5. Start of n8n with ${count} active workflows, ${AVALA_LIMIT.perMinute} requests a minute`,
			columns: ['n8n', 'until all are active, s', 'requests answered', 'answered 429'],
			rows: starts.map(({ row }) => row),
			checks: starts.flatMap(({ checks }) => checks),
			notes: [
				'From the start of the process on. n8n 2.8.4 asks each trigger at its start whether its webhook exists: one request a workflow, so that Avala’s limit alone sets the time. n8n 2.41.1 relies on its own record and asks nothing.',
			],
		},
	];
}

/** Activates so many workflows, and starts n8n with them anew. */
async function measureStart(
	version: N8nVersion,
	count: number,
	options: BenchOptions,
): Promise<{ row: string[]; checks: Check[] }> {
	const avala = await startSandbox({ rateLimit: false, pingOnCreate: false });
	const host = await Host.open(version);
	try {
		options.tell(`Activating ${count} workflows in n8n ${version}`);
		await activateMany(host, avala, count);
		const before = uidsOf(avala);
		await host.n8n.stop();

		options.tell(`Starting n8n ${version} with them`);
		avala.clearRequests();
		avala.rateLimit = AVALA_LIMIT;
		const logged = host.n8n.log().length;
		const startedAt = performance.now();
		await host.startAgain(LIMIT_MS);
		const urls = avala.webhooks().map(({ targetUrl }) => host.localUrl(targetUrl));
		const activeAfterMs = await untilActive(host, logged, urls, startedAt);

		const requests = avala.requests();
		const throttled = requests.filter(({ status }) => status === 429).length;
		const after = uidsOf(avala);
		const lost = before.filter((uid) => !after.includes(uid)).length;
		const added = after.filter((uid) => !before.includes(uid)).length;
		const row = [
			version,
			number(activeAfterMs / 1000),
			String(requests.length - throttled),
			String(throttled),
		];
		const checks = [
			{ what: `n8n ${version}: webhooks before the start`, value: before.length, least: count },
			{ what: `n8n ${version}: webhooks lost`, value: lost, most: 0 },
			{ what: `n8n ${version}: webhooks made anew or doubled`, value: added, most: 0 },
			{
				what: `n8n ${version}: requests answered`,
				value: requests.length - throttled,
				most: count,
			},
		];
		return { row, checks };
	} finally {
		await host.close();
		await avala.stop();
	}
}

async function activateMany(host: Host, avala: Sandbox, count: number): Promise<void> {
	const { client } = host.n8n;
	const avalaApi = await client.createCredential('Avala', {
		apiKey: avala.apiKey,
		baseUrl: avala.baseUrl,
	});
	let next = 0;
	const worker = async () => {
		while (next < count) {
			const { id } = await client.createWorkflow({
				name: `Workflow ${next++}`,
				nodes: [
					{
						name: 'Avala Trigger',
						type: 'n8n-nodes-avala.avalaTrigger',
						typeVersion: 2,
						parameters: { events: ['task.completed'] },
						credentials: { avalaApi },
					},
				],
				connections: {},
			});
			await client.activate(id);
		}
	};
	await Promise.all(Array.from({ length: ACTIVATED_AT_ONCE }, worker));
}

/**
 * Waits until n8n has activated each, and each answers. n8n 2.8 logs one after the other; n8n 2.41
 * goes by its own record and logs nothing.
 *
 * @returns how long after the start that was, in ms
 */
async function untilActive(
	host: Host,
	logged: number,
	urls: readonly string[],
	startedAt: number,
): Promise<number> {
	const sinceStart = () => performance.now() - startedAt;
	const activated = () =>
		host.n8n
			.log()
			.slice(logged)
			.match(/Activated workflow/g)?.length ?? 0;
	while (host.version === '2.8.4' && activated() < urls.length) {
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
