import type { IDataObject } from 'n8n-workflow';

import type { Collection } from '../transport/paths';
import { all, one } from '../transport/paths';
import { avalaEntry } from '../transport/request';
import type { Field, Fields, Values } from './fields';
import type { Filters } from './filters';
import { filtersProperty, readFilters } from './filters';
import { getMany } from './getMany';
import type { ItemRun, Operation } from './operation';
import { itemsOf } from './operation';
import type { OutputForms } from './output';
import { outputOf, outputProperties } from './output';
import { limit, propertiesOf, readParameters, returnAll, wantedCount } from './parameters';

/** What differs between the things that can be read. */
export interface Readable {
	collection: Collection;
	/** The parameter that picks one: its name and its field. */
	id: Readonly<Record<string, Field<string>>>;
	filters?: Filters;
	/** Left out where an item is all that Avala sent. */
	forms?: OutputForms;
	/** What each operation says in the menu. */
	descriptions: { get: string; getAll: string };
	/** What Avala is asked for beside the filters. */
	query?: Record<string, string>;
	/** Brings what a server sent into the one form that the node uses. */
	normalise?: (sent: IDataObject) => IDataObject;
	/** Tells people what they should know about entries. */
	tell?: (run: ItemRun, entries: IDataObject[]) => void;
	/** The parameters on which the collection depends, and how. */
	parents?: Fields;
	collectionOf?: (parents: Values<Fields>) => Collection;
}

/** The operations Get and Get Many. */
export function readOperations(readable: Readable): { get: Operation; getAll: Operation } {
	const { collection, id, forms, descriptions, parents = {}, filters = {} } = readable;
	const { normalise = (sent) => sent, tell = () => {}, query } = readable;
	const collectionIn = async (run: ItemRun): Promise<Collection> => {
		const given = await readParameters(run, parents);
		return readable.collectionOf?.(given) ?? collection;
	};
	const parentProperties = propertiesOf(parents, { required: true });
	const get: Operation = {
		option: {
			name: 'Get',
			value: 'get',
			action: `Get ${collection.noun}`,
			description: descriptions.get,
		},
		properties: [
			...parentProperties,
			...propertiesOf(id, { required: true }),
			...outputProperties(forms),
		],
		async execute(run) {
			const { show } = outputOf(run, forms);
			const found = await collectionIn(run);
			const [uid = ''] = Object.values(await readParameters(run, id));
			const endpoint = one(found, uid);
			const entry = normalise(await avalaEntry(run.connection, { method: 'GET', endpoint }));
			tell(run, [entry]);
			return itemsOf([show(entry)]);
		},
	};
	const getAll: Operation = {
		option: {
			name: 'Get Many',
			value: 'getAll',
			action: `Get many ${collection.plural}`,
			description: descriptions.getAll,
		},
		properties: [
			...parentProperties,
			returnAll,
			limit,
			...(Object.keys(filters).length > 0 ? [filtersProperty(filters)] : []),
			...outputProperties(forms),
		],
		async execute(run) {
			const output = outputOf(run, forms);
			const wanted = wantedCount(run);
			const found = await collectionIn(run);
			const narrowing = await readFilters(run, filters);
			const options = { wanted, narrowing, query, normalise };
			const entries = await getMany(run, all(found), filters, options, output);
			tell(run, entries);
			return itemsOf(entries);
		},
	};
	return { get, getAll };
}
