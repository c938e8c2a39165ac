import { interleaved, quantile, ratioOf, spreadOf } from '../measure';
import type { BenchOptions, Check, Section } from '../report';
import { number, shown } from '../report';
import { TARGETS } from '../targets';
import type { Contender } from './contenders';
import { ALL, CHECKING, CONTENDERS } from './contenders';
import { Contest } from './contest';
import type { Target } from './load';
import { send } from './load';

/** How people run n8n. */
const SETTINGS = [
	{ name: '2.8.4', version: '2.8.4', env: {} },
	{ name: '2.41.1', version: '2.41.1', env: {} },
	{
		name: '2.41.1 lazy',
		version: '2.41.1',
		env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	},
] as const;

const WINDOW_MS = 3000;
const QUICK_WINDOW_MS = 500;
/** Sent to the fastest of them, to see that no memory is lost. */
const FLOODED: (typeof SETTINGS)[number]['name'] = '2.41.1 lazy';
const FLOOD = 25_000;
const QUICK_FLOOD = 500;

/** Signed events and forged requests in the real n8n: the trigger beside what else an event can start. */
export async function benchArena(options: BenchOptions): Promise<Section[]> {
	const signed: Section[] = [];
	const forged: Section[] = [];
	for (const { name, version, env } of SETTINGS) {
		const contest = await Contest.open(version, env);
		try {
			options.tell(`Forged requests in n8n ${name}`);
			const before = await contest.executions('avala');
			const refused = await compare(contest, CHECKING, true, TARGETS.forged[name], options);
			const flood = name === FLOODED ? [await floodCheck(contest, options)] : [];
			const stored = (await contest.executions('avala')) - before;
			forged.push({
				...refused,
				title: `3. Forged requests a second, n8n ${name}`,
				checks: [
					...refused.checks,
					{ what: 'executions stored', value: stored, most: 0 },
					...flood,
				],
			});
			options.tell(`Signed events in n8n ${name}`);
			signed.push({
				...(await compare(contest, ALL, false, TARGETS.signed[name], options)),
				title: `2. Signed events a second, n8n ${name}`,
			});
		} finally {
			await contest.close();
		}
	}
	return SETTINGS.flatMap((_, index) => [signed[index], forged[index]]).filter(
		(section) => section !== undefined,
	);
}

/** Sends to each in turn, and waits until n8n is idle before the next. */
async function compare(
	contest: Contest,
	names: readonly Contender[],
	isForged: boolean,
	targets: Partial<Record<Contender, number>>,
	{ isQuick, rounds }: BenchOptions,
): Promise<Omit<Section, 'title'>> {
	const ms = isQuick ? QUICK_WINDOW_MS : WINDOW_MS;
	const loads = await interleaved(
		names,
		rounds,
		async (name) => {
			const load = await send(contest.target(name, isForged), { ms });
			await contest.untilIdle();
			return load;
		},
		1,
	);
	const perSecond = (name: Contender) => loads[name].map((load) => load.perSecond);
	const ratio = (name: Contender) => ratioOf(perSecond('avala'), perSecond(name));
	return {
		columns: ['', 'a second', 'trigger, times this', 'response, ms: p50 / p95 / p99'],
		rows: names.map((name) => [
			CONTENDERS[name],
			shown(spreadOf(perSecond(name))),
			name === 'avala' ? '' : shown(ratio(name)),
			percentiles(loads[name].flatMap(({ times }) => times)),
		]),
		checks: names.flatMap((name): Check[] => {
			const least = targets[name];
			if (least === undefined) return [];
			return [{ what: `times ${CONTENDERS[name]}`, value: ratio(name).median, unit: '×', least }];
		}),
		bars: names.map((name) => ({
			label: CONTENDERS[name],
			value: spreadOf(perSecond(name)).median,
		})),
	};
}

async function floodCheck(contest: Contest, { isQuick, tell }: BenchOptions): Promise<Check> {
	const target: Target = contest.target('avala', true);
	const requests = (isQuick ? QUICK_FLOOD : FLOOD) / 5;
	const inUse: number[] = [];
	for (let fifth = 1; fifth <= 5; fifth++) {
		await send(target, { requests });
		inUse.push(await contest.memoryInUse());
		tell(`${fifth * requests} forged requests: ${number(inUse.at(-1) ?? NaN)} MB in use`);
	}
	return {
		what: `memory after ${5 * requests} forged requests, times that after ${requests} (${inUse.map(number).join(', ')} MB)`,
		value: (inUse.at(-1) ?? NaN) / (inUse[0] ?? NaN),
		unit: '×',
		most: TARGETS.mostForgedMemoryGrowth,
	};
}

/** p50, p95 and p99 in whole milliseconds. */
function percentiles(times: readonly number[]): string {
	return [0.5, 0.95, 0.99].map((part) => Math.round(quantile(times, part))).join(' / ');
}
