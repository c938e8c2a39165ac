import { readWebhook } from '../../shared/webhook';
import type { Connection } from '../../transport/connection';
import { avalaPages } from '../../transport/pages';
import { all, WEBHOOKS } from '../../transport/paths';
import { limit } from '../fields';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { limitOf } from '../parameters';
import { explainNoDeliveries, filtersWithoutStatus, readFilters } from './filters';
import { HealthReport } from './healthReport';
import { listDeliveries } from './list';

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
		filtersWithoutStatus,
	],
	async execute(run) {
		const wanted = limitOf(run);
		const filters = await readFilters(run, filtersWithoutStatus);
		const { count, item } = await run.once(['getHealth', wanted, filters], async () => {
			const report = new HealthReport(Date.now());
			let count = 0;
			for await (const { found } of listDeliveries(run.connection, filters, wanted)) {
				for (const delivery of found) report.add(delivery);
				count += found.length;
			}
			return { count, item: report.toItem(await targetUrlsOf(run.connection, report.webhookUids)) };
		});
		explainNoDeliveries(run, count, filters);
		return itemsOf([item]);
	},
};

/** The target URLs of those webhooks that Avala still knows. */
async function targetUrlsOf(
	connection: Connection,
	uids: readonly string[],
): Promise<Map<string, string>> {
	const wanted = new Set(uids);
	const targetUrls = new Map<string, string>();
	if (wanted.size === 0) return targetUrls;
	let pages = 0;
	for await (const { entries } of avalaPages(connection, all(WEBHOOKS))) {
		for (const entry of entries) {
			const webhook = readWebhook(entry);
			if (webhook && wanted.delete(webhook.uid)) targetUrls.set(webhook.uid, webhook.targetUrl);
		}
		pages += 1;
		if (wanted.size === 0 || pages >= MAX_WEBHOOK_PAGES) break;
	}
	return targetUrls;
}
