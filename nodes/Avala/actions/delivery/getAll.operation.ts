import type { IDataObject } from 'n8n-workflow';

import { DELIVERIES } from '../../transport/paths';
import { limit, returnAll } from '../fields';
import { hintAtMore } from '../getMany';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { wantedCount } from '../parameters';
import { deliveryFilters, explainNoDeliveries, readFilters } from './filters';
import { listDeliveries } from './list';
import { deliveryForms } from './simplify';

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many deliveries',
		description: 'List deliveries, newest first; filter by status, event type, webhook or time',
	},
	properties: [returnAll, limit, deliveryFilters, ...outputProperties(deliveryForms)],
	async execute(run) {
		const { choice, show } = outputOf(run, deliveryForms);
		const wanted = wantedCount(run);
		const filters = await readFilters(run, deliveryFilters);
		const { deliveries, hasMore } = await run.once(
			['getAll', wanted, filters, choice],
			async () => {
				const shown: IDataObject[] = [];
				let isCut = false;
				for await (const page of listDeliveries(run.connection, filters, wanted)) {
					for (const delivery of page.found) {
						shown.push(show(delivery));
					}
					isCut = page.hasMore;
				}
				return { deliveries: shown, hasMore: isCut && shown.length >= wanted };
			},
		);
		if (hasMore) hintAtMore(run, wanted, DELIVERIES.plural);
		explainNoDeliveries(run, deliveries.length, filters);
		return itemsOf(deliveries);
	},
};
