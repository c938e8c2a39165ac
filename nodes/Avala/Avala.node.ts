import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

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
				options: RESOURCES.map(({ option }) => option),
				default: 'webhook',
			},
			...RESOURCES.flatMap(describeResource),
		],
	};

	methods = { listSearch: Object.assign({}, ...RESOURCES.map(({ listSearch }) => listSearch)) };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await executeOperation(this)];
	}
}
