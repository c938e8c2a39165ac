import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { readMoment } from '../shared/moments';
import { chosenIn, hasPart, idKey, idOf } from '../shared/values';
import type { Collection } from '../transport/paths';
import type { Field, KnownWords, Texts } from './fields';
import { describedAs, isWord, labelOf, propertyOf, textField, wordField } from './fields';
import type { Locator } from './locator';
import type { ItemRun } from './operation';
import { collectionProperty, readCollection, sentOf } from './parameters';

/** A field by which a list is narrowed: by the server, by the node, or, where a server may ignore it, by both. */
export interface Filter<T = unknown> extends Field<T> {
	/** Whether an entry is wanted; one that cannot tell is. */
	passes?(entry: IDataObject, wanted: T): boolean;
	/** What the filter names one thing of, which is looked up where nothing was found. */
	collection?: Collection;
	/** Whether `all` is a text to look for here, and `*` alone means no filter. */
	isPart?: boolean;
	/** Of the filters with the same one, an entry has to pass one. */
	group?: string;
}

export type Filters = Readonly<Record<string, Filter>>;

/** A word such as a status of the `plural`, which Avala is asked for and each entry is compared with. */
export function wordFilter(
	plural: string,
	field: string,
	known: KnownWords,
	start: string,
): Filter<string> {
	const label = labelOf(field);
	const description = `Only ${plural} with this ${label.toLowerCase()}. Use an expression for one that is not in the list.`;
	return {
		...wordField(label, field, known, { default: start, description }),
		passes: ({ [field]: sent }, wanted) => typeof sent !== 'string' || isWord(sent, wanted),
	};
}

/** The same where Avala cannot filter by it: then an entry without the word does not pass. */
export function ownWordFilter(...row: Parameters<typeof wordFilter>): Filter<string> {
	const [, field] = row;
	return {
		...wordFilter(...row),
		sentAs: undefined,
		passes: ({ [field]: sent }, wanted) => typeof sent === 'string' && isWord(sent, wanted),
	};
}

/** A part of a name. @param fields where it may stand */
export function partFilter(
	label: string,
	fields: readonly string[],
	texts: Texts,
	sentAs?: string,
): Filter<string> {
	return {
		...textField(label, sentAs, texts),
		isPart: true,
		passes: (entry, part) => hasPart(fields.map((name) => idOf(entry[name]) ?? '').join(' '), part),
	};
}

/** The ID of what the entries belong to. @param idsIn the IDs that an entry names; none lets it pass */
export function idFilter(
	locator: Locator,
	sentAs: string | undefined,
	description: string,
	idsIn: (entry: IDataObject) => string[],
): Filter<string> {
	return {
		...describedAs(locator, description, sentAs),
		passes: (entry, wanted) => {
			const ids = idsIn(entry);
			return ids.length === 0 || ids.some((id) => idKey(id) === idKey(wanted));
		},
	};
}

/** A moment, read as Unix time in milliseconds; without a zone it is in the workflow's time zone. */
export function momentField(label: string, description: string): Field<number> {
	return {
		property: propertyOf(label, 'dateTime', {
			default: '',
			description,
			hint: 'An ISO time with its zone, such as 2026-03-02T10:30:00Z, or an expression such as {{ $now.minus({ hours: 1 }) }}. Words such as yesterday are refused.',
		}),
		read: (value, { context }) => readMoment(label, value, context.getTimezone()),
	};
}

/** Times at which entries were created; each list that has one of them is walked as far as it goes. */
export const createdAfter = (plural: string) =>
	momentField(
		'Created After',
		`Only ${plural} created at or after this time. The search ends there, which saves requests.`,
	);

/** Whether a choice, in a list or by ID, is no restriction: an AI agent cannot leave a field out. */
function isEvery(value: unknown, filter: Filter): boolean {
	const chosen = chosenIn(value);
	const { isPart = false, group } = filter;
	if (Array.isArray(chosen)) {
		return group === undefined && chosen.length > 0 && chosen.every((one) => isEvery(one, filter));
	}
	if (typeof chosen !== 'string') return false;
	return (isPart ? /^\s*\*\s*$/ : /^\s*(?:all|any|\*)\s*$/i).test(chosen);
}

export function filtersProperty(
	filters: Filters,
	description = 'Optional. Narrows the result to what matches all filters.',
): INodeProperties {
	return collectionProperty('filters', filters, description);
}

/** What a list is narrowed to. */
export interface Narrowing {
	/** What was given for each filter, by the filter's name. */
	values: Readonly<Record<string, unknown>>;
	/** What Avala is asked for. */
	query: Record<string, string>;
	/** Unix times in milliseconds. */
	createdAfter: number;
	createdBefore: number;
	/** Whether the entries have to be looked at one by one. */
	isNarrow: boolean;
	/** Whether an entry passes all filters but those by time. */
	passes(entry: IDataObject): boolean;
}

/** Reads the filters that were added. @throws UserError that names the one that is not understood */
export async function readFilters(run: ItemRun, filters: Filters): Promise<Narrowing> {
	const skipping = Object.entries(filters).map(([name, filter]): [string, Filter] => [
		name,
		{
			...filter,
			read: (value, of) => (isEvery(value, filter) ? undefined : filter.read(value, of)),
		},
	]);
	const values = await readCollection<Filters>(run, 'filters', Object.fromEntries(skipping));
	const given = Object.entries(values);
	const groups = new Map<string, typeof given>();
	for (const [name, value] of given) {
		const group = filters[name]?.group ?? name;
		groups.set(group, [...(groups.get(group) ?? []), [name, value]]);
	}
	const sent = Object.entries(sentOf(filters, values));
	const { createdAfter: after = -Infinity, createdBefore: before = Infinity } = values;
	const [createdAfter, createdBefore] = [Number(after), Number(before)];
	if (createdAfter >= createdBefore) {
		const times = [createdAfter, createdBefore].map((moment) => new Date(moment).toISOString());
		throw new UserError("'Created After' must be earlier than 'Created Before'.", {
			description: `They are ${times.join(' and ')}: nothing can be between them.`,
		});
	}
	return {
		values,
		query: Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
		createdAfter,
		createdBefore,
		isNarrow: given.length > 0,
		passes: (entry) =>
			[...groups.values()].every((group) =>
				group.some(([name, value]) => filters[name]?.passes?.(entry, value) ?? true),
			),
	};
}
