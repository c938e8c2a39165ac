import type { INodeProperties } from 'n8n-workflow';

import { idOf, isObject, notUnderstood } from '../shared/values';
import type { Collection } from '../transport/paths';
import { checkedId } from '../transport/paths';

/** What tells the locators of the resources apart. */
export interface LocatorTexts {
	displayName: string;
	name: string;
	/** What it picks from. */
	collection: Collection;
	searchListMethod: string;
	description: string;
	/** For models that build workflows: where the ID comes from. */
	propertyHint: string;
}

/** A parameter that picks one thing: from a searchable list, or by its ID. */
export function locatorOf(texts: LocatorTexts): INodeProperties {
	const { displayName, name, searchListMethod, description, propertyHint } = texts;
	const { noun, example } = texts.collection;
	return {
		displayName,
		name,
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description,
		builderHint: { propertyHint },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select ${withArticle(noun)}…`,
				typeOptions: { searchListMethod, searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${example}`,
				hint: `The ID of the ${noun}, which is 'uid' in the output`,
			},
		],
	};
}

/**
 * The ID that a locator's value stands for; an expression may give it without a mode.
 *
 * @throws UserError when there is none, or it cannot be one of the collection
 */
export function idIn(collection: Collection, displayName: string, locator: unknown): string {
	const value: unknown = isObject(locator) && 'value' in locator ? locator.value : locator;
	const id = idOf(value)?.trim();
	if (id) return checkedId(collection, id, displayName);
	throw notUnderstood(displayName, `${withArticle(displayName.toLowerCase())} or its ID`, value);
}

function withArticle(noun: string): string {
	return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
