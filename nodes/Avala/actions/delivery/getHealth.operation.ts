import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { statusOf } from '../../shared/delivery';
import { deliveryFilters, limit } from '../../shared/fields';
import type { Operation } from '../operation';
import { limitOf } from '../parameters';
import { readFilters, sharedWalk, walkDeliveries } from './walk';

/** As many as fit a message in a chat. */
const MAX_RECENT_FAILURES = 10;

export const getHealth: Operation = {
	option: {
		name: 'Get Health',
		value: 'getHealth',
		action: 'Get the health of deliveries',
		description:
			'Report on the most recent deliveries in one item: success rate in percent, counts, the same by event type and by webhook, and the latest failures with their cause',
	},
	properties: [
		{
			...limit,
			displayOptions: {},
			default: 100,
			description: 'Max number of recent deliveries that match the filters to report on',
		},
		deliveryFilters,
	],
	async execute(run) {
		const wanted = limitOf(run);
		const narrowed = await readFilters(run);
		return await sharedWalk(run, 'getHealth', wanted, narrowed, async () => {
			const report = new Report();
			for await (const page of walkDeliveries(run, narrowed, wanted)) {
				for (const delivery of page) report.add(delivery);
			}
			return [report.toItem()];
		});
	},
};

/** The counts of a group of deliveries. */
class Counts {
	total = 0;

	succeeded = 0;

	failed = 0;

	pending = 0;

	retried = 0;

	add(delivery: Delivery): void {
		const status = statusOf(delivery);
		this.total += 1;
		if (status === 'delivered') this.succeeded += 1;
		else this[status] += 1;
		if ((delivery.attempt_count ?? 0) > 1) this.retried += 1;
	}

	toObject(): IDataObject {
		const { total, succeeded, failed, pending, retried } = this;
		const settled = succeeded + failed;
		const successRate = settled === 0 ? null : Math.round((succeeded / settled) * 1000) / 10;
		return { total, succeeded, failed, pending, retried, success_rate: successRate };
	}
}

/** Deliveries are added newest first. */
class Report {
	private readonly all = new Counts();

	private readonly byEvent = new Map<string, Counts>();

	private readonly byWebhook = new Map<string, Counts>();

	private readonly failures: IDataObject[] = [];

	private newest: string | null = null;

	private oldest: string | null = null;

	add(delivery: Delivery): void {
		this.all.add(delivery);
		countIn(this.byEvent, delivery.event_type).add(delivery);
		countIn(this.byWebhook, delivery.webhook_uid ?? 'unknown').add(delivery);
		this.newest ??= delivery.created_at;
		this.oldest = delivery.created_at;
		if (statusOf(delivery) === 'failed' && this.failures.length < MAX_RECENT_FAILURES) {
			const {
				uid,
				webhook_uid,
				event_type,
				response_status_code,
				attempt_count,
				error_message,
				created_at,
			} = delivery;
			this.failures.push({
				uid,
				webhook_uid,
				event_type,
				response_status_code,
				attempt_count,
				error_message,
				created_at,
			});
		}
	}

	toItem(): IDataObject {
		return {
			...this.all.toObject(),
			from: this.oldest,
			to: this.newest,
			by_event: countsOf(this.byEvent),
			by_webhook: countsOf(this.byWebhook),
			recent_failures: this.failures,
		};
	}
}

function countIn(groups: Map<string, Counts>, name: string): Counts {
	const counts = groups.get(name) ?? new Counts();
	groups.set(name, counts);
	return counts;
}

function countsOf(groups: Map<string, Counts>): IDataObject {
	return Object.fromEntries([...groups].map(([name, counts]) => [name, counts.toObject()]));
}
