import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** `[test/…/x.test.ts: part of a title]`, as the documents name the test that proves a statement. */
function citationsIn(document: string): Array<{ file: string; title: string }> {
	const citations = read(document).matchAll(/\[(test\/[\w/.-]+\.test\.ts):\s+([^\]]+)\]/g);
	return [...citations].map(([, file = '', title = '']) => ({
		file,
		title: title.replace(/\s+/g, ' '),
	}));
}

/** What stands in quotes before a test's function: the title, also behind the table of `it.each`. */
function titlesIn(file: string): string[] {
	const titles = read(file).matchAll(
		/(?<!describe)\(\s*(['`])((?:(?!\1).)+)\1\s*,\s*(?:async\b|\()/g,
	);
	return [...titles].map(([, , title = '']) => title);
}

const CLAIMS = ['SECURITY.md', 'docs/resilience.md'].flatMap(citationsIn);

it('SECURITY.md and docs/resilience.md name a proof for what they claim', () => {
	expect(CLAIMS.length).toBeGreaterThan(25);
});

it.each(CLAIMS)('the proof that a document names exists: $file, $title', ({ file, title }) => {
	expect(existsSync(path.join(ROOT, file))).toBe(true);
	expect(titlesIn(file).filter((found) => found.includes(title))).toHaveLength(1);
});
