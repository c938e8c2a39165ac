import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import * as deliveryOperations from './actions/delivery/operations';
import { describeResource } from './actions/operation';
import { executeOperation } from './actions/router';
import * as webhookOperations from './actions/webhook/operations';
import { searchWebhooks } from './shared/webhooks';

export class Avala implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Avala',
		name: 'avala',
		icon: { light: 'file:avala.svg', dark: 'file:avala.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ getAll: "get many", getHealth: "get health", getMissedEvents: "get missed events", test: "send test" }[$parameter["operation"]] || $parameter["operation"]) + ": " + $parameter["resource"] }}',
		description:
			'Administer Avala webhooks, send test events, watch deliveries and recover missed events',
		defaults: { name: 'Avala' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'avalaApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Delivery',
						value: 'delivery',
						description: 'One event on its way to one webhook, with its tries',
					},
					{
						name: 'Webhook',
						value: 'webhook',
						description: 'A subscription: an address that Avala sends events to',
					},
				],
				default: 'webhook',
			},
			...describeResource('webhook', Object.values(webhookOperations)),
			...describeResource('delivery', Object.values(deliveryOperations)),
		],
	};

	methods = { listSearch: { searchWebhooks } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await executeOperation(this)];
	}
}
