import type { INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { avalaEntry, avalaRequest } from '../transport/request';
import type { Fields, Values } from './fields';
import type { ItemRun, Operation } from './operation';
import { itemsOf } from './operation';
import type { Place, Thing } from './parameters';
import {
	collectionProperty,
	listIn,
	propertiesOf,
	readCollection,
	readParameters,
	sentOf,
	thingIn,
	thingProperties,
} from './parameters';

/** What a new thing is made of, beside what it lies below. */
export interface Creatable extends Place {
	/** What has to be filled in. */
	fields: Fields;
	/** What can be added. */
	additionalFields: Fields;
	/** What the operation says in the menu, and what its additional fields do. */
	descriptions: { create: string; additionalFields: string };
}

/** The operation Create. Its item is all that Avala sent. */
export function createOperation(creatable: Creatable): Operation {
	const { collection, parent, fields, additionalFields, descriptions } = creatable;
	const required = { ...parent, ...fields };
	return {
		name: 'Create',
		value: 'create',
		action: `Create ${collection.noun}`,
		description: descriptions.create,
		properties: [
			...propertiesOf(required, { required: true }),
			collectionProperty('additionalFields', additionalFields, descriptions.additionalFields),
		],
		async execute(run) {
			const given = sentOf(required, await readParameters(run, required));
			const added = await readCollection(run, 'additionalFields', additionalFields);
			const body = { ...given, ...sentOf(additionalFields, added) };
			const endpoint = await listIn(run, creatable);
			return itemsOf([await avalaEntry(run.connection, { method: 'POST', endpoint, body })]);
		},
	};
}

/** The operation Update. Its item is all that Avala sent. */
export function updateOperation(thing: Thing, fields: Fields, description: string): Operation {
	return {
		name: 'Update',
		value: 'update',
		action: `Update ${thing.collection.noun}`,
		description,
		properties: [...thingProperties(thing), updateFieldsProperty(fields)],
		async execute(run) {
			const body = sentOf(fields, await readUpdateFields(run, fields));
			const endpoint = await thingIn(run, thing);
			return itemsOf([await avalaEntry(run.connection, { method: 'PATCH', endpoint, body })]);
		},
	};
}

export function updateFieldsProperty(fields: Fields): INodeProperties {
	const description = 'What to change: at least one field. What is not added stays as it is.';
	return collectionProperty('updateFields', fields, description);
}

/** What is to be changed. @throws UserError when that is nothing */
export async function readUpdateFields<F extends Fields>(
	run: ItemRun,
	fields: F,
): Promise<Values<F>> {
	const changes = await readCollection(run, 'updateFields', fields);
	if (Object.keys(changes).length > 0) return changes;
	throw new UserError('There is nothing to update.', {
		description: "Fill in at least one field under 'Update Fields'.",
	});
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
			const endpoint = await thingIn(run, thing);
			await avalaRequest(run.connection, { method: 'DELETE', endpoint });
			return itemsOf([{ deleted: true }]);
		},
	};
}
