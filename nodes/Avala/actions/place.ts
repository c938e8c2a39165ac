import type { INodeProperties } from 'n8n-workflow';

import type { Collection, Endpoint } from '../transport/paths';
import { all, below, one } from '../transport/paths';
import type { Field } from './fields';
import type { ItemRun } from './operation';
import { propertiesOf, readParameters } from './parameters';

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

export function placeProperties({ parent = {} }: Place): INodeProperties[] {
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
