import { Command, InvalidArgumentError, Option } from 'commander';

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

interface Options {
	only?: string;
	rounds: number;
	quick: boolean;
}

async function main(): Promise<void> {
	const { only, rounds, quick } = new Command('npm run bench --')
		.description(
			'Measures what the trigger costs, prints it, and writes bench/results.md and docs/images/benchmark.svg.',
		)
		.addOption(
			new Option('--only <part>', 'the results of the other part are kept').choices(
				Object.keys(PARTS),
			),
		)
		.option('--rounds <count>', 'how often each figure of the arena is measured', toCount, 5)
		.option('--quick', 'only checks that everything runs, and writes nothing', false)
		.parse()
		.opts<Options>();
	const tell = (line: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

	for (const [part, bench] of Object.entries(PARTS)) {
		if (only !== undefined && part !== only) continue;
		const sections = await bench({ isQuick: quick, rounds: quick ? 1 : rounds, tell });
		console.log(`${render(sections)}\n`);
		if (quick) continue;
		// After each part, so that a run that fails later keeps what was measured.
		await writeResults(sections, rounds);
		if (sections.some(({ bars }) => bars !== undefined)) writePicture(sections);
	}
}

function toCount(text: string): number {
	const count = Number(text);
	if (Number.isInteger(count) && count > 0) return count;
	throw new InvalidArgumentError('It must be a whole number from 1.');
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
