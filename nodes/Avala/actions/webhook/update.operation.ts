import type { IDataObject } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { expandEvents } from '../../shared/events';
import { customEvents, webhookEvents, webhookLocator } from '../../shared/fields';
import { avalaObject, webhookPath } from '../../shared/transport';
import { listOf } from '../../shared/types';
import type { Operation } from '../operation';
import { collectionOf, webhookIdOf } from '../parameters';

export const update: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update a webhook',
		description:
			'Change where a webhook sends events and which ones, or switch it on or off. Its secret cannot be changed.',
	},
	properties: [
		{ ...webhookLocator, required: true },
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: [
				{
					displayName: 'Active',
					name: 'isActive',
					type: 'boolean',
					default: true,
					description: 'Whether Avala sends events to it',
				},
				customEvents,
				{
					...webhookEvents,
					description:
						'Event types that Avala sends to the webhook from now on, in place of those before',
				},
				{
					displayName: 'Target URL',
					name: 'targetUrl',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://example.com/avala',
					description: 'Address that Avala sends the events to. It must be https.',
				},
			],
		},
	],
	async execute(run) {
		const { context } = run;
		const { targetUrl, events, customEvents: custom, isActive } = collectionOf(run, 'updateFields');
		const changesEvents = events !== undefined || custom !== undefined;
		const body: IDataObject = {
			...(targetUrl !== undefined && targetUrl !== '' && { target_url: targetUrl }),
			...(changesEvents && { events: expandEvents(listOf(events), listOf(custom)) }),
			...(typeof isActive === 'boolean' && { is_active: isActive }),
		};
		if (Object.keys(body).length === 0) {
			throw new NodeOperationError(context.getNode(), 'Nothing to update was given', {
				description: 'Add at least one field under Update Fields.',
			});
		}
		const path = webhookPath(context, await webhookIdOf(run));
		return [await avalaObject(context, { method: 'PATCH', path, body })];
	},
};
