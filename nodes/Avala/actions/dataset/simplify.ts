import type { IDataObject } from 'n8n-workflow';

import type { OutputForms } from '../output';
import { pickFields } from '../pickFields';

/** The ten fields that tell the most, by the same names in every wire format. */
export function simplifyDataset(dataset: IDataObject): IDataObject {
	return pickFields(dataset, [
		'uid',
		'name',
		'slug',
		['owner', 'owner_name'],
		'item_count',
		'data_type',
		'status',
		'visibility',
		'created_at',
		'updated_at',
	]);
}

export const datasetForms: OutputForms = {
	simplify: simplifyDataset,
	fields: Object.keys(simplifyDataset({})),
};
