import type { INodeParameters } from 'n8n-workflow';

import { RESOURCES } from '../../nodes/Avala/actions/resources';
import type { Sandbox } from '../../sandbox';
import { byId } from './resources';

/** Every operation of the Avala node, as the values of 'Resource' and 'Operation'. */
export const ALL_OPERATIONS = RESOURCES.flatMap((resource) =>
	resource.operations.map(({ value }) => [resource.value, value] as const),
);

/** What an operation needs beside the ID of the thing that it works on. */
const REQUIRED: Record<string, INodeParameters> = {
	'webhook/create': { targetUrl: 'https://example.com/avala', events: ['task.completed'] },
	'webhook/update': { updateFields: { isActive: true } },
	'webhook/getAll': { returnAll: true },
	'delivery/getAll': { returnAll: true },
	'delivery/getMissedEvents': { returnAll: true },
	'agent/create': { name: 'Review in chat', events: ['result.submitted'] },
	'agentExecution/decide': { decision: 'approve' },
	'annotationIssue/update': { updateFields: { status: 'in_review' } },
	'qualityTarget/create': { name: 'Few rejections', metric: 'rejection_rate', threshold: 0.1 },
	'qualityTarget/update': { updateFields: { threshold: 0.2 } },
};

/** The IDs of one thing of each kind. */
export interface Ids {
	webhook: string;
	delivery: string;
	export: string;
	task: string;
	project: string;
	dataset: string;
	agent: string;
	agentExecution: string;
	annotationIssue: string;
	/** Of the issue. */
	sequence: string;
	tool: string;
	problem: string;
	qualityTarget: string;
	autoLabelJob: string;
}

/** The first thing of each kind that a sandbox has; an empty ID where it has none. */
export function firstIds(avala: Sandbox): Ids {
	const idOfFirst = ([first]: ReadonlyArray<{ uid: string }>) => first?.uid ?? '';
	const [issue] = avala.all('issues');
	const [target] = avala.all('targets');
	return {
		webhook: idOfFirst(avala.webhooks()),
		delivery: idOfFirst(avala.deliveries()),
		export: idOfFirst(avala.exports()),
		task: idOfFirst(avala.tasks()),
		project: target?.projectUid ?? idOfFirst(avala.projects()),
		dataset: idOfFirst(avala.datasets().filter(({ dataType }) => dataType === 'lidar')),
		agent: idOfFirst(avala.all('agents')),
		agentExecution: idOfFirst(avala.all('executions').filter(({ action }) => action === null)),
		annotationIssue: issue?.uid ?? '',
		sequence: issue?.sequence_uid ?? '',
		tool: issue?.tool.uid ?? '',
		problem: issue?.problem.uid ?? '',
		qualityTarget: target?.uid ?? '',
		autoLabelJob: idOfFirst(avala.all('jobs')),
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
		agentId: byId(ids.agent),
		executionId: ids.agentExecution,
		sequenceId: ids.sequence,
		issueId: ids.annotationIssue,
		toolId: byId(ids.tool),
		problemId: byId(ids.problem),
		targetId: ids.qualityTarget,
		jobId: ids.autoLabelJob,
		...REQUIRED[`${resource}/${operation}`],
	};
}
