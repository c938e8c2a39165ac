import type { IDataObject } from 'n8n-workflow';

import { limit, returnAll } from '../fields';
import { hintAtMore } from '../getMany';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { wantedCount } from '../parameters';
import { explainNoDeliveries, filtersWithoutStatus, readFilters } from './filters';
import { listDeliveries } from './list';
import { findMissed } from './missedEvents';
import { recover } from './recover';

export const getMissedEvents: Operation = {
	option: {
		name: 'Get Missed Events',
		value: 'getMissedEvents',
		action: 'Get missed events',
		description: 'Recover events whose deliveries failed for good, as the Avala Trigger gives them',
	},
	properties: [
		{ ...returnAll, default: true },
		{
			...limit,
			description: 'Max number of results to return. The oldest ones are returned.',
		},
		{
			...filtersWithoutStatus,
			description:
				"Optional, but set at least 'Created After', the start of the outage, and the webhook of your workflow. Where Avala keeps what it sent with each delivery, events come back whole; elsewhere an event comes back if its delivery names a task, export, project or dataset that can be read.",
		},
	],
	async execute(run) {
		const wanted = wantedCount(run);
		const filters = await readFilters(run, filtersWithoutStatus);
		const key = ['getMissedEvents', wanted, filters];
		const { events, hasMore, count } = await run.once(key, async () => {
			// A delivery after `createdBefore` can show that an earlier event has arrived after all.
			const wider = { ...filters, createdBefore: undefined };
			let count = 0;
			const pages = async function* () {
				for await (const page of listDeliveries(run.connection, wider, Infinity)) {
					count += page.found.length;
					yield page;
				}
			};
			const missed = await findMissed(pages(), filters.createdBefore ?? Infinity, Date.now());
			const recovered: IDataObject[] = [];
			for (const one of missed.slice(0, wanted)) recovered.push(await recover(run.connection, one));
			return { events: recovered, hasMore: missed.length > wanted, count };
		});
		explainNoDeliveries(run, count, filters);
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
