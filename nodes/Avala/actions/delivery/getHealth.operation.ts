import { normaliseDelivery } from '../../shared/delivery';
import { idKey, messageOf } from '../../shared/values';
import { readWebhook } from '../../shared/webhook';
import { avalaPages } from '../../transport/pages';
import { all, DELIVERIES, WEBHOOKS } from '../../transport/paths';
import { filtersProperty, readFilters } from '../filters';
import { explainNothing, walk } from '../getMany';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { limit, limitOf } from '../parameters';
import { filtersWithoutStatus } from './filters';
import { HealthReport } from './healthReport';

/** Deliveries of deleted webhooks are common: an account with many webhooks is not searched to the end for their URLs. */
const MAX_WEBHOOK_PAGES = 5;

export const getHealth: Operation = {
	option: {
		name: 'Get Health',
		value: 'getHealth',
		action: 'Get delivery health',
		description: 'Report on recent deliveries in one item: success rate, counts, latest failures',
	},
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
		const { found, looked, item } = await run.once(
			['getHealth', wanted, narrowing.values],
			async () => {
				const report = new HealthReport(Date.now());
				const counts = { found: 0, looked: 0 };
				const pages = walk(run.connection, all(DELIVERIES), {
					wanted,
					narrowing,
					query: { ordering: '-created_at' },
					normalise: normaliseDelivery,
				});
				for await (const page of pages) {
					for (const delivery of page.found) report.add(normaliseDelivery(delivery));
					counts.found += page.found.length;
					counts.looked += page.looked;
				}
				return { ...counts, item: report.toItem(await targetUrlsOf(run, report.webhookUids)) };
			},
		);
		if (found === 0) await explainNothing(run, filtersWithoutStatus, narrowing, looked);
		return itemsOf([item]);
	},
};

/** The target URLs of those webhooks that Avala still knows, by the key of their ID. */
async function targetUrlsOf(run: ItemRun, uids: readonly string[]): Promise<Map<string, string>> {
	const wanted = new Set(uids.map(idKey));
	const targetUrls = new Map<string, string>();
	if (wanted.size === 0) return targetUrls;
	let pages = 0;
	try {
		for await (const { entries } of avalaPages(run.connection, all(WEBHOOKS))) {
			for (const entry of entries) {
				const webhook = readWebhook(entry);
				if (webhook && wanted.delete(idKey(webhook.uid))) {
					targetUrls.set(idKey(webhook.uid), webhook.targetUrl);
				}
			}
			pages += 1;
			if (wanted.size === 0 || pages >= MAX_WEBHOOK_PAGES) break;
		}
	} catch (error) {
		run.connection.cancelled?.throwIfAborted();
		run.hint(`The report has no target URLs: ${messageOf(error)}`);
	}
	return targetUrls;
}
