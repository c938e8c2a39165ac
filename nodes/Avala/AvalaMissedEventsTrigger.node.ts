import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { customEvents, eventsProperties, webhookEvents } from './actions/eventFields';
import { poll } from './missedEvents/poll';
import { loadProjects, projectsOption } from './trigger/projects';

export class AvalaMissedEventsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Avala Missed Events Trigger',
		name: 'avalaMissedEventsTrigger',
		icon: { light: 'file:avala.svg', dark: 'file:avala.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["webhookUrl"] ? "Of one webhook" : "Of the whole account" }}',
		description:
			'Starts the workflow with events that Avala has given up on, such as after an outage of n8n',
		eventTriggerDescription: '',
		defaults: { name: 'Avala Missed Events Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		builderHint: {
			searchHint:
				'Put it beside the Avala Trigger in the same workflow, both leading into the same next node: it gives each event that Avala has given up on exactly once, oldest first, as the same item with recovered: true. Nothing else is needed for recovery: no Schedule Trigger, no Get Missed Events, no Remove Duplicates. With webhookUrl, the production URL of that Avala Trigger, it also activates the webhook again when Avala has deactivated it. Items with recoverable: false carry no data.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-avala.avalaTrigger',
					relationHint: 'Beside it, for the events that arrive; both lead into the same next node',
				},
			],
		},
		credentials: [{ name: 'avalaApi', required: true }],
		properties: [
			...eventsProperties(
				{
					...webhookEvents,
					displayName: 'Trigger On',
					default: ['*'],
					description: 'The event types that start the workflow when they were missed',
				},
				'options',
				'The event types that start the workflow when they were missed.',
			),
			{
				displayName: 'Webhook URL',
				name: 'webhookUrl',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://n8n.example.com/webhook/…',
				hint: 'Copy it from the Avala Trigger beside this node, where it is the production URL',
				description:
					'Optional. The production URL of an Avala Trigger. Only events that its webhook missed count then, and the webhook is activated again when Avala has deactivated it. Empty means the webhooks of the whole account.',
				builderHint: {
					propertyHint:
						'The production URL of the Avala Trigger beside it, which the editor shows when that node is open; leave it empty if it is not known.',
				},
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				description: 'Optional. Add event types, or restrict which events start the workflow.',
				options: [
					{ ...customEvents, name: 'customEvents' },
					{
						displayName: 'Look Back (Hours)',
						name: 'lookBack',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 0,
						description:
							'How long before its first activation events count that were missed. Later it catches up from where it stopped by itself.',
					},
					projectsOption,
				],
			},
		],
	};

	methods = { loadOptions: { getProjects: loadProjects } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
