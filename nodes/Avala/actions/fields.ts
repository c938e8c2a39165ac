import type { INodeProperties, INodePropertyOptions, NodePropertyTypes } from 'n8n-workflow';

import {
	isBlank,
	notUnderstood,
	readBoolean,
	readNumber,
	readText,
	readTexts,
} from '../shared/values';
import type { ItemRun } from './operation';

/** How the editor shows a field; its name is the key of its row. */
export type FieldProperty = Omit<INodeProperties, 'name'>;

/**
 * One parameter, filter, or field of a body: how the editor shows it, how it is read and refused, and what
 * Avala calls it. Tables of fields have the parameters' names as keys.
 */
export interface Field<T = unknown> {
	property: FieldProperty;
	/** Avala's name for it, in a body or a query; left out for what only the node uses. */
	sentAs?: string;
	/** The words that Avala documents for it. */
	known?: KnownWords;
	/**
	 * @param value what the editor, an expression or an AI agent gave
	 * @returns undefined for what is the same as leaving the field out
	 * @throws UserError that names the field, for a value that is not understood
	 */
	read(value: unknown, run: ItemRun): T | undefined | Promise<T | undefined>;
}

export type Fields = Readonly<Record<string, Field>>;

/** What was given for the fields of a table. */
export type Values<F extends Fields> = {
	[K in keyof F]?: F[K] extends Field<infer T> ? T : never;
};

/** What a kind of field leaves to the single one. */
export type Texts = Omit<Partial<FieldProperty>, 'displayName' | 'type' | 'builderHint'> & {
	/** For models that build workflows. */
	hint?: string;
};

/** Words that Avala documents for a field, sorted by the label; servers have further ones. */
export type KnownWords = ReadonlyArray<INodePropertyOptions & { value: string }>;

/** Words whose labels are the words themselves. */
export function labelled(...words: string[]): KnownWords {
	return words.map((value) => ({ name: labelOf(value), value }));
}

/** `webhook_uid` as `Webhook UID`, `pending-approval` as `Pending Approval`. */
export function labelOf(word: string): string {
	return word
		.split(/[_-]/)
		.map((part) =>
			['uid', 'url'].includes(part)
				? part.toUpperCase()
				: `${part.charAt(0).toUpperCase()}${part.slice(1)}`,
		)
		.join(' ');
}

/** How the editor shows a field, with texts of its own. */
export function propertyOf(
	displayName: string,
	type: NodePropertyTypes,
	{ hint, ...texts }: Texts & { default: FieldProperty['default'] },
): FieldProperty {
	const builderHint = hint === undefined ? undefined : { propertyHint: hint };
	return { displayName, type, ...(builderHint && { builderHint }), ...texts };
}

/** The same field under another description, and, where it is given, another name of Avala's. */
export function describedAs<F extends Field>(field: F, description: string, sentAs?: string): F {
	const property = { ...field.property, description };
	return { ...field, property, ...(sentAs !== undefined && { sentAs }) };
}

/** The same field where it may be left empty, which is the same as leaving it out; an expression may not give nothing. */
export function optional<T>(field: Field<T>): Field<T> {
	return {
		...field,
		read: (value, run) => (isBlank(value) ? undefined : field.read(value, run)),
	};
}

export function textField(
	label: string,
	sentAs: string | undefined,
	texts: Texts = {},
): Field<string> {
	return {
		property: propertyOf(label, 'string', { default: '', ...texts }),
		sentAs,
		read: (value) => readText(label, value),
	};
}

/** A word that Avala documents; another one, from an expression, is passed on as it is. */
export function wordField(
	label: string,
	sentAs: string,
	known: KnownWords,
	texts: Texts = {},
): Field<string> {
	return {
		property: choiceProperty(label, known, texts),
		sentAs,
		known,
		read: (value) => wordOf(known, readText(label, value)),
	};
}

export function wordsField(
	label: string,
	sentAs: string,
	known: KnownWords,
	texts: Texts = {},
): Field<string[]> {
	return {
		property: propertyOf(label, 'multiOptions', { default: [], options: [...known], ...texts }),
		sentAs,
		known,
		read: (value) => readTexts(label, value).map((text) => wordOf(known, text)),
	};
}

function choiceProperty(label: string, choices: KnownWords, texts: Texts): FieldProperty {
	const [first] = choices;
	const options = [...choices];
	return propertyOf(label, 'options', { default: first?.value ?? '', options, ...texts });
}

function wordOf(known: KnownWords, text: string): string {
	const choice = known.find((word) => [word.name, word.value].some((it) => isWord(it, text)));
	return choice?.value ?? text;
}

/** One of the words that the node itself has for something. */
export function choiceField<T extends string>(
	label: string,
	choices: ReadonlyArray<INodePropertyOptions & { value: T }>,
	texts: Texts,
): Field<T> {
	return {
		property: choiceProperty(label, choices, texts),
		read: (value) => {
			const choice = choices.find((it) => typeof value === 'string' && isWord(it.value, value));
			if (choice) return choice.value;
			throw notUnderstood(label, choices.map((it) => it.value).join(', '), value);
		},
	};
}

export function booleanField(
	label: string,
	sentAs: string | undefined,
	texts: Texts,
): Field<boolean> {
	return {
		property: propertyOf(label, 'boolean', { default: false, ...texts }),
		sentAs,
		read: (value) => readBoolean(label, value),
	};
}

/** Whether Avala makes use of a thing. */
export function activeField(description: string): Field<boolean> {
	return booleanField('Active', 'is_active', { default: true, description });
}

export function numberField(
	label: string,
	sentAs: string | undefined,
	{ least, most = Infinity }: { least: number; most?: number },
	texts: Texts,
): Field<number> {
	const typeOptions = { minValue: least, ...(most < Infinity && { maxValue: most }) };
	return {
		property: propertyOf(label, 'number', { default: least, typeOptions, ...texts }),
		sentAs,
		read: (value) => readNumber(label, value, least, most),
	};
}

/** Whether two words are the same: servers write one of two words in several ways (`in_progress`, `In Progress`). */
export function isWord(a: string, b: string): boolean {
	return plain(a) === plain(b);
}

function plain(word: string): string {
	return word
		.trim()
		.toLowerCase()
		.replace(/[\s-]+/g, '_');
}
