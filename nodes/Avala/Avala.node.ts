import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { searchName } from './actions/locator';
import { describeResource } from './actions/operation';
import { RESOURCES } from './actions/resources';
import { executeOperation } from './actions/router';

export class Avala implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Avala',
		name: 'avala',
		icon: { light: 'file:avala.svg', dark: 'file:avala.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Approve or reject results, file issues, watch quality, pre-label, export, read tasks, projects and datasets, manage webhooks and recover missed events',
		defaults: { name: 'Avala' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		builderHint: {
			searchHint:
				'Is anything failing? Use Delivery: Get Health, one item with success_rate and recent_failures. After an outage, Delivery: Get Missed Events gives the events that never arrived, shaped as the Avala Trigger gives them. Export: Download gives the file itself as binary data; Export: Get gives only its state and link. To approve or reject a result, find its execution with Agent Execution: Get Many (event_payload.result_uid names the result), then use Agent Execution: Decide; Avala asks only about events that an agent was created for. After quality.alert, Quality Target: Evaluate gives the values as of now. To start a workflow on an event, use the Avala Trigger instead: it creates its own webhook, so none has to be created here.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-base.removeDuplicates',
					relationHint:
						'Behind Get Missed Events, by id, so that an event recovered in an earlier execution is not handled twice',
				},
				{
					nodeType: 'n8n-nodes-base.scheduleTrigger',
					relationHint:
						'Runs Get Health, Get Missed Events or Export: Create at fixed times, such as every 15 minutes or on Mondays',
				},
			],
		},
		credentials: [{ name: 'avalaApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: RESOURCES.map(({ name, value, description }) => ({ name, value, description })),
				default: 'export',
			},
			...RESOURCES.flatMap(describeResource),
		],
	};

	methods = {
		listSearch: Object.fromEntries(
			RESOURCES.flatMap(({ locators = [] }) => locators).map((locator) => [
				searchName(locator.collection),
				locator.search,
			]),
		),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await executeOperation(this)];
	}
}
