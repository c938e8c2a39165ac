import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..', '..');

/** `[test/…/x.test.ts: part of a title]`, as SECURITY.md names its proofs. */
const CLAIMS = [
	...readFileSync(path.join(ROOT, 'SECURITY.md'), 'utf8').matchAll(
		/\[(test\/[\w/.-]+\.test\.ts):\s+([^\]]+)\]/g,
	),
].map(([, file = '', title = '']) => ({ file, title: title.replace(/\s+/g, ' ') }));

/** What stands in quotes before a test's function: the title, also behind the table of `it.each`. */
function titlesIn(file: string): string[] {
	const source = readFileSync(path.join(ROOT, file), 'utf8');
	const titles = source.matchAll(/(?<!describe)\(\s*(['`])((?:(?!\1).)+)\1\s*,\s*(?:async\b|\()/g);
	return [...titles].map(([, , title = '']) => title);
}

it('SECURITY.md names a proof for what it claims', () => {
	expect(CLAIMS.length).toBeGreaterThan(20);
});

it.each(CLAIMS)('the proof that SECURITY.md names exists: $file, $title', ({ file, title }) => {
	expect(existsSync(path.join(ROOT, file))).toBe(true);
	expect(titlesIn(file).filter((found) => found.includes(title))).toHaveLength(1);
});
