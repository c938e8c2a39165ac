import type { Contender } from './contenders';
import { ALL, CHECKING, CONTENDERS } from './contenders';
import { Contest } from './contest';
import type { Load } from './load';
import { send } from './load';
import type { BenchOptions, Section } from './report';
import { medianOf, number, spreadOf } from './report';

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

const WINDOW_SECONDS = 3;
const QUICK_REQUESTS = 10;

/** Signed events and forged requests in the real n8n: the trigger beside what else an event can start. */
export async function benchArena(options: BenchOptions): Promise<Section[]> {
	const signed: Section[] = [];
	const forged: Section[] = [];
	for (const { name, version, env } of SETTINGS) {
		const contest = await Contest.open(version, env, options.tell);
		try {
			const before = await contest.executions('avala');
			forged.push({
				title: `3. Forged requests a second, n8n ${name}`,
				...(await compare(contest, CHECKING, true, options)),
			});
			const stored = (await contest.executions('avala')) - before;
			if (stored > 0) throw new Error(`Forged requests started ${stored} executions.`);
			signed.push({
				title: `2. Signed events a second, n8n ${name}`,
				...(await compare(contest, ALL, false, options)),
			});
		} finally {
			await contest.close();
		}
	}
	return [...signed, ...forged];
}

/** Sends to each in turn, round by round, each round beginning with another one; the first only warms up. */
async function compare(
	contest: Contest,
	names: readonly Contender[],
	isForged: boolean,
	{ isQuick, rounds, tell }: BenchOptions,
): Promise<Omit<Section, 'title'>> {
	const loads: Array<Record<string, Load>> = [];
	for (let round = 0; round <= rounds; round++) {
		tell(`${isForged ? 'Forged requests' : 'Signed events'}, round ${round} of ${rounds}`);
		const first = round % names.length;
		const ofRound: Record<string, Load> = {};
		for (const name of [...names.slice(first), ...names.slice(0, first)]) {
			const limit = isQuick ? { amount: QUICK_REQUESTS } : { duration: WINDOW_SECONDS };
			ofRound[name] = await send(contest.target(name, isForged), limit);
			await contest.untilIdle();
		}
		if (round > 0) loads.push(ofRound);
	}
	const figures = (name: Contender, figure: keyof Load) =>
		loads.map((ofRound) => ofRound[name]?.[figure] ?? NaN);
	// Within a round, so that what slows a whole round cancels out.
	const ratios = (name: Contender) =>
		figures('avala', 'perSecond').map(
			(ours, round) => ours / (figures(name, 'perSecond')[round] ?? NaN),
		);
	return {
		columns: ['', 'a second', 'trigger, times this', 'response, ms: p50 / p99'],
		rows: names.map((name) => [
			CONTENDERS[name],
			spreadOf(figures(name, 'perSecond')),
			name === 'avala' ? '' : spreadOf(ratios(name)),
			`${number(medianOf(figures(name, 'p50')))} / ${number(medianOf(figures(name, 'p99')))}`,
		]),
		bars: names.map((name) => ({
			label: CONTENDERS[name],
			value: medianOf(figures(name, 'perSecond')),
		})),
	};
}
