import { parseArgs } from 'node:util';

import { benchArena } from './arena';
import { benchEvent } from './event';
import { writePicture } from './picture';
import type { BenchOptions, Section } from './report';
import { render, writeResults } from './report';

/** In the order in which they run: the first is measured in this process, before the other fills its memory. */
const PARTS: Record<string, (options: BenchOptions) => Promise<Section[]>> = {
	event: benchEvent,
	arena: benchArena,
};
const ALL = Object.keys(PARTS).join(',');

const USAGE = `Measures what the trigger costs, prints it, and writes bench/results.md and docs/images/benchmark.svg.

npm run bench -- [options]
  --only ${ALL}   only these parts; the results of the others are kept
  --rounds 5    how often each figure is measured
  --quick       only checks that everything runs, and writes nothing
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', default: ALL },
			rounds: { type: 'string', default: '5' },
			quick: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const wanted = values.only.split(',');
	const unknown = wanted.find((part) => !(part in PARTS));
	if (unknown !== undefined) throw new Error(`--only takes ${ALL}, not ${unknown}.`);
	const rounds = values.quick ? 1 : Number(values.rounds);
	if (!Number.isInteger(rounds) || rounds < 1)
		throw new Error(`--rounds must be a whole number from 1, not ${values.rounds}.`);
	const tell = (line: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

	for (const [part, bench] of Object.entries(PARTS)) {
		if (!wanted.includes(part)) continue;
		const sections = await bench({ isQuick: values.quick, rounds, tell });
		console.log(`${render(sections)}\n`);
		if (values.quick) continue;
		// After each part, so that a run that fails later keeps what was measured.
		await writeResults(sections, rounds);
		if (sections.some(({ bars }) => bars !== undefined)) writePicture(sections);
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
