import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';

import { devDependencies } from '../package.json';
import type { Spread } from './measure';
import { fewRounds } from './measure';

/** A figure with its bound: `most` for what must not be exceeded, `least` for what must be reached. */
export interface Check {
	what: string;
	value: number;
	unit?: string;
	least?: number;
	most?: number;
}

export interface Section {
	title: string;
	columns: string[];
	rows: string[][];
	checks: Check[];
	/** Paragraphs. */
	notes?: string[];
}

/** What a part needs to know of the run. */
export interface BenchOptions {
	/** A smoke run: everything is done, in few and short rounds; its figures say little. */
	isQuick: boolean;
	rounds: number;
	tell(line: string): void;
}

const MISSED = '**missed**';
const RESULTS = path.join(__dirname, 'results.md');

export function isMet({ value, least = -Infinity, most = Infinity }: Check): boolean {
	return value >= least && value <= most;
}

/** A run as Markdown, missed targets first. */
export function render(sections: readonly Section[], options: BenchOptions): string {
	return withHead(sections.map(renderSection), options);
}

/** Writes the sections, and keeps those that this run did not measure. */
export function writeResults(sections: readonly Section[], options: BenchOptions): void {
	const kept = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8').split(/\n+(?=## )/) : [];
	const byTitle = new Map(
		[...kept.filter((text) => text.startsWith('## ')), ...sections.map(renderSection)].map(
			(text) => [text.split('\n')[0] ?? '', text.trimEnd()],
		),
	);
	const inOrder = [...byTitle.keys()].toSorted().map((title) => byTitle.get(title) ?? '');
	writeFileSync(RESULTS, withHead(inOrder, options));
}

function withHead(texts: readonly string[], { isQuick, rounds }: BenchOptions): string {
	const missed = texts.flatMap(missedIn);
	const [cpu] = cpus();
	return [
		'# What it costs',
		isQuick
			? 'A smoke run (`npm run bench -- --quick`): that everything runs is all it says.'
			: `Made by \`npm run bench\`. Figures are medians of ${rounds} interleaved rounds, those of memory and of the start of n8n of ${fewRounds(rounds)}, with the least and the most in brackets; ratios are taken within a round.`,
		`Machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}; Node ${process.versions.node} (n8n 2.41 brings its own, 24), n8n-core ${devDependencies['n8n-core']}. ${new Date().toISOString().slice(0, 10)}.`,
		missed.length === 0 ? 'All targets are reached.' : ['Missed:\n', ...missed].join('\n'),
		...texts,
	]
		.join('\n\n')
		.concat('\n');
}

/** The rows of a section's Markdown that tell of a missed target. */
function missedIn(text: string): string[] {
	const [title = ''] = text.split('\n');
	return text
		.split('\n')
		.filter((line) => line.endsWith(`${MISSED} |`))
		.map((line) => {
			const [what, measured, wanted] = line.split('|').slice(1);
			return `- ${title.slice(3)}: ${what?.trim()}: ${measured?.trim()}, to reach ${wanted?.trim()}`;
		});
}

/** @returns the lines that name the missed targets */
export function missedTargets(sections: readonly Section[]): string[] {
	return sections.flatMap((section) =>
		section.checks.filter((check) => !isMet(check)).map((check) => describe(section, check)),
	);
}

function renderSection({ title, columns, rows, checks, notes = [] }: Section): string {
	const tables = [
		table(columns, rows),
		checks.length > 0 &&
			table(
				['target', 'measured', 'to reach', ''],
				checks.map((check) => [
					check.what,
					amount(check.value, check.unit),
					bound(check),
					isMet(check) ? 'reached' : MISSED,
				]),
			),
	].filter((text) => text !== false);
	return [`## ${title}`, ...tables, ...notes].join('\n\n');
}

function describe({ title }: Section, check: Check): string {
	return `${title}: ${check.what} is ${amount(check.value, check.unit)}, to reach ${bound(check)}`;
}

function bound({ least, most, unit }: Check): string {
	if (least !== undefined && least === most) return amount(least, unit);
	return least === undefined
		? `at most ${amount(most ?? NaN, unit)}`
		: `at least ${amount(least, unit)}`;
}

function amount(value: number, unit = ''): string {
	return `${number(value)}${unit === '' || unit === '×' ? unit : ` ${unit}`}`;
}

function table(columns: readonly string[], rows: readonly string[][]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Three digits that count, and no fraction from 100 on. */
export function number(value: number): string {
	if (!Number.isFinite(value)) return String(value);
	if (Math.abs(value) >= 100 || Number.isInteger(value)) return String(Math.round(value));
	return Number(value.toPrecision(3)).toString();
}

export function shown({ median, least, most }: Spread): string {
	return `${number(median)} (${number(least)}–${number(most)})`;
}
