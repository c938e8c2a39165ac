import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { customEvents, webhookEvents } from './actions/fields';
import { tellingAll } from './trigger/activation';
import { receiveEvent } from './trigger/receive';
import { createWebhook, keepWebhook, removeWebhook } from './trigger/registration';

export class AvalaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Avala Trigger',
		name: 'avalaTrigger',
		icon: { light: 'file:avala.svg', dark: 'file:avala.dark.svg' },
		group: ['trigger'],
		// Not 1: for version 1 n8n evaluates an expression on each request, which costs more than all the rest.
		version: 2,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description:
			'Starts the workflow when something happens in Avala: a task is completed, an export is ready',
		eventTriggerDescription:
			'Let one of the chosen events happen in Avala, or send a test event to this webhook',
		defaults: { name: 'Avala Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'avalaApi', required: true }],
		// Literals alone: n8n would evaluate an expression here for each request.
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Empty, so that n8n answers what the node gives as its response.
				responseData: '',
				path: 'webhook',
			},
		],
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'<b>While you build:</b> press the button above. n8n registers a webhook with its test URL at Avala until an event arrives, so that the next one, or a test sent from Avala, appears here.<br /><br /><b>When you are done:</b> publish (activate) the workflow. n8n registers its production URL at Avala by itself, and removes it when you unpublish the workflow; nothing has to be set up at Avala by hand. Avala delivers to https addresses only.',
				active:
					'<b>While you build:</b> press the button above. n8n registers a second webhook, with its test URL, at Avala until an event arrives.<br /><br /><b>This workflow is published:</b> events at its production URL start it in the background. You find those runs in the list of executions, not here.',
			},
			activationHint:
				'When you are done, publish (activate) the workflow: n8n registers the webhook at Avala by itself, and events start the workflow.',
		},
		properties: [
			{ ...webhookEvents, default: ['task.completed'], description: 'What starts the workflow' },
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					customEvents,
					{
						displayName: 'IP Allowlist',
						name: 'ipAllowlist',
						type: 'string',
						default: '',
						placeholder: 'e.g. 192.0.2.10, 198.51.100.0/24, 2001:db8::/32',
						description:
							'Addresses and CIDR ranges, separated by commas, that requests may come from. Others are answered 403. Behind a reverse proxy set N8N_PROXY_HOPS, so that n8n sees the address of the sender.',
					},
					{
						displayName: 'Max Event Age (Minutes)',
						name: 'maxEventAge',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 0,
						description:
							'Events older than this are answered 400 and start nothing. 0 is no limit. Avala delivers a failed event again for up to 81 minutes after it happened, so a smaller limit loses events.',
					},
					{
						displayName: 'Run on Test Events',
						name: 'runOnTestEvents',
						type: 'boolean',
						default: false,
						description:
							'Whether a test sent from Avala starts the active workflow too, and not only in the editor',
					},
				],
			},
		],
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await tellingAll(this, keepWebhook(this));
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await tellingAll(this, createWebhook(this));
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				await tellingAll(this, removeWebhook(this));
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveEvent(this);
	}
}
