import { UserError } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import { all, DATASETS, isId, one } from '../../transport/paths';
import { quote } from '../../transport/quote';
import { avalaEntry } from '../../transport/request';
import type { Field } from '../fields';
import { locatorField, namedChoice, searchOf } from '../locator';

/** Picks one dataset. */
export const datasetLocator = locatorField(DATASETS, {
	label: 'Dataset',
	search: 'searchDatasets',
	description: 'The dataset to work on',
	hint: 'The uid of a dataset (mode id), as Dataset Get Many gives it, or resource_uid of a dataset event. A name or a slug is not an ID.',
});

export const searchDatasets = searchOf(all(DATASETS), (dataset) =>
	namedChoice(dataset, { more: idOf(dataset.data_type), searched: idOf(dataset.slug) }),
);

/**
 * Picks what lies below a dataset. Avala has that under its owner and slug, such as `ann/street`, which
 * are looked up, once for all items: unlike the ID they change when a dataset is transferred.
 */
export const datasetPath: Field<string> = {
	...datasetLocator,
	read: async (value, run) => {
		const uid = (await datasetLocator.read(value, run)) ?? '';
		return await run.once(['datasetPath', uid], async () => {
			const endpoint = one(DATASETS, uid);
			const dataset = await avalaEntry(run.connection, { method: 'GET', endpoint });
			const parts = {
				owner: idOf(dataset.owner_name) ?? idOf(dataset.owner),
				slug: idOf(dataset.slug),
			};
			for (const [name, part] of Object.entries(parts)) {
				if (part !== undefined && isId(part)) continue;
				const problem =
					part === undefined
						? 'Avala did not send it'
						: `it is "${quote(part, run.connection.secrets)}" in Avala`;
				throw new UserError(`The ${name} of ${endpoint.subject} cannot be used: ${problem}.`, {
					description:
						'Avala has what belongs to a dataset under its owner and slug. Check both in Avala.',
				});
			}
			return `${parts.owner}/${parts.slug}`;
		});
	},
};
