import type { INodeParameters } from 'n8n-workflow';

import { RESOURCES } from '../../nodes/Avala/actions/resources';
import type { Sandbox } from '../../sandbox';
import { byId } from './resources';

/** Every operation of the Avala node, as the values of 'Resource' and 'Operation'. */
export const ALL_OPERATIONS = RESOURCES.flatMap((resource) =>
	resource.operations.map(({ option }) => [resource.option.value, option.value] as const),
);

/** What an operation needs beside the ID of the thing that it works on. */
const REQUIRED: Record<string, INodeParameters> = {
	'webhook/create': { targetUrl: 'https://example.com/avala', events: ['task.completed'] },
	'webhook/update': { updateFields: { isActive: true } },
	'webhook/getAll': { returnAll: true },
	'delivery/getAll': { returnAll: true },
	'delivery/getMissedEvents': { returnAll: true },
};

/** The IDs of one thing of each kind. */
export interface Ids {
	webhook: string;
	delivery: string;
	export: string;
	task: string;
	project: string;
	dataset: string;
}

/** The first thing of each kind that a sandbox has; an empty ID where it has none. */
export function firstIds(avala: Sandbox): Ids {
	const idOfFirst = ([first]: ReadonlyArray<{ uid: string }>) => first?.uid ?? '';
	return {
		webhook: idOfFirst(avala.webhooks()),
		delivery: idOfFirst(avala.deliveries()),
		export: idOfFirst(avala.exports()),
		task: idOfFirst(avala.tasks()),
		project: idOfFirst(avala.projects()),
		dataset: idOfFirst(avala.datasets()),
	};
}

/** Parameters with which an operation runs, on the things with these IDs where it works on one. */
export function parametersOf(resource: string, operation: string, ids: Ids): INodeParameters {
	return {
		resource,
		operation,
		webhookId: byId(ids.webhook),
		deliveryId: ids.delivery,
		exportId: byId(ids.export),
		taskId: ids.task,
		projectId: byId(ids.project),
		datasetId: byId(ids.dataset),
		...REQUIRED[`${resource}/${operation}`],
	};
}
