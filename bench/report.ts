import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { format } from 'prettier';

import { devDependencies } from '../package.json';
import type { Spread } from './measure';

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
	/** Figures that the picture shows, ours first. */
	bars?: Array<{ label: string; value: number }>;
}

/** What a part needs to know about the run. */
export interface BenchOptions {
	/** Everything runs once or twice and briefly; the figures say little. */
	isQuick: boolean;
	rounds: number;
	tell(line: string): void;
}

const RESULTS = path.join(__dirname, 'results.md');
/** What people write below the figures stays. */
const BY_HAND = '## What is left, and why';

/** @returns the lines that name the missed targets */
export function missedTargets(sections: readonly Section[]): string[] {
	return sections.flatMap(({ title, checks }) =>
		checks
			.filter((check) => !isMet(check))
			.map((check) => `${title}: ${check.what} is ${amountOf(check)}, target ${bound(check)}`),
	);
}

export function render(sections: readonly Section[]): string {
	return sections.map(renderSection).join('\n\n');
}

/** Replaces these sections in results.md; those that this run did not measure stay. */
export async function writeResults(sections: readonly Section[], rounds: number): Promise<void> {
	const old = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : '';
	const [measured = '', byHand = ''] = old.split(BY_HAND);
	const kept = measured.split(/\n+(?=## )/).filter((text) => text.startsWith('## '));
	const byTitle = new Map(
		[...kept, ...sections.map(renderSection)].map((text) => [text.split('\n')[0] ?? '', text]),
	);
	const [cpu] = cpus();
	const text = [
		'# What it costs',
		`Made by \`npm run bench\`. Figures are medians of ${rounds} interleaved rounds with the least and the most in brackets (part 1: twice as many; the memory of part 4 and part 5: at most 3); ratios are taken within a round. Targets are in \`targets.ts\`.`,
		`Machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}; Node ${process.versions.node} (n8n 2.41 brings its own, 24), n8n-core ${devDependencies['n8n-core']}. ${new Date().toISOString().slice(0, 10)}.`,
		...[...byTitle].toSorted(([a], [b]) => a.localeCompare(b)).map(([, section]) => section),
		BY_HAND + byHand,
	].join('\n\n');
	writeFileSync(RESULTS, await format(text, { parser: 'markdown' }));
}

function renderSection({ title, columns, rows, checks, notes = [] }: Section): string {
	const targets = checks.map((check) => [
		check.what,
		amountOf(check),
		bound(check),
		isMet(check) ? 'reached' : '**missed**',
	]);
	return [
		`## ${title}`,
		table(columns, rows),
		...(checks.length > 0 ? [table(['target', 'measured', 'to reach', ''], targets)] : []),
		...notes,
	].join('\n\n');
}

function isMet({ value, least = -Infinity, most = Infinity }: Check): boolean {
	return value >= least && value <= most;
}

function bound({ least, most, unit }: Check): string {
	return least === undefined
		? `at most ${amountOf({ value: most ?? NaN, unit })}`
		: `at least ${amountOf({ value: least, unit })}`;
}

function amountOf({ value, unit = '' }: Pick<Check, 'value' | 'unit'>): string {
	return `${number(value)}${unit === '' || unit === '×' ? unit : ` ${unit}`}`;
}

function table(columns: readonly string[], rows: readonly string[][]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Three significant digits, and no fraction from 100 on. */
export function number(value: number): string {
	return Math.abs(value) >= 100
		? String(Math.round(value))
		: Number(value.toPrecision(3)).toString();
}

export function shown({ median, least, most }: Spread): string {
	return `${number(median)} (${number(least)}–${number(most)})`;
}
