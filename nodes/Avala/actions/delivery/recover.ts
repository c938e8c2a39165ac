import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { causeOf, eventTypeOf } from '../../shared/delivery';
import type { EventIds } from '../../shared/eventIds';
import { idsOf } from '../../shared/eventIds';
import { idKey, uidOf } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import type { Collection } from '../../transport/paths';
import { DATASETS, EXPORTS, isId, one, PROJECTS, TASKS } from '../../transport/paths';
import { avalaEntry, undefinedOnStatus } from '../../transport/request';
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
 *
 * @throws NodeApiError when it cannot be told now whether Avala still has the resource
 */
export async function recover(
	connection: Connection,
	{ delivery, event }: Missed,
): Promise<RecoveredEvent> {
	if (event) {
		const { webhook_uid, created_at } = delivery;
		return { ...event, created_at: event.created_at ?? created_at, webhook_uid, recovered: true };
	}
	const data = await readResource(connection, delivery);
	if (data === undefined) return unrecoverable(delivery);
	const type = eventTypeOf(delivery);
	return { ...knownOf(delivery), ...idsOf(type, data), data, recovered: true };
}

/** What is known of an event whose content cannot be had. */
export function unrecoverable(delivery: Delivery): RecoveredEvent {
	return { ...knownOf(delivery), error_message: causeOf(delivery), recoverable: false };
}

function knownOf(delivery: Delivery): RecoveredEvent {
	const { uid, webhook_uid, created_at } = delivery;
	return {
		id: uid,
		type: eventTypeOf(delivery),
		created_at,
		resource_uid: resourceId(delivery) ?? null,
		project_uid: null,
		data: null,
		delivery_id: uid,
		webhook_uid,
	};
}

/** How Avala says that it does not have something, has no way to give it, or not for this key. */
const NOT_TO_BE_HAD: readonly number[] = [400, 403, 404, 405, 410, 422];

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
	const resource = await undefinedOnStatus(NOT_TO_BE_HAD, reading);
	const isSame = resource !== undefined && idKey(uidOf(resource) ?? '') === idKey(id);
	return isSame ? resource : undefined;
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
