import type { INodePropertyOptions } from 'n8n-workflow';

import { readText } from '../shared/values';

/** Choices of a filter: the words that Avala documents, sorted by the label. */
export type KnownWords = ReadonlyArray<INodePropertyOptions & { value: string }>;

/**
 * A word that Avala is to look for, such as a status. Labels of the editor are understood; a word that
 * the list lacks goes to Avala as it is, since servers have further ones.
 */
export function readWord(name: string, value: unknown, known: KnownWords): string {
	const text = readText(name, value);
	const wanted = text.toLowerCase();
	const choice = known.find((word) =>
		[word.name, word.value].some((it) => it.toLowerCase() === wanted),
	);
	return choice?.value ?? text;
}

/** Whether a field is the wanted word. One that was not sent, or is no text, cannot tell: it passes. */
export function isWord(sent: unknown, wanted: string | undefined): boolean {
	if (wanted === undefined || typeof sent !== 'string') return true;
	return sent.toLowerCase() === wanted.toLowerCase();
}
