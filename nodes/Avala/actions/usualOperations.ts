import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import type { Endpoint } from '../transport/paths';
import { avalaEntry, avalaRequest } from '../transport/request';
import type { Fields, Values } from './fields';
import type { Filters } from './filters';
import { filtersProperty, readFilters } from './filters';
import type { WalkOptions } from './getMany';
import { getMany } from './getMany';
import type { ItemRun, Operation } from './operation';
import { itemsOf } from './operation';
import type { OutputForms } from './output';
import { outputOf, outputProperties } from './output';
import type { Place, Thing } from './parameters';
import {
	collectionProperty,
	limit,
	listIn,
	placeProperties,
	propertiesOf,
	readCollection,
	readParameters,
	returnAll,
	sentOf,
	thingIn,
	thingProperties,
	wantedCount,
} from './parameters';

/** What differs between the things that can be read. */
interface Readable extends Place, Partial<Pick<WalkOptions, 'query' | 'normalise'>> {
	filters?: Filters;
	/** Left out where an item is all that Avala sent. */
	forms?: OutputForms;
	/** Tells people what they should know about entries. */
	tell?: (run: ItemRun, entries: IDataObject[]) => void;
}

/** The operations Get and Get Many, with what each says in the menu. */
export function readOperations(
	readable: Readable & Thing & { getDescription: string; getAllDescription: string },
): { get: Operation; getAll: Operation } {
	const { forms, tell = () => {} } = readable;
	const get: Operation = {
		name: 'Get',
		value: 'get',
		action: `Get ${readable.collection.noun}`,
		description: readable.getDescription,
		properties: [...thingProperties(readable), ...outputProperties(forms)],
		async execute(run) {
			const { show } = outputOf(run, forms);
			const endpoint = await thingIn(run, readable);
			const entry = await avalaEntry(run.connection, { method: 'GET', endpoint });
			tell(run, [entry]);
			return itemsOf([show(entry)]);
		},
	};
	return { get, getAll: getAllOperation(readable, readable.getAllDescription) };
}

/** The operation Get Many. @param called what it is called in the menu, where that is not the usual */
export function getAllOperation(
	readable: Readable,
	description: string,
	called = { name: 'Get Many', value: 'getAll' },
): Operation {
	const { collection, forms, filters = {}, query, tell = () => {} } = readable;
	const { normalise = (sent: IDataObject) => sent } = readable;
	return {
		...called,
		action: `Get many ${collection.plural}`,
		description,
		properties: listProperties(readable),
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

export function listProperties({ parent, filters, forms }: Readable): INodeProperties[] {
	return [
		...placeProperties({ parent }),
		returnAll,
		limit,
		...(filters ? [filtersProperty(filters)] : []),
		...outputProperties(forms),
	];
}

/** Sends what was filled in, where that takes more than one request with the body. @returns the item */
type Send<F extends Fields> = (
	run: ItemRun,
	endpoint: Endpoint,
	body: IDataObject,
	values: Values<F>,
) => Promise<IDataObject>;

const sendBy =
	(method: 'POST' | 'PATCH'): Send<Fields> =>
	async ({ connection }, endpoint, body) =>
		await avalaEntry(connection, { method, endpoint, body });

/** What a new thing is made of, beside what it lies below. */
interface Creatable<F extends Fields> extends Place {
	/** What has to be filled in. */
	fields?: Fields;
	/** Parameters that `send` reads by itself. */
	further?: INodeProperties[];
	/** What can be added. */
	additionalFields: F;
	/** The name of the collection for that; `additionalFields` by default. */
	addedTo?: 'options';
	description: string;
	/** What the additional fields do. */
	fieldsDescription: string;
	forms?: OutputForms;
	send?: Send<F>;
}

/** The operation Create. Without forms its item is all that Avala sent. */
export function createOperation<F extends Fields>(creatable: Creatable<F>): Operation {
	const { collection, parent, fields, further = [], additionalFields, description } = creatable;
	const { addedTo = 'additionalFields', forms, send = sendBy('POST') } = creatable;
	const required = { ...parent, ...fields };
	return {
		name: 'Create',
		value: 'create',
		action: `Create ${collection.noun}`,
		description,
		properties: [
			...propertiesOf(required, { required: true }),
			...further,
			collectionProperty(addedTo, additionalFields, creatable.fieldsDescription),
			...outputProperties(forms),
		],
		async execute(run) {
			const { show } = outputOf(run, forms);
			const given = sentOf(required, await readParameters(run, required));
			const added = await readCollection(run, addedTo, additionalFields);
			const body = { ...given, ...sentOf(additionalFields, added) };
			return itemsOf([show(await send(run, await listIn(run, creatable), body, added))]);
		},
	};
}

/** The operation Update. Its item is all that Avala sent. */
export function updateOperation<F extends Fields>(
	thing: Thing,
	fields: F,
	description: string,
	send: Send<F> = sendBy('PATCH'),
): Operation {
	return {
		name: 'Update',
		value: 'update',
		action: `Update ${thing.collection.noun}`,
		description,
		properties: [
			...thingProperties(thing),
			collectionProperty(
				'updateFields',
				fields,
				'What to change: at least one field. What is not added stays as it is.',
			),
		],
		async execute(run) {
			const changes = await readCollection(run, 'updateFields', fields);
			if (Object.keys(changes).length === 0) {
				throw new UserError('There is nothing to update.', {
					description: "Fill in at least one field under 'Update Fields'.",
				});
			}
			const endpoint = await thingIn(run, thing);
			return itemsOf([await send(run, endpoint, sentOf(fields, changes), changes)]);
		},
	};
}

/** The operation Delete. */
export function deleteOperation(thing: Thing, description: string): Operation {
	return {
		name: 'Delete',
		value: 'delete',
		action: `Delete ${thing.collection.noun}`,
		description,
		properties: thingProperties(thing),
		async execute(run) {
			await avalaRequest(run.connection, { method: 'DELETE', endpoint: await thingIn(run, thing) });
			return itemsOf([{ deleted: true }]);
		},
	};
}
