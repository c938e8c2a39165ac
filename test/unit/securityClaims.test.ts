import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..', '..');

const DOCUMENTS = ['SECURITY.md', 'docs/resilience.md'];

/** `[test/…/x.test.ts: part of a title]`, as the documents name their proofs. */
const CLAIMS = DOCUMENTS.flatMap((document) => [
	...readFileSync(path.join(ROOT, document), 'utf8').matchAll(
		/\[(test\/[\w/.-]+\.test\.ts):\s+([^\]]+)\]/g,
	),
]).map(([, file = '', title = '']) => ({ file, title: title.replace(/\s+/g, ' ') }));

/** The text in quotes before a test's function: the title, also behind the table of `it.each`. */
function titlesIn(file: string): string[] {
	const source = readFileSync(path.join(ROOT, file), 'utf8');
	const titles = source.matchAll(/(?<!describe)\(\s*(['`])((?:(?!\1).)+)\1\s*,\s*(?:async\b|\()/g);
	return [...titles].map(([, , title = '']) => title);
}

it('SECURITY.md and docs/resilience.md name a proof for what they claim', () => {
	expect(CLAIMS.length).toBeGreaterThan(25);
});

it.each(CLAIMS)('the proof that a document names exists: $file, $title', ({ file, title }) => {
	expect(existsSync(path.join(ROOT, file))).toBe(true);
	expect(titlesIn(file).filter((found) => found.includes(title))).toHaveLength(1);
});
