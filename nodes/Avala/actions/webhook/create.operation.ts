import type { IDataObject } from 'n8n-workflow';

import { expandEvents } from '../../shared/events';
import { customEvents, webhookEvents } from '../../shared/fields';
import { avalaObject, WEBHOOKS_PATH } from '../../shared/transport';
import { listOf, textOf } from '../../shared/types';
import type { Operation } from '../operation';
import { collectionOf } from '../parameters';

export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create a webhook',
		description:
			'Have Avala send events to an address. Not needed for the Avala Trigger, which does it by itself.',
	},
	properties: [
		{
			displayName: 'Target URL',
			name: 'targetUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://example.com/avala',
			description: 'Address that Avala sends the events to. It must be https.',
		},
		{ ...webhookEvents, required: true, default: ['task.completed'] },
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: [
				{
					displayName: 'Active',
					name: 'isActive',
					type: 'boolean',
					default: true,
					description: 'Whether Avala sends events to it from now on',
				},
				customEvents,
				{
					displayName: 'Secret',
					name: 'secret',
					type: 'string',
					typeOptions: { password: true },
					default: '',
					description:
						'Key that Avala signs the events with. Left empty, Avala makes one, and the output of this operation is the only place that ever shows it.',
				},
			],
		},
	],
	async execute(run) {
		const { context, itemIndex } = run;
		const fields = collectionOf(run, 'additionalFields');
		const secret = textOf(fields.secret);
		const body: IDataObject = {
			target_url: context.getNodeParameter('targetUrl', itemIndex),
			events: expandEvents(
				listOf(context.getNodeParameter('events', itemIndex, [])),
				listOf(fields.customEvents),
			),
			...(typeof fields.isActive === 'boolean' && { is_active: fields.isActive }),
			...(secret !== undefined && { secret }),
		};
		const created = await avalaObject(context, { method: 'POST', path: WEBHOOKS_PATH, body });
		// Who supplied the secret knows it: no need to have it in the execution's data.
		if (secret !== undefined) delete created.secret;
		return [created];
	},
};
