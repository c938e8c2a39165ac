import type { IDataObject } from 'n8n-workflow';

import type { Delivery, DeliveryOutcome } from '../../shared/delivery';
import { causeOf, createdAt, eventTypeOf, outcomeOf, triesOf } from '../../shared/delivery';
import { idKey, idOf, messageOf } from '../../shared/values';
import { readWebhook } from '../../shared/webhook';
import { avalaList } from '../../transport/pages';
import { all, WEBHOOKS } from '../../transport/paths';
import { filtersProperty, readFilters } from '../filters';
import { explainNothing } from '../getMany';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { limit, limitOf } from '../parameters';
import { eachDelivery, filtersWithoutStatus } from './filters';

/** As many as fit a message in a chat. */
const MAX_RECENT_FAILURES = 10;
/** Deliveries of deleted webhooks are common: an account with many webhooks is not searched to the end for their URLs. */
const MAX_WEBHOOK_PAGES = 5;

export const getHealth: Operation = {
	name: 'Get Health',
	value: 'getHealth',
	action: 'Get delivery health',
	description: 'Report on recent deliveries in one item: success rate, counts, latest failures',
	properties: [
		{
			...limit,
			displayOptions: {},
			default: 100,
			description:
				'Max number of recent deliveries to report on. Only those that match the filters count.',
		},
		filtersProperty(filtersWithoutStatus),
	],
	async execute(run) {
		const wanted = limitOf(run);
		const narrowing = await readFilters(run, filtersWithoutStatus);
		const key = ['getHealth', wanted, narrowing.values];
		const { found, looked, item } = await run.once(key, async () => {
			const report = new HealthReport(Date.now());
			const counts = await eachDelivery(run, { wanted, narrowing }, report);
			return { ...counts, item: report.toItem(await targetUrlsOf(run, report.webhookUids)) };
		});
		if (found === 0) await explainNothing(run, filtersWithoutStatus, narrowing, looked);
		return itemsOf([item]);
	},
};

/** The target URLs of those webhooks that Avala still knows, by the key of their ID. */
async function targetUrlsOf(run: ItemRun, uids: readonly string[]): Promise<Map<string, string>> {
	const wanted = new Set(uids.map(idKey));
	const targetUrls = new Map<string, string>();
	if (wanted.size === 0) return targetUrls;
	try {
		const webhooks = avalaList(run.connection, all(WEBHOOKS), readWebhook, MAX_WEBHOOK_PAGES);
		for await (const { uid, targetUrl } of webhooks) {
			if (wanted.delete(idKey(uid))) targetUrls.set(idKey(uid), targetUrl);
			if (wanted.size === 0) break;
		}
	} catch (error) {
		run.connection.cancelled?.throwIfAborted();
		run.hint(`The report has no target URLs: ${messageOf(error)}`);
	}
	return targetUrls;
}

/** What is counted over a group of deliveries; `pending` are those without an outcome yet, those that are retried among them. */
class Counts {
	private readonly counts = {
		total: 0,
		succeeded: 0,
		failed: 0,
		pending: 0,
		retrying: 0,
		retried: 0,
	};

	add(delivery: Delivery, outcome: DeliveryOutcome): void {
		this.counts.total += 1;
		this.counts[outcome] += 1;
		if (outcome === 'retrying') this.counts.pending += 1;
		if (triesOf(delivery, 0) > 1) this.counts.retried += 1;
	}

	toObject(): IDataObject {
		const { succeeded, failed, retrying } = this.counts;
		const tried = succeeded + failed + retrying;
		return { ...this.counts, success_rate: tried === 0 ? null : percentage(succeeded, tried) };
	}
}

/** With one decimal; 100 only when nothing failed. */
function percentage(part: number, whole: number): number {
	const rounded = Math.round((part / whole) * 1000) / 10;
	return part === whole ? rounded : Math.min(rounded, 99.9);
}

/** The report of Get Health. Deliveries are added as Avala lists them: newest first, but for those of one moment. */
export class HealthReport {
	private readonly all = new Counts();

	private readonly byEvent = new Map<string, Counts>();

	private readonly byWebhook = new Map<string, Counts>();

	private readonly failures: IDataObject[] = [];

	/** The time of creation in milliseconds, and as Avala sent it. */
	private newest: [time: number, sent?: Delivery['created_at']] = [-Infinity];

	private oldest: [time: number, sent?: Delivery['created_at']] = [Infinity];

	/** @param now Unix time in milliseconds */
	constructor(private readonly now: number) {}

	add(delivery: Delivery): void {
		const outcome = outcomeOf(delivery, this.now);
		this.all.add(delivery, outcome);
		countsIn(this.byEvent, eventTypeOf(delivery)).add(delivery, outcome);
		countsIn(this.byWebhook, idOf(delivery.webhook_uid) ?? '').add(delivery, outcome);
		const time = createdAt(delivery);
		if (time !== undefined) {
			if (time >= this.newest[0]) this.newest = [time, delivery.created_at];
			if (time <= this.oldest[0]) this.oldest = [time, delivery.created_at];
		}
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
			from: this.oldest[1] ?? null,
			to: this.newest[1] ?? null,
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
