import type { INodePropertyOptions } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { nearest } from '../shared/nearest';
import { isObject, readText } from '../shared/values';
import type { ItemRun } from './operation';

/** Choices of a filter: the words that Avala documents, sorted by the label. */
export type KnownWords = ReadonlyArray<INodePropertyOptions & { value: string }>;

/** Whether a choice, in a list or by ID, is no restriction: an AI agent cannot leave a field out. */
export function isEvery(value: unknown): boolean {
	const chosen: unknown = isObject(value) ? value.value : value;
	return typeof chosen === 'string' && /^\s*(?:all|any|\*)\s*$/i.test(chosen);
}

/** A part of a name; undefined for `*`, the only word for all that cannot stand in a name. */
export function readPart(name: string, value: unknown): string | undefined {
	const text = readText(name, value);
	return text === '*' ? undefined : text;
}

/** Whether a text contains a part, whatever the case of the letters and however their accents are stored. */
export function hasPart(text: string, part: string): boolean {
	return folded(text).includes(folded(part));
}

function folded(text: string): string {
	return text.normalize().toLowerCase();
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
	const choice = known.find((word) => [word.name, word.value].some((it) => isWord(it, text)));
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

/** A word in a filter, and those that Avala documents for it. */
export interface FilterWord {
	/** The label of the filter. */
	name: string;
	/** Undefined where the filter was not added. */
	word: string | undefined;
	known: KnownWords;
}

/**
 * Says so when nothing was found for a word that Avala does not document: servers have further words,
 * but it may as well be a mistake, which an empty result would hide.
 *
 * @param count how much was found
 * @throws UserError when a documented word is clearly meant
 */
export function explainNothing(run: ItemRun, count: number, filters: readonly FilterWord[]): void {
	if (count > 0) return;
	const unknown = filters.flatMap(({ name, word, known }) => {
		const values = known.map(({ value }) => value);
		if (word === undefined || values.includes(word)) return [];
		const problem = `Nothing was found for '${name}' ${JSON.stringify(word.slice(0, 80))}`;
		return { problem, meant: nearest(word, values), values: `Known values: ${values.join(', ')}.` };
	});
	for (const { problem, meant, values } of unknown) {
		if (meant !== undefined) throw new UserError(`${problem}. Did you mean ${meant}? ${values}`);
	}
	for (const { problem, values } of unknown) {
		run.hint(`${problem}, which Avala does not document. ${values}`);
	}
}
