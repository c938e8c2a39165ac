import { parseArgs } from 'node:util';

import { benchEvent } from './event';
import { benchForged } from './forged';
import { benchList } from './list';
import type { BenchOptions, Section } from './report';
import { missedTargets, render, writeResults } from './report';
import { benchStart } from './start';
import { benchThroughput } from './throughput';

const PARTS = {
	event: benchEvent,
	throughput: benchThroughput,
	forged: benchForged,
	list: benchList,
	start: benchStart,
} satisfies Record<string, (options: BenchOptions) => Promise<Section[]>>;

type Part = keyof typeof PARTS;
const ALL = Object.keys(PARTS).filter(isPart);

const USAGE = `Measures what the nodes cost, prints it and writes it to bench/results.md.

npm run bench -- [options]
  --only ${ALL.join(',')}   these parts alone; the results of the others are kept
  --rounds 15    how often each is measured
  --quick        a smoke run: that everything runs; nothing is written, and no target counts

Exits 1 and names the row when a target is missed.
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', default: ALL.join(',') },
			rounds: { type: 'string', default: '15' },
			quick: { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const wanted = values.only.split(',').map(partOf);
	// In their order: what a part leaves in memory would cost the first, which is measured in this process.
	const parts = ALL.filter((part) => wanted.includes(part));
	const isQuick = values.quick;
	const options: BenchOptions = {
		isQuick,
		rounds: isQuick ? 2 : roundsOf(values.rounds),
		tell: (line) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`),
	};

	const sections: Section[] = [];
	for (const part of parts) {
		const ofPart = await PARTS[part](options);
		sections.push(...ofPart);
		// After each part, so that an end midway leaves what was measured.
		if (!isQuick) writeResults(ofPart, options);
	}
	console.log(render(sections, options));
	if (isQuick) return;
	const missed = missedTargets(sections);
	for (const line of missed) console.error(`Missed: ${line}`);
	if (missed.length > 0) process.exitCode = 1;
}

function isPart(text: string): text is Part {
	return text in PARTS;
}

function partOf(text: string): Part {
	if (isPart(text)) return text;
	throw new Error(`--only takes ${ALL.join(', ')}; not ${text}.`);
}

function roundsOf(text: string): number {
	const rounds = Number(text);
	if (Number.isInteger(rounds) && rounds >= 1) return rounds;
	throw new Error(`--rounds is a whole number; not ${text}.`);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
