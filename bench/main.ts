import { parseArgs } from 'node:util';

import { benchArena } from './arena/arena';
import { benchDownload } from './download';
import { benchEvent } from './event';
import { benchList } from './list';
import { writePicture } from './picture';
import type { BenchOptions, Section } from './report';
import { missedTargets, render, writeResults } from './report';
import { benchStart } from './start';
import { benchWebhooks } from './webhooks';

/** In the order in which they run: the first is measured in this process, before the others fill its memory. */
const PARTS: Record<string, (options: BenchOptions) => Promise<Section[]>> = {
	event: benchEvent,
	arena: benchArena,
	list: benchList,
	start: benchStart,
	webhooks: benchWebhooks,
	download: benchDownload,
};
const ALL = Object.keys(PARTS).join(',');

const USAGE = `Measures what the nodes cost, prints it, and writes bench/results.md and docs/images/benchmark.svg.

npm run bench -- [options]
  --only ${ALL}   only these parts; the results of the others are kept
  --rounds 5    how often each figure is measured; 5 takes about 20 minutes, 15 about an hour
  --quick       only checks that everything runs: writes nothing, and no target counts

Exits 1 and names the row when a target is missed.
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

	const sections: Section[] = [];
	for (const [part, bench] of Object.entries(PARTS)) {
		if (!wanted.includes(part)) continue;
		const ofPart = await bench({ isQuick: values.quick, rounds, tell });
		sections.push(...ofPart);
		if (values.quick) continue;
		// After each part, so that a run that fails later keeps what was measured.
		await writeResults(ofPart, rounds);
		if (ofPart.some(({ bars }) => bars !== undefined)) writePicture(ofPart);
	}
	console.log(render(sections));
	if (values.quick) return;
	const missed = missedTargets(sections);
	for (const line of missed) console.error(`Missed: ${line}`);
	if (missed.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
