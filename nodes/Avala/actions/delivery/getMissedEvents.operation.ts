import type { IDataObject } from 'n8n-workflow';

import { undefinedOnStatus } from '../../transport/request';
import { filtersProperty, readFilters } from '../filters';
import { explainNothing, hintAtMore } from '../getMany';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { limit, returnAll, wantedCount } from '../parameters';
import { eachDelivery, filtersWithoutStatus } from './filters';
import { MissedEvents } from './missed';
import { recover, unrecoverable } from './recover';

export const getMissedEvents: Operation = {
	name: 'Get Missed Events',
	value: 'getMissedEvents',
	action: 'Get missed events',
	description: 'Recover events whose deliveries failed for good, as the Avala Trigger gives them',
	properties: [
		{ ...returnAll, default: true },
		{ ...limit, description: 'Max number of results to return. The oldest ones are returned.' },
		filtersProperty(
			filtersWithoutStatus,
			"Optional, but set at least 'Created After', the start of the outage, and the webhook of your workflow. Where Avala keeps what it sent with each delivery, events come back whole; elsewhere an event comes back if its delivery names a task, export, project or dataset that can be read.",
		),
	],
	async execute(run) {
		const wanted = wantedCount(run);
		const narrowing = await readFilters(run, filtersWithoutStatus);
		const { createdBefore } = narrowing;
		const key = ['getMissedEvents', wanted, narrowing.values];
		const { events, hasMore, found, looked } = await run.once(key, async () => {
			const missedEvents = new MissedEvents(Date.now());
			// A delivery after `createdBefore` can show that an earlier event has arrived after all.
			const options = { wanted: Infinity, narrowing: { ...narrowing, createdBefore: Infinity } };
			const counts = await eachDelivery(run, options, missedEvents);
			const missed = missedEvents.list(createdBefore);
			const recovered: IDataObject[] = [];
			for (const one of missed.slice(0, wanted)) {
				const recovering = undefinedOnStatus([500], recover(run.connection, one));
				recovered.push((await recovering) ?? unrecoverable(one.delivery));
			}
			return { events: recovered, hasMore: missed.length > wanted, ...counts };
		});
		if (found === 0) await explainNothing(run, filtersWithoutStatus, narrowing, looked);
		if (hasMore) hintAtMore(run, wanted, 'missed events');
		hintAtUnrecoverable(run, events);
		return itemsOf(events);
	},
};

function hintAtUnrecoverable(run: ItemRun, events: IDataObject[]): void {
	const count = events.filter(({ recoverable }) => recoverable === false).length;
	if (count === 0) return;
	run.hint(
		`${count === 1 ? '1 event' : `${count} events`} cannot be recovered: Avala kept no payload with the delivery. Look up what happened by 'type', 'created_at' and 'delivery_id'.`,
	);
}
