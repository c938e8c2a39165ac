import type { Contender, Setting } from './contenders';
import { Arena, SETTINGS } from './contenders';
import { send } from './load';
import type { BenchOptions, Check, Section } from './report';
import { number } from './report';
import { TARGETS } from './targets';
import { againstOthers, compare, describeRace, profileNote } from './throughput';

/** Those that check at all. */
const NAMES: readonly Contender[] = ['avala', 'byHand', 'github', 'bare'];
/** Where 50,000 are sent: some minutes, and on n8n 2.41 as it comes a quarter of an hour. */
const FLOODED: Setting['name'] = '2.41.1 lazy';
const FLOOD = 50_000;
const QUICK_FLOOD = 1000;

/** Forged requests in the real n8n: how many it turns away, and what is left of them. */
export async function benchForged(options: BenchOptions): Promise<Section[]> {
	const sections: Section[] = [];
	for (const setting of SETTINGS) {
		const arena = await Arena.open(setting);
		try {
			await arena.assertChecks();
			options.tell(`Forged requests in n8n ${setting.name}`);
			const before = await arena.executions('avala');
			const race = await compare(arena, NAMES, (name) => arena.forged(name), options);
			const note = await profileNote(arena, arena.forged('avala'), options);
			const flood = isFlooded(setting) ? await floodChecks(arena, options) : [];
			const stored = (await arena.executions('avala')) - before;
			sections.push({
				title: `3. Forged requests a second, n8n ${setting.name}`,
				...describeRace(race),
				checks: [
					...againstOthers(race, TARGETS.forged[setting.name], setting),
					{ what: `n8n ${setting.name}: executions stored`, value: stored, most: 0 },
					...flood,
				],
				notes: [note],
			});
		} finally {
			await arena.close();
		}
	}
	return sections;
}

function isFlooded({ name }: Setting): boolean {
	return name === FLOODED;
}

async function floodChecks(arena: Arena, { isQuick, tell }: BenchOptions): Promise<Check[]> {
	const requests = (isQuick ? QUICK_FLOOD : FLOOD) / 5;
	const inUse: number[] = [];
	for (let fifth = 1; fifth <= 5; fifth++) {
		await send(arena.forged('avala'), { requests });
		inUse.push(await arena.inspector.memoryInUse());
		tell(`${fifth * requests} forged requests: ${number(inUse.at(-1) ?? NaN)} MB in use`);
	}
	const series = inUse.map(number).join(', ');
	return [
		{
			what: `memory in use after ${5 * requests} forged requests, times that after ${requests} (after each fifth ${series} MB)`,
			value: (inUse.at(-1) ?? NaN) / (inUse[0] ?? NaN),
			unit: '×',
			most: TARGETS.forgedMemoryGrowth,
		},
	];
}
