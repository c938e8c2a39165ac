import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import {
	allEventsNotice,
	customEvents,
	eventsProperties,
	webhookEvents,
} from './actions/eventFields';
import { loadProjects, projectsOption } from './trigger/projects';
import { receiveEvent } from './trigger/receive';
import { register, unregister } from './trigger/registration';

export class AvalaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Avala Trigger',
		name: 'avalaTrigger',
		icon: { light: 'file:avala.svg', dark: 'file:avala.dark.svg' },
		group: ['trigger'],
		// Not 1: for version 1 n8n evaluates an expression on each request, which costs more than all the rest.
		version: 2,
		subtitle:
			'={{ [].concat([].concat($parameter["events"]).includes("*") ? "All event types" : $parameter["events"], ($parameter["options"] || {}).customEvents).filter((type) => type && type.length).join(", ") }}',
		// n8n's node picker shows it for the Avala node as well.
		description:
			'Starts the workflow when something happens in Avala, such as a completed task. Actions: create and download exports, decide on results, read tasks, projects and datasets, monitor deliveries.',
		eventTriggerDescription:
			'Trigger one of the selected events in Avala, or send a test event to this webhook',
		defaults: { name: 'Avala Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		builderHint: {
			searchHint:
				'Starts a workflow when something happens in Avala. It registers and removes its own webhook, and verifies the signature of every event: nothing to create in Avala by hand, no Webhook node, no verify token, no Crypto node. Each event is one item { id, type, created_at, resource_uid, project_uid, data }: the task or export itself is $json.data, its ID $json.resource_uid, its project $json.project_uid. To download a finished export, start on export.completed and put Avala Export: Download behind it. Events that were missed while n8n was down do not come here: put an Avala Missed Events Trigger beside it, both leading into the same next node.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-base.removeDuplicates',
					relationHint:
						'Directly behind this trigger, by id: Avala may deliver an event more than once, with the same id',
				},
				{
					nodeType: 'n8n-nodes-avala.avalaMissedEventsTrigger',
					relationHint:
						'Beside this trigger, for the events that were missed; both lead into the same next node',
				},
				{
					nodeType: 'n8n-nodes-base.scheduleTrigger',
					relationHint:
						'In a workflow of its own, with Avala Delivery: Get Health, for outages that no event tells of',
				},
			],
		},
		credentials: [{ name: 'avalaApi', required: true }],
		// Literals alone: n8n would evaluate an expression here for each request.
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Empty, so that n8n sends what the node gives as its response.
				responseData: '',
				path: 'webhook',
			},
		],
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'<b>While you build:</b> click the button above. n8n keeps a webhook with its test URL registered with Avala until an event arrives, so that the next event, or a test sent from Avala, appears here.<br /><br /><b>When you are done:</b> publish (activate) the workflow. n8n registers its production URL with Avala, and removes it when you unpublish the workflow. There is nothing to set up in Avala by hand.',
				active:
					'<b>While you build:</b> click the button above. n8n keeps a second webhook, with its test URL, registered with Avala until an event arrives.<br /><br /><b>This workflow is published:</b> events at its production URL start it in the background. You find those executions in the list of executions, not here.',
			},
			activationHint: {
				inactive:
					'Avala delivers events to public https addresses only. If n8n runs behind a proxy or tunnel, set its environment variable WEBHOOK_URL to the public address.',
				active: 'Events from Avala start this workflow in the background.',
			},
		},
		properties: [
			...eventsProperties(
				{
					...webhookEvents,
					displayName: 'Trigger On',
					default: ['task.completed'],
					description: 'The event types that start the workflow',
				},
				'options',
				'The event types that start the workflow.',
			),
			allEventsNotice,
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
						displayName: 'IP Allowlist',
						name: 'ipAllowlist',
						type: 'string',
						default: '',
						placeholder: 'e.g. 192.0.2.10, 198.51.100.0/24, 2001:db8::/32',
						description:
							'Addresses and CIDR ranges, separated by commas, that requests may come from. Others get a 403. Behind a reverse proxy set N8N_PROXY_HOPS, so that n8n sees the address of the sender.',
					},
					{
						displayName: 'Max Event Age (Minutes)',
						name: 'maxEventAge',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 0,
						description:
							'Events older than this get a 400 and start nothing. 0 is no limit. Avala retries a failed delivery for up to 81 minutes, so a smaller limit loses events. It does not apply to events without a time of their own, which some Avala servers send.',
					},
					projectsOption,
					{
						displayName: 'Run on Test Events',
						name: 'runOnTestEvents',
						type: 'boolean',
						default: false,
						description: 'Whether test events sent from Avala also start the published workflow',
					},
				],
			},
		],
	};

	methods = { loadOptions: { getProjects: loadProjects } };

	webhookMethods = {
		default: {
			// Registers as well, in one step: between this and `create` n8n may call `delete`, or publish again.
			async checkExists(this: IHookFunctions): Promise<boolean> {
				await register(this);
				return true;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await register(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				await unregister(this);
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveEvent(this);
	}
}
