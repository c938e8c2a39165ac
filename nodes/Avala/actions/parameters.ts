import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import {
	chosenIn,
	isBlank,
	isExpression,
	isObject,
	notUnderstood,
	readBoolean,
	readWholeNumber,
	shown,
} from '../shared/values';
import type { Collection, Endpoint } from '../transport/paths';
import { all, below, one } from '../transport/paths';
import type { Field, Fields, Values } from './fields';
import type { ItemRun } from './operation';

/** A parameter of the operation as an expression or an AI agent may have filled it in. */
export function parameterOf(
	{ context, itemIndex }: ItemRun,
	name: string,
	fallback?: unknown,
): unknown {
	return context.getNodeParameter(name, itemIndex, fallback as IDataObject) as unknown;
}

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	displayOptions: { show: { returnAll: [false] } },
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
};

/** How many results are wanted: all of them (Infinity), or the limit. */
export function wantedCount(run: ItemRun): number {
	const isAll = readBoolean('Return All', parameterOf(run, 'returnAll', false));
	return isAll ? Infinity : limitOf(run);
}

export function limitOf(run: ItemRun): number {
	return readWholeNumber('Limit', parameterOf(run, 'limit', 50), 1);
}

/** The parameters of a table of fields, each with what they have in common. */
export function propertiesOf(
	fields: Fields,
	common: Omit<Partial<INodeProperties>, 'name' | 'type'> = {},
): INodeProperties[] {
	return Object.entries(fields).map(([name, { property }]) => ({ ...property, name, ...common }));
}

/** The collections to which fields are added one by one. */
const COLLECTIONS = {
	additionalFields: { displayName: 'Additional Fields', placeholder: 'Add field' },
	filters: { displayName: 'Filters', placeholder: 'Add filter' },
	options: { displayName: 'Options', placeholder: 'Add option' },
	updateFields: { displayName: 'Update Fields', placeholder: 'Add field' },
};

/** A collection with its fields, as the editor sorts them. */
export function collectionProperty(
	name: keyof typeof COLLECTIONS,
	fields: Fields,
	description: string,
): INodeProperties {
	return {
		...COLLECTIONS[name],
		name,
		type: 'collection',
		default: {},
		description,
		options: propertiesOf(fields).sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}

/** What was given for parameters that are always there. @throws UserError for one that is empty */
export async function readParameters<F extends Fields>(
	run: ItemRun,
	fields: F,
): Promise<Required<Values<F>>> {
	const given: Record<string, unknown> = {};
	for (const [name, { property }] of Object.entries(fields)) {
		given[name] = parameterOf(run, name, '');
		const value = chosenIn(given[name]) ?? '';
		if (!isBlank(value)) continue;
		const isFromExpression = isExpression(run.context.getNode().parameters[name]);
		throw new UserError(
			`'${property.displayName}' is empty${isFromExpression ? ': the expression gave nothing' : ''}.`,
			{ description: 'This operation needs it. Fill it in, or correct the expression.' },
		);
	}
	const values = await readAll(run, fields, given);
	if (isComplete(fields, values)) return values;
	throw notUnderstood(Object.keys(fields).join(', '), 'filled in', '');
}

function isComplete<F extends Fields>(fields: F, values: Values<F>): values is Required<Values<F>> {
	return Object.keys(fields).every((name) => name in values);
}

/**
 * What was given for the fields that were added to a collection.
 *
 * @throws UserError for a field that is none of the table, since it would be ignored
 */
export async function readCollection<F extends Fields>(
	run: ItemRun,
	name: keyof typeof COLLECTIONS,
	fields: F,
): Promise<Values<F>> {
	const { displayName: label } = COLLECTIONS[name];
	const given = parameterOf(run, name, {});
	if (!isObject(given)) throw notUnderstood(label, 'a collection of fields', given);
	const unknown = Object.keys(given).find((field) => !Object.hasOwn(fields, field));
	if (unknown !== undefined) {
		throw new UserError(`'${label}' has no field ${shown(unknown)} for this operation.`, {
			description: `It has ${Object.keys(fields).join(', ')}.`,
		});
	}
	return await readAll(run, fields, given);
}

async function readAll<F extends Fields>(
	run: ItemRun,
	fields: F,
	given: Readonly<Record<string, unknown>>,
): Promise<Values<F>> {
	const values: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(given)) {
		const read = await fields[name]?.read(value, run);
		if (read !== undefined) values[name] = read;
	}
	return values as Values<F>;
}

/** The values under the names that Avala has for them: a body, or a query. */
export function sentOf<F extends Fields>(fields: F, values: Values<F>): IDataObject {
	const sent: IDataObject = {};
	for (const [name, { sentAs }] of Object.entries(fields)) {
		const value: unknown = values[name];
		if (sentAs !== undefined && value !== undefined) sent[sentAs] = value as IDataObject[string];
	}
	return sent;
}

/** A parameter that picks one thing: its name and its field. */
export type IdField = Readonly<Record<string, Field<string>>>;

/** A collection, and the parameter that picks what it lies below, if it does. */
export interface Place {
	collection: Collection;
	parent?: IdField;
}

/** One thing of a collection, and the parameter that picks it. */
export interface Thing extends Place {
	id: IdField;
}

export function placeProperties({ parent = {} }: Pick<Place, 'parent'>): INodeProperties[] {
	return propertiesOf(parent, { required: true });
}

export function thingProperties(thing: Thing): INodeProperties[] {
	return [...placeProperties(thing), ...propertiesOf(thing.id, { required: true })];
}

/** The list that the parameters stand for, or where a new thing is posted. @throws UserError for no ID */
export async function listIn(run: ItemRun, place: Place): Promise<Endpoint> {
	return all(await collectionIn(run, place));
}

/** The thing that the parameters stand for. @throws UserError for no ID */
export async function thingIn(run: ItemRun, thing: Thing): Promise<Endpoint> {
	const collection = await collectionIn(run, thing);
	const [uid = ''] = Object.values(await readParameters(run, thing.id));
	return one(collection, uid);
}

async function collectionIn(run: ItemRun, { collection, parent = {} }: Place): Promise<Collection> {
	const [id] = Object.values(await readParameters(run, parent));
	return id === undefined ? collection : below(collection, id);
}
