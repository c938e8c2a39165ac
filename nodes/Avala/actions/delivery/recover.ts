import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { causeOf, eventTypeOf } from '../../shared/delivery';
import { idsOf } from '../../shared/eventIds';
import { uidOf } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import type { Collection } from '../../transport/paths';
import { DATASETS, EXPORTS, isId, one, PROJECTS, TASKS } from '../../transport/paths';
import { avalaObject, TRANSIENT_STATUSES } from '../../transport/request';
import { readProject } from '../project/read';
import type { Missed } from './missedEvents';

/** The collections by the word with which event types about them begin. */
const SUBJECTS: ReadonlyMap<string, Collection> = new Map(
	[DATASETS, EXPORTS, PROJECTS, TASKS].map((collection) => [collection.noun, collection]),
);

/** Statuses that say nothing about the one resource: the key is refused, or Avala is busy or out of reach. */
const OF_ALL_REQUESTS: ReadonlySet<number> = new Set([401, 429, ...TRANSIENT_STATUSES]);

/**
 * The item for an event that was missed: from what the delivery carries, else from the resource that
 * it names as that is now, else only what is known of it.
 */
export async function recover(
	connection: Connection,
	{ delivery, event }: Missed,
): Promise<IDataObject> {
	const { uid, webhook_uid, event_type, created_at } = delivery;
	if (event) return { ...event, webhook_uid, recovered: true };
	const data = await readResource(connection, delivery);
	const ids = idsOf(eventTypeOf(delivery), data);
	const known = { id: uid, type: event_type, created_at, ...ids, delivery_id: uid, webhook_uid };
	return data
		? { ...known, data, recovered: true }
		: { ...known, data: null, error_message: causeOf(delivery), recoverable: false };
}

/** @returns undefined when the delivery names none, or Avala does not give it */
async function readResource(
	connection: Connection,
	delivery: Delivery,
): Promise<IDataObject | undefined> {
	const subject = eventTypeOf(delivery).split('.')[0]?.toLowerCase() ?? '';
	const collection = SUBJECTS.get(subject);
	const id = collection && resourceId(delivery, subject, collection);
	if (collection === undefined || id === undefined) return undefined;
	const endpoint = one(collection, id);
	const reading =
		collection === PROJECTS
			? readProject(connection, id)
			: avalaObject(connection, { method: 'GET', endpoint });
	return await reading.catch((error: unknown) => {
		if (!(error instanceof NodeApiError) || !isOfThisResource(error)) throw error;
		connection.context.logger.debug(
			`Avala: ${endpoint.subject} of a missed event cannot be read (${error.httpCode}).`,
		);
		return undefined;
	});
}

/** Without a status there was no response at all. */
function isOfThisResource({ httpCode }: NodeApiError): boolean {
	return typeof httpCode === 'string' && !OF_ALL_REQUESTS.has(Number(httpCode));
}

/** Avala's documents fix no name for it; these are the ways in which its other responses name a resource. */
function resourceId(
	delivery: Delivery,
	subject: string,
	{ plural }: Collection,
): string | undefined {
	const names = [
		`${subject}_uid`,
		`${subject}_id`,
		subject,
		'resource_uid',
		'resource_id',
		'resource',
		'object',
		'data',
	];
	for (const name of names) {
		const id = uidOf(delivery[name])?.trim();
		// It may as well be a name, or say what kind of thing it is.
		if (id && isId(id) && ![subject, plural].includes(id.toLowerCase())) return id;
	}
	return undefined;
}
