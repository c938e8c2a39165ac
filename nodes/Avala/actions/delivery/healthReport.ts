import type { IDataObject } from 'n8n-workflow';

import type { Delivery } from '../../shared/delivery';
import { causeOf, createdAt, eventTypeOf, outcomeOf, triesOf } from '../../shared/delivery';
import { idKey, idOf } from '../../shared/values';

/** As many as fit a message in a chat. */
const MAX_RECENT_FAILURES = 10;

/** What is counted over a group of deliveries; the names are those of the output. */
class Counts {
	private total = 0;

	private succeeded = 0;

	private failed = 0;

	/** Those without an outcome yet, with those that are being retried. */
	private pending = 0;

	private retrying = 0;

	private retried = 0;

	add(delivery: Delivery, now: number): void {
		const outcome = outcomeOf(delivery, now);
		this.total += 1;
		this[outcome] += 1;
		if (outcome === 'retrying') this.pending += 1;
		if (triesOf(delivery, 0) > 1) this.retried += 1;
	}

	toObject(): IDataObject {
		const { total, succeeded, failed, pending, retrying, retried } = this;
		const tried = succeeded + failed + retrying;
		return {
			total,
			succeeded,
			failed,
			pending,
			retrying,
			retried,
			success_rate: tried === 0 ? null : percentage(succeeded, tried),
		};
	}
}

/** With one decimal; 100 only when nothing failed. */
function percentage(part: number, whole: number): number {
	const rounded = Math.round((part / whole) * 1000) / 10;
	return part === whole ? rounded : Math.min(rounded, 99.9);
}

/** A first or last moment. */
interface Bound {
	/** Unix time in milliseconds. */
	time: number;
	/** As Avala sent it. */
	text?: Delivery['created_at'];
}

/** The report of Get Health. Deliveries are added as Avala lists them: newest first, but for those of one moment. */
export class HealthReport {
	private readonly all = new Counts();

	private readonly byEvent = new Map<string, Counts>();

	private readonly byWebhook = new Map<string, Counts>();

	private readonly failures: IDataObject[] = [];

	private newest: Bound = { time: -Infinity };

	private oldest: Bound = { time: Infinity };

	/** @param now Unix time in milliseconds */
	constructor(private readonly now: number) {}

	add(delivery: Delivery): void {
		this.all.add(delivery, this.now);
		countsIn(this.byEvent, eventTypeOf(delivery)).add(delivery, this.now);
		countsIn(this.byWebhook, idOf(delivery.webhook_uid) ?? '').add(delivery, this.now);
		const time = createdAt(delivery);
		if (time !== undefined) {
			if (time >= this.newest.time) this.newest = { time, text: delivery.created_at };
			if (time <= this.oldest.time) this.oldest = { time, text: delivery.created_at };
		}
		const outcome = outcomeOf(delivery, this.now);
		const isFailure = outcome === 'failed' || outcome === 'retrying';
		if (isFailure && this.failures.length < MAX_RECENT_FAILURES) {
			this.failures.push({
				uid: delivery.uid,
				webhook_uid: delivery.webhook_uid,
				event_type: delivery.event_type,
				response_status_code: delivery.response_status_code,
				attempt_count: delivery.attempt_count,
				error_message: causeOf(delivery),
				retrying: outcome === 'retrying',
				next_retry_at: delivery.next_retry_at ?? null,
				created_at: delivery.created_at,
			});
		}
	}

	/** The webhooks that the deliveries went to. */
	get webhookUids(): string[] {
		return [...this.byWebhook.keys()].filter((uid) => uid !== '');
	}

	/** @param targetUrls of the webhooks that still exist, by the key of their ID */
	toItem(targetUrls: ReadonlyMap<string, string>): IDataObject {
		return {
			...this.all.toObject(),
			from: this.oldest.text ?? null,
			to: this.newest.text ?? null,
			by_event: [...this.byEvent].map(([type, counts]) => ({
				event_type: type,
				...counts.toObject(),
			})),
			by_webhook: [...this.byWebhook].map(([uid, counts]) => ({
				webhook_uid: uid === '' ? null : uid,
				target_url: targetUrls.get(idKey(uid)) ?? null,
				...counts.toObject(),
			})),
			recent_failures: this.failures,
		};
	}
}

function countsIn(groups: Map<string, Counts>, name: string): Counts {
	const counts = groups.get(name) ?? new Counts();
	groups.set(name, counts);
	return counts;
}
