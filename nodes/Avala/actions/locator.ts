import type {
	IDataObject,
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { chosenIn, hasPart, idOf, notUnderstood } from '../shared/values';
import { forList, withLimit } from '../transport/connection';
import { avalaPages, pageAt } from '../transport/pages';
import type { Collection } from '../transport/paths';
import { all, checkedId } from '../transport/paths';
import type { Field } from './fields';
import { labelOf, propertyOf, textField } from './fields';

export type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A field that picks one thing of a collection, with the search behind its list. */
export interface Locator extends Field<string> {
	collection: Collection;
	search: ListSearch;
}

interface Choice extends INodeListSearchItems {
	/** What the typed text is looked for in, beside the name. */
	searched?: string;
}

interface LocatorTexts {
	/** What the thing is for; it is what the operation works on by default. */
	description?: string;
	/** For models that build workflows: where the ID comes from. */
	hint: string;
	sentAs?: string;
	/** Where the ID is found; `uid` in the output by default. */
	idHint?: string;
	/** What can be selected of an entry of the collection; nothing of some. */
	choices(entry: IDataObject, context: ILoadOptionsFunctions): Choice | Choice[] | undefined;
	/** Where the choices depend on other parameters, their names. */
	dependsOn?: string[];
}

/** A parameter that picks one thing: from a searchable list, or by its ID. It is called as the collection is. */
export function locatorField(collection: Collection, texts: LocatorTexts): Locator {
	const { noun, example } = collection;
	const label = labelOf(noun);
	const { hint, dependsOn, sentAs, description = `The ${noun} to work on` } = texts;
	const { idHint = `The ID of the ${noun}, which is 'uid' in the output` } = texts;
	return {
		collection,
		sentAs,
		property: propertyOf(label, 'resourceLocator', {
			default: { mode: 'list', value: '' },
			description,
			hint,
			...(dependsOn && { typeOptions: { loadOptionsDependsOn: dependsOn } }),
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					placeholder: `Select ${withArticle(noun)}…`,
					typeOptions: { searchListMethod: searchName(collection), searchable: true },
				},
				{
					displayName: 'By ID',
					name: 'id',
					type: 'string',
					placeholder: `e.g. ${example}`,
					hint: idHint,
				},
			],
		}),
		search: searchIn(collection, texts.choices),
		read: (value) => idIn(collection, label, value),
	};
}

/** `searchProjects`, by which the description names the search. */
export function searchName({ plural }: Collection): string {
	return `search${labelOf(plural)}`;
}

/** A parameter that is the ID of one thing. */
export function idField(
	collection: Collection,
	label: string,
	{ sentAs, ...texts }: { description: string; hint: string; sentAs?: string },
): Field<string> {
	const placeholder = `e.g. ${collection.example}`;
	return {
		...textField(label, sentAs, { placeholder, ...texts }),
		read: (value) => idIn(collection, label, value),
	};
}

/** @throws UserError when there is no ID, or it cannot be one of the collection */
function idIn(collection: Collection, label: string, locator: unknown): string {
	const value = chosenIn(locator);
	const id = idOf(value);
	if (id !== undefined) return checkedId(collection, id, label);
	throw notUnderstood(label, `${withArticle(collection.noun)} or its ID`, value);
}

function withArticle(noun: string): string {
	return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** A list is shown once it holds this many; more come as the user scrolls. */
const WANTED_RESULTS = 20;
/** One search takes half of the requests that Avala allows in a minute at most; pages may hold few entries. */
const MAX_PAGES = 50;
const MAX_ENTRIES = 2_000;
/** After this no further page is requested. */
const TIME_LIMIT_MS = 10_000;
/** A slow page may take until then; a wait that Avala asks for beyond it is shown as an error. */
const DEADLINE_MS = 30_000;

/**
 * The searchable list of the editor behind a locator, from where the last call ended, with the entries that
 * hold the typed text in any part. n8n asks for more only when the user scrolls, which a short list does
 * not allow, so it goes on until there are enough, within bounds. Errors are shown in the list.
 */
function searchIn(collection: Collection, choicesOf: LocatorTexts['choices']): ListSearch {
	return async function (filter = '', paginationToken) {
		// A pasted URL may have a slash at its end that Avala's has not.
		const wanted = filter.trim().replace(/\/$/, '');
		const results: INodeListSearchItems[] = [];
		const endsAt = Date.now() + TIME_LIMIT_MS;
		let pages = 0;
		let seen = 0;
		return await forList(this, async (unlimited) => {
			const connection = withLimit(unlimited, DEADLINE_MS);
			const start = paginationToken === undefined ? undefined : pageAt(connection, paginationToken);
			for await (const { entries, next } of avalaPages(connection, all(collection), { start })) {
				const choices = entries.flatMap((entry) => choicesOf(entry, this) ?? []);
				for (const { searched = '', ...shown } of choices) {
					if (hasPart(`${shown.name} ${searched}`, wanted)) results.push(shown);
				}
				pages += 1;
				seen += entries.length;
				const isBound = pages >= MAX_PAGES || seen >= MAX_ENTRIES || Date.now() >= endsAt;
				if (results.length < WANTED_RESULTS && !isBound) continue;
				if (results.length > 0 || wanted === '' || !next || start !== undefined) {
					return { results, paginationToken: next?.href };
				}
				throw new NodeOperationError(
					this.getNode(),
					`None of the first ${seen} ${collection.plural} contains ${JSON.stringify(filter)}, and there are more. Select the ${collection.noun} by its ID instead.`,
				);
			}
			return { results };
		});
	};
}

/** The choice for most things: by name, with more about it in brackets. */
export function namedChoice(
	entry: IDataObject,
	{ more, searched = '' }: { more?: string; searched?: string } = {},
): Choice | undefined {
	const uid = idOf(entry.uid);
	if (uid === undefined) return undefined;
	const name = idOf(entry.name) ?? idOf(entry.slug) ?? uid;
	return {
		name: more === undefined ? name : `${name} (${more})`,
		value: uid,
		searched: `${searched} ${uid}`,
	};
}
