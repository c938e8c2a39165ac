import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { format } from 'prettier';

import { devDependencies } from '../package.json';

export interface Section {
	title: string;
	columns: string[];
	rows: string[][];
	/** Paragraphs. */
	notes?: string[];
	/** Figures that the picture shows, ours first. */
	bars?: Array<{ label: string; value: number }>;
}

/** What a part needs to know about the run. */
export interface BenchOptions {
	/** Everything runs once and briefly; the figures say little. */
	isQuick: boolean;
	rounds: number;
	tell(line: string): void;
}

const RESULTS = path.join(__dirname, 'results.md');
/** What people write below the figures stays. */
const BY_HAND = '## What is left, and why';

export function render(sections: readonly Section[]): string {
	return sections.map(renderSection).join('\n\n');
}

/** Replaces these sections in results.md; those that this run did not measure stay. */
export async function writeResults(sections: readonly Section[], rounds: number): Promise<void> {
	const old = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '';
	const [measured = '', byHand = ''] = old.split(BY_HAND);
	const kept = measured.split(/\n+(?=## )/).filter((text) => text.startsWith('## '));
	const [cpu] = cpus();
	// In each part, because parts may be measured on different machines.
	const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}; Node ${process.versions.node}, n8n-core ${devDependencies['n8n-core']}. ${new Date().toISOString().slice(0, 10)}.`;
	const measuredNow = sections.map((section) =>
		renderSection({ ...section, notes: [...(section.notes ?? []), machine] }),
	);
	const byTitle = new Map(
		[...kept, ...measuredNow].map((text) => [text.split('\n')[0] ?? '', text]),
	);
	const text = [
		'# What it costs',
		`Made by \`npm run bench\`. Figures of parts 2 and 3 are medians of ${rounds} interleaved rounds with the least and the most in brackets; ratios are taken within a round. n8n 2.41 brings a Node of its own, 24.`,
		...[...byTitle].toSorted(([a], [b]) => a.localeCompare(b)).map(([, section]) => section),
		BY_HAND + byHand,
	].join('\n\n');
	writeFileSync(RESULTS, await format(text, { parser: 'markdown' }));
}

function renderSection({ title, columns, rows, notes = [] }: Section): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
	return [`## ${title}`, table, ...notes].join('\n\n');
}

/** Three significant digits, and no fraction from 100 on. */
export function number(value: number): string {
	return value >= 100 ? String(Math.round(value)) : Number(value.toPrecision(3)).toString();
}

export function medianOf(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = [Math.floor, Math.ceil].map((round) => sorted[round((sorted.length - 1) / 2)]);
	return middle.reduce<number>((sum, value) => sum + (value ?? NaN), 0) / 2;
}

/** The median, with the least and the most in brackets. */
export function spreadOf(values: readonly number[]): string {
	return `${number(medianOf(values))} (${number(Math.min(...values))}–${number(Math.max(...values))})`;
}
