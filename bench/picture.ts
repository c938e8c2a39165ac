import { writeFileSync } from 'node:fs';
import path from 'node:path';

import type { Section } from './report';
import { number } from './report';

const FILE = path.join(__dirname, '..', 'docs', 'images', 'benchmark.svg');
const PANEL = { width: 450, height: 150 };
const BAR = { x: 190, width: 200, height: 16, step: 24 };

/** Writes docs/images/benchmark.svg. */
export function writePicture(sections: readonly Section[]): void {
	writeFileSync(FILE, `${draw(sections)}\n`);
}

/** The sections' bars as an SVG, two panels in a row, each with a scale of its own. */
function draw(sections: readonly Section[]): string {
	const panels = sections.filter(({ bars }) => bars !== undefined);
	const height = Math.ceil(panels.length / 2) * PANEL.height + 16;
	const description = panels.map(({ title, bars = [] }) =>
		[title, ...bars.map(({ label, value }) => `${label} ${number(value)}`)].join(', '),
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * PANEL.width} ${height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="13">
<title>Signed events and forged requests a second, in n8n</title>
<desc>${escaped(description.join('. '))}</desc>
<style>
svg { --page: #ffffff; --text: #1f2937; --ours: #0f766e; --other: #94a3b8 }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --text: #e5e7eb; --ours: #2dd4bf; --other: #64748b } }
.page { fill: var(--page) } text { fill: var(--text) } .ours { fill: var(--ours) } .other { fill: var(--other) }
</style>
<rect class="page" width="100%" height="100%" rx="12"/>
${panels.map((section, index) => panel(section, index)).join('\n')}
</svg>`;
}

function panel({ title, bars = [] }: Section, index: number): string {
	const x = (index % 2) * PANEL.width + 16;
	const y = Math.floor(index / 2) * PANEL.height + 28;
	const most = Math.max(...bars.map(({ value }) => value));
	const lines = bars.map(({ label, value }, row) => {
		const top = 14 + row * BAR.step;
		const width = (BAR.width * value) / most;
		return `<text x="0" y="${top + 13}">${escaped(label)}</text><rect class="${row === 0 ? 'ours' : 'other'}" x="${BAR.x}" y="${top}" width="${width.toFixed(1)}" height="${BAR.height}" rx="2"/><text x="${(BAR.x + width + 6).toFixed(1)}" y="${top + 13}">${number(value)}</text>`;
	});
	// Titles begin with the number of their part.
	const heading = escaped(title.replace(/^\d+\. /, ''));
	return `<g transform="translate(${x} ${y})"><text font-weight="bold">${heading}</text>${lines.join('')}</g>`;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
