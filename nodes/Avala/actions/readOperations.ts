import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { avalaEntry } from '../transport/request';
import type { Filters } from './filters';
import { filtersProperty, readFilters } from './filters';
import { getMany } from './getMany';
import type { ItemRun, Operation } from './operation';
import { itemsOf } from './operation';
import type { OutputForms } from './output';
import { outputOf, outputProperties } from './output';
import type { Place, Thing } from './parameters';
import {
	limit,
	listIn,
	placeProperties,
	returnAll,
	thingIn,
	thingProperties,
	wantedCount,
} from './parameters';

/** What differs between the things that can be read. */
export interface Readable extends Place {
	filters?: Filters;
	/** Left out where an item is all that Avala sent. */
	forms?: OutputForms;
	/** What Avala is asked for beside the filters. */
	query?: Record<string, string>;
	/** Brings what a server sent into the one form that the node uses. */
	normalise?: (sent: IDataObject) => IDataObject;
	/** Tells people what they should know about entries. */
	tell?: (run: ItemRun, entries: IDataObject[]) => void;
}

/** The operations Get and Get Many. @param descriptions what each says in the menu */
export function readOperations(
	readable: Readable & Thing & { descriptions: { get: string; getAll: string } },
): { get: Operation; getAll: Operation } {
	const { descriptions, forms, normalise = (sent) => sent, tell = () => {} } = readable;
	const get: Operation = {
		name: 'Get',
		value: 'get',
		action: `Get ${readable.collection.noun}`,
		description: descriptions.get,
		properties: [...thingProperties(readable), ...outputProperties(forms)],
		async execute(run) {
			const { show } = outputOf(run, forms);
			const endpoint = await thingIn(run, readable);
			const entry = normalise(await avalaEntry(run.connection, { method: 'GET', endpoint }));
			tell(run, [entry]);
			return itemsOf([show(entry)]);
		},
	};
	return { get, getAll: getAllOperation(readable, descriptions.getAll) };
}

/** The operation Get Many. @param called what it is called in the menu, where that is not the usual */
export function getAllOperation(
	readable: Readable,
	description: string,
	called = { name: 'Get Many', value: 'getAll' },
): Operation {
	const { collection, forms, filters = {}, query, normalise, tell = () => {} } = readable;
	return {
		...called,
		action: `Get many ${collection.plural}`,
		description,
		properties: [...placeProperties(readable), ...listProperties(readable)],
		async execute(run) {
			const output = outputOf(run, forms);
			const wanted = wantedCount(run);
			const narrowing = await readFilters(run, filters);
			const endpoint = await listIn(run, readable);
			const options = { wanted, narrowing, query, normalise };
			const entries = await getMany(run, endpoint, filters, options, output);
			tell(run, entries);
			return itemsOf(entries);
		},
	};
}

/** The parameters of a list, but for those that say which one. */
export function listProperties({ filters, forms }: Readable): INodeProperties[] {
	return [
		returnAll,
		limit,
		...(filters ? [filtersProperty(filters)] : []),
		...outputProperties(forms),
	];
}
