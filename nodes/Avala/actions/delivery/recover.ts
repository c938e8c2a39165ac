import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { causeOf } from '../../shared/delivery';
import { idOf, isObject } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import type { Collection } from '../../transport/paths';
import { DATASETS, EXPORTS, one, PROJECTS, TASKS } from '../../transport/paths';
import { avalaObject, unlessRefused } from '../../transport/request';
import type { Missed } from './missedEvents';

/** What an event type can speak of that can be read, by the type's first word. */
const SUBJECTS: Record<string, Collection> = {
	dataset: DATASETS,
	export: EXPORTS,
	project: PROJECTS,
	task: TASKS,
};

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
	const known = { id: uid, type: event_type, created_at, delivery_id: uid, webhook_uid };
	const data = await readResource(connection, delivery);
	return data
		? { ...known, data, recovered: true }
		: { ...known, data: null, error_message: causeOf(delivery), recoverable: false };
}

/** @returns undefined when the delivery names none, or it is gone or closed to the API key */
async function readResource(
	connection: Connection,
	delivery: Delivery,
): Promise<IDataObject | undefined> {
	const [subject = ''] = delivery.event_type.split('.');
	const collection = SUBJECTS[subject];
	const id = resourceId(delivery, subject);
	if (collection === undefined || id === undefined) return undefined;
	const request = { method: 'GET', endpoint: one(collection, id) } as const;
	return await unlessRefused([403, 404], avalaObject(connection, request));
}

/** Avala's documents fix no name for it; these are the ways in which its other responses name a resource. */
function resourceId(delivery: Delivery, subject: string): string | undefined {
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
		const value = delivery[name];
		const id = idOf(isObject(value) ? (value.uid ?? value.id) : value);
		if (id !== undefined) return id;
	}
	return undefined;
}
