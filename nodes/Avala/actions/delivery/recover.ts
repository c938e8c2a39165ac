import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { causeOf, eventTypeOf } from '../../shared/delivery';
import type { EventIds } from '../../shared/eventIds';
import { idsOf } from '../../shared/eventIds';
import { idKey, uidOf } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import { log } from '../../transport/connection';
import type { Collection } from '../../transport/paths';
import { DATASETS, EXPORTS, isId, one, PROJECTS, TASKS } from '../../transport/paths';
import { avalaEntry } from '../../transport/request';
import type { Missed } from './missed';

/** The collections by the word with which event types about them begin. */
const SUBJECTS: ReadonlyMap<string, Collection> = new Map(
	[DATASETS, EXPORTS, PROJECTS, TASKS].map((collection) => [collection.noun, collection]),
);

/** An event that was missed, as the trigger would have given it, as far as it can be given back. */
export interface RecoveredEvent extends IDataObject, EventIds {
	type: string;
	data: IDataObject[string];
	recovered?: true;
	recoverable?: false;
}

/**
 * The item for an event that was missed: from what the delivery carries, else from the resource that
 * it names as that is now, else only what is known of it.
 */
export async function recover(
	connection: Connection,
	{ delivery, event }: Missed,
): Promise<RecoveredEvent> {
	const { uid, webhook_uid, created_at } = delivery;
	if (event) {
		return { ...event, created_at: event.created_at ?? created_at, webhook_uid, recovered: true };
	}
	const type = eventTypeOf(delivery);
	const data = (await readResource(connection, delivery)) ?? null;
	const ids = data
		? idsOf(type, data)
		: { resource_uid: resourceId(delivery) ?? null, project_uid: null };
	const known = {
		id: uid,
		type,
		created_at,
		...ids,
		data,
		delivery_id: uid,
		webhook_uid,
	};
	return data
		? { ...known, recovered: true }
		: { ...known, error_message: causeOf(delivery), recoverable: false };
}

/** @returns undefined when the delivery names none, or Avala gives another or none */
async function readResource(
	connection: Connection,
	delivery: Delivery,
): Promise<IDataObject | undefined> {
	const collection = collectionOf(delivery);
	const id = resourceId(delivery);
	if (collection === undefined || id === undefined) return undefined;
	const endpoint = one(collection, id);
	const reading = avalaEntry(connection, { method: 'GET', endpoint });
	const resource = await reading.catch((error: unknown) => {
		if (!(error instanceof NodeApiError) || !isOfThisResource(error)) throw error;
		log(
			connection,
			'debug',
			`Avala: ${endpoint.subject} of a missed event cannot be read (${error.httpCode}).`,
		);
		return undefined;
	});
	const isSame = resource !== undefined && idKey(uidOf(resource) ?? '') === idKey(id);
	return isSame ? resource : undefined;
}

/** Not when there was no response, the key was refused, or Avala was busy: all requests would fail then. */
function isOfThisResource({ httpCode, context }: NodeApiError): boolean {
	const status = Number(httpCode ?? 0);
	const isOfAll = status === 401 || status === 429 || context.isPage === true;
	return status >= 400 && status <= 500 && !isOfAll;
}

function collectionOf(delivery: Delivery): Collection | undefined {
	return SUBJECTS.get(eventTypeOf(delivery).split('.')[0]?.toLowerCase() ?? '');
}

/** Avala's documents fix no name for it; these are the ways in which its other responses name a resource. */
function resourceId(delivery: Delivery): string | undefined {
	const collection = collectionOf(delivery);
	if (collection === undefined) return undefined;
	const { noun, plural } = collection;
	const names = [
		`${noun}_uid`,
		`${noun}_id`,
		noun,
		'resource_uid',
		'resource_id',
		'resource',
		'object',
		'data',
	];
	for (const name of names) {
		const id = uidOf(delivery[name])?.trim();
		// It may as well be a name, or say what kind of thing it is.
		if (id && isId(id) && ![noun, plural].includes(id.toLowerCase())) return id;
	}
	return undefined;
}
