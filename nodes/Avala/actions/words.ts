import type { INodePropertyOptions } from 'n8n-workflow';

import { readText } from '../shared/values';

/** Choices of a filter: the words that Avala documents, sorted by the label. */
export type KnownWords = ReadonlyArray<INodePropertyOptions & { value: string }>;

/** Whether a choice is no restriction: an AI agent cannot leave a field out. */
export function isEvery(value: unknown): boolean {
	return typeof value === 'string' && /^\s*(?:all|any|\*)\s*$/i.test(value);
}

/**
 * A word that Avala is to look for, such as a status. Labels of the editor are understood; a word that
 * the list lacks goes to Avala as it is, since servers have further ones.
 *
 * @returns undefined for all
 */
export function readWord(name: string, value: unknown, known: KnownWords): string | undefined {
	if (isEvery(value)) return undefined;
	const text = readText(name, value);
	const wanted = text.toLowerCase();
	const choice = known.find((word) =>
		[word.name, word.value].some((it) => it.toLowerCase() === wanted),
	);
	return choice?.value ?? text;
}

/** Servers write a word of two words in several ways: `in_progress`, `In Progress`. */
function plain(word: string): string {
	return word
		.trim()
		.toLowerCase()
		.replace(/[\s-]+/g, '_');
}

/** Whether a field is the wanted word. One that was not sent, or is no text, cannot tell: it passes. */
export function isWord(sent: unknown, wanted: string | undefined): boolean {
	if (wanted === undefined || typeof sent !== 'string') return true;
	return plain(sent) === plain(wanted);
}
