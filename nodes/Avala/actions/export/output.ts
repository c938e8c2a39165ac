import type { IDataObject } from 'n8n-workflow';

import type { OutputForms } from '../output';
import { pickFields } from '../pickFields';
import { exportState } from './state';

/** The ten fields that tell the most, by the same names in every wire format. */
export function simplifyExport(sent: IDataObject): IDataObject {
	const { uid, name, ...others } = pickFields(sent, [
		'uid',
		'name',
		'status',
		'format',
		'download_url',
		'total_task_count',
		'exported_task_count',
		'created_at',
		'updated_at',
	]);
	return { uid, name, state: exportState(sent), ...others };
}

/** All that Avala sent, and the state. */
export function completeExport(sent: IDataObject): IDataObject {
	return { ...sent, state: exportState(sent) };
}

export const exportForms: OutputForms = {
	simplify: simplifyExport,
	complete: completeExport,
	fields: [
		...Object.keys(simplifyExport({})),
		'projects',
		'datasets',
		'slices',
		'filter_query_string',
		'organization',
	],
};
