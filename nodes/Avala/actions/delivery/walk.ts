import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { normaliseDelivery, statusOf } from '../../shared/delivery';
import { avalaPages, DELIVERIES_PATH } from '../../shared/transport';
import { listOf, textOf } from '../../shared/types';
import type { ItemRun } from '../operation';
import { collectionOf, momentOf, resolveLocator } from '../parameters';

/** The filters of the delivery operations, ready to be compared with. */
export interface DeliveryFilters {
	webhookId?: string;
	/** Empty for all. */
	eventTypes: string[];
	status?: string;
	/** Unix time in milliseconds. */
	createdAfter?: number;
	createdBefore?: number;
}

export async function readFilters(run: ItemRun): Promise<DeliveryFilters> {
	const { webhookId, eventType, status, createdAfter, createdBefore } = collectionOf(
		run,
		'filters',
	);
	return {
		webhookId: await resolveLocator(run, webhookId),
		eventTypes: listOf(eventType),
		status: status === 'success' ? 'delivered' : textOf(status),
		createdAfter: momentOf(run, 'Created After', createdAfter),
		createdBefore: momentOf(run, 'Created Before', createdBefore),
	};
}

export function hasFilters({ eventTypes, ...others }: DeliveryFilters): boolean {
	return eventTypes.length > 0 || Object.values(others).some((value) => value !== undefined);
}

/**
 * The deliveries that match, newest first and page by page, until so many as are wanted are found.
 * Avala cannot filter, so each is looked at; once they are older than `createdAfter` no more pages
 * are asked for.
 */
export async function* walkDeliveries(
	run: ItemRun,
	filters: DeliveryFilters,
	wanted: number,
): AsyncGenerator<Delivery[], void, undefined> {
	const pageSize = hasFilters(filters) ? undefined : wanted;
	const query = { ordering: '-created_at' };
	let isNewestFirst = true;
	let previous = Infinity;
	let missing = wanted;
	for await (const page of avalaPages(run.context, DELIVERIES_PATH, { pageSize, query })) {
		const found: Delivery[] = [];
		let isPastTheOldest = false;
		for (const sent of page) {
			const delivery = normaliseDelivery(sent);
			const createdAt = Date.parse(delivery.created_at);
			// Should a server not keep to the order, all pages have to be looked at.
			if (!(createdAt <= previous)) isNewestFirst = false;
			previous = createdAt;
			isPastTheOldest = isNewestFirst && createdAt < (filters.createdAfter ?? -Infinity);
			if (isPastTheOldest) break;
			if (matches(delivery, createdAt, filters)) found.push(delivery);
		}
		yield found.slice(0, missing);
		missing -= found.length;
		if (isPastTheOldest || missing <= 0) return;
	}
}

function matches(delivery: Delivery, createdAt: number, filters: DeliveryFilters): boolean {
	const {
		webhookId,
		eventTypes,
		status,
		createdAfter = -Infinity,
		createdBefore = Infinity,
	} = filters;
	const isInTime =
		Number.isNaN(createdAt) &&
		filters.createdAfter === undefined &&
		filters.createdBefore === undefined
			? true
			: createdAt >= createdAfter && createdAt < createdBefore;
	return (
		isInTime &&
		(webhookId === undefined || delivery.webhook_uid === webhookId) &&
		(eventTypes.length === 0 || eventTypes.includes(delivery.event_type)) &&
		(status === undefined || statusOf(delivery) === status)
	);
}

/** Shares a walk between the items of an execution that ask for the same. */
export async function sharedWalk(
	run: ItemRun,
	what: string,
	wanted: number,
	filters: DeliveryFilters,
	walk: () => Promise<IDataObject[]>,
): Promise<IDataObject[]> {
	return await run.walks.get(JSON.stringify([what, wanted, filters]), walk);
}
