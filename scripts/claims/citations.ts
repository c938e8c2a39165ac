import { readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '..', '..');

/** A test that a document names as the proof of a statement. */
export interface Citation {
	file: string;
	/** Part of the test's title. */
	title: string;
}

/** `[test/…/x.test.ts: part of a title]`, as the documents name their proofs. */
export function citationsIn(document: string): Citation[] {
	const text = readFileSync(path.join(ROOT, document), 'utf8');
	const citations = text.matchAll(/\[(test\/[\w/.-]+\.test\.ts):\s+([^\]]+)\]/g);
	return [...citations].map(([, file = '', title = '']) => ({
		file,
		title: title.replace(/\s+/g, ' '),
	}));
}

/** What stands in quotes before a test's function: the title, also behind the table of `it.each`. */
export function titlesIn(file: string): string[] {
	const source = readFileSync(path.join(ROOT, file), 'utf8');
	const titles = source.matchAll(/(?<!describe)\(\s*(['`])((?:(?!\1).)+)\1\s*,\s*(?:async\b|\()/g);
	return [...titles].map(([, , title = '']) => title);
}
