import type { Contender, Setting } from './contenders';
import { Arena, CONTENDERS, contenders, SETTINGS } from './contenders';
import type { Target } from './load';
import { percentiles, send } from './load';
import { interleaved, ratioOf, spreadOf } from './measure';
import type { Shares } from './profile';
import { sharesOf } from './profile';
import type { BenchOptions, Check, Section } from './report';
import { number, shown } from './report';
import { TARGETS } from './targets';

/**
 * Short, with more rounds for it: one window differs from the next by a tenth, which only the middle of
 * many evens out.
 */
const WINDOW_MS = 4000;
const QUICK_WINDOW_MS = 1000;

/** Signed events in the real n8n: the trigger alone against what else an event can start. */
export async function benchThroughput(options: BenchOptions): Promise<Section[]> {
	const sections: Section[] = [];
	for (const setting of SETTINGS) {
		const arena = await Arena.open(setting);
		try {
			await arena.assertChecks();
			options.tell(`Signed events in n8n ${setting.name}`);
			const race = await compare(arena, contenders(), (name) => arena.signed(name), options);
			sections.push({
				title: `2. Signed events a second, n8n ${setting.name}`,
				...describeRace(race),
				checks: againstOthers(race, TARGETS.throughput[setting.name], setting),
				notes: [await profileNote(arena, arena.signed('avala'), options)],
			});
		} finally {
			await arena.close();
		}
	}
	return sections;
}

export interface Race {
	perSecond: Record<Contender, number[]>;
	times: Record<Contender, number[]>;
	names: readonly Contender[];
}

/** Loads each in turn, and lets n8n end what was started before the next. */
export async function compare(
	arena: Arena,
	names: readonly Contender[],
	target: (name: Contender) => Target,
	{ isQuick, rounds }: BenchOptions,
): Promise<Race> {
	const times: Race['times'] = { avala: [], webhook: [], byHand: [], github: [], bare: [] };
	const ms = isQuick ? QUICK_WINDOW_MS : WINDOW_MS;
	for (const name of names) await send(target(name), { ms });
	await arena.untilIdle();
	const perSecond = await interleaved(names, rounds, async (name) => {
		const load = await send(target(name), { ms });
		await arena.untilIdle();
		times[name].push(...load.times);
		return load.perSecond;
	});
	return { perSecond, times, names };
}

export function describeRace({ perSecond, times, names }: Race): Pick<Section, 'columns' | 'rows'> {
	return {
		columns: ['', 'a second', 'trigger, times this', 'answer, ms: p50 / p95 / p99'],
		rows: names.map((name) => [
			CONTENDERS[name],
			shown(spreadOf(perSecond[name])),
			name === 'avala' ? '' : shown(ratioOf(perSecond.avala, perSecond[name])),
			percentiles(times[name]),
		]),
	};
}

export function againstOthers(
	{ perSecond }: Race,
	targets: Partial<Record<Contender, number>>,
	{ name: setting }: Setting,
): Check[] {
	return contenders().flatMap((name) => {
		const least = targets[name];
		if (least === undefined) return [];
		const value = ratioOf(perSecond.avala, perSecond[name]).median;
		return [{ what: `n8n ${setting}: times ${CONTENDERS[name]}`, value, unit: '×', least }];
	});
}

/** Where the time of these requests goes, in words. */
export async function profileNote(
	arena: Arena,
	target: Target,
	{ isQuick }: BenchOptions,
): Promise<string> {
	const profile = await arena.inspector.profile(
		async () => await send(target, { ms: isQuick ? QUICK_WINDOW_MS : WINDOW_MS }),
	);
	await arena.untilIdle();
	return describeShares(sharesOf(profile, (url) => url.includes('/n8n-nodes-avala/')));
}

function describeShares(shares: Shares): string {
	const percent = (part: number) => `${number(part * 100)} %`;
	const hottest = shares.hottest.map(({ what, part }) => `${what} ${percent(part)}`).join(', ');
	return `CPU profile of n8n under this load (idle ${percent(shares.idle)}): of its busy time the node’s own code, with the HMAC and the parsing, takes ${percent(shares.ofPackage)}, what the node calls of n8n ${percent(shares.ofN8nCalled)}, the rest of n8n ${percent(shares.ofN8n)}, garbage collection ${percent(shares.ofGarbage)}. So a trigger that costs nothing would be at most ${percent(1 / (1 - shares.ofPackage - shares.ofN8nCalled) - 1)} faster. Most in themselves: ${hottest}.`;
}
