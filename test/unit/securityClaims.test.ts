import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { citationsIn, ROOT, titlesIn } from '../../scripts/claims/citations';
import { FAULTS } from '../../scripts/claims/faults';

const CLAIMS = ['SECURITY.md', 'docs/resilience.md'].flatMap(citationsIn);

it('SECURITY.md and docs/resilience.md name a proof for what they claim', () => {
	expect(CLAIMS.length).toBeGreaterThan(25);
});

it.each(CLAIMS)('the proof that a document names exists: $file, $title', ({ file, title }) => {
	expect(existsSync(path.join(ROOT, file))).toBe(true);
	expect(titlesIn(file).filter((found) => found.includes(title))).toHaveLength(1);
});

describe('npm run test:claims', () => {
	const quick = citationsIn('SECURITY.md').filter(({ file }) =>
		/^test\/(unit|integration)\//.test(file),
	);

	it.each(quick)('breaks the code behind $file, $title', (claim) => {
		expect(FAULTS.map(({ test }) => test)).toContainEqual(claim);
	});

	it.each(FAULTS)('finds the code to break, and the test: $what', ({ edits, test }) => {
		for (const { file, search } of edits) {
			expect(readFileSync(path.join(ROOT, file), 'utf8').split(search)).toHaveLength(2);
		}
		expect(titlesIn(test.file).filter((found) => found.includes(test.title))).toHaveLength(1);
	});
});
