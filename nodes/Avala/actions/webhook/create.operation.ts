import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { expandEvents, readEventTypes } from '../../shared/eventCatalogue';
import { subscribe } from '../../shared/subscription';
import { isBlank, readBoolean, readText } from '../../shared/values';
import { withSecret } from '../../transport/connection';
import { avalaEntry } from '../../transport/entry';
import { all, WEBHOOKS } from '../../transport/paths';
import { allEventsNotice, customEvents, webhookEvents, withCustomEvents } from '../fields';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { collectionOf, given, parameterOf } from '../parameters';
import { hintAtRefused } from './refusedTypes';

const events: INodeProperties = { ...webhookEvents, default: ['task.completed'] };

export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create webhook',
		description: 'Have Avala send events to a URL. The Avala Trigger does this by itself.',
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
			builderHint: {
				propertyHint:
					'The public https address of a receiver outside n8n. To start a workflow, use the Avala Trigger, which creates its own webhook.',
			},
		},
		{
			...events,
			required: true,
			displayOptions: { hide: withCustomEvents('additionalFields') },
		},
		{
			...events,
			displayOptions: { show: withCustomEvents('additionalFields') },
			description: "Optional when there are 'Custom Event Types'. What Avala sends to the webhook.",
		},
		allEventsNotice,
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			description: 'Optional. Without them the webhook is active, and Avala generates its secret.',
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
						'Secret that Avala signs the events with. If you do not add one, Avala generates it and shows it only in the output of this operation.',
				},
			],
		},
	],
	async execute(run) {
		const fields = collectionOf(run, 'additionalFields', 'Additional Fields', [
			'isActive',
			'customEvents',
			'secret',
		]);
		const types = parameterOf(run, 'events', []);
		// A field that was added and left empty adds nothing.
		const custom = given(fields, 'customEvents', (value) =>
			isBlank(value) ? undefined : readEventTypes('Custom Event Types', value),
		);
		const isActive = given(fields, 'isActive', (value) => readBoolean('Active', value));
		const secret = given(fields, 'secret', readSecret);
		// Custom event types are enough.
		const wanted = expandEvents(
			custom !== undefined && isBlank(types) ? [] : readEventTypes('Event Types', types),
			custom,
		);
		const targetUrl = readText('Target URL', parameterOf(run, 'targetUrl', ''));
		const settings: IDataObject = {
			target_url: targetUrl,
			...(isActive !== undefined && { is_active: isActive }),
			...(secret !== undefined && { secret }),
		};
		const connection = withSecret(run.connection, secret);
		const { response, refused } = await subscribe(
			wanted,
			async (events) =>
				await avalaEntry(connection, {
					method: 'POST',
					endpoint: all(WEBHOOKS),
					body: { ...settings, events },
				}),
		);
		hintAtRefused(run, refused);
		// Whoever supplied the secret knows it, so it need not stand in the execution's data.
		if (secret !== undefined) delete response.secret;
		return itemsOf([response]);
	},
};

/** @throws UserError that does not quote the value */
function readSecret(value: unknown): string {
	const secret = typeof value === 'string' ? value.trim() : '';
	if (secret !== '') return secret;
	throw new UserError(
		"'Secret' is empty or not text. Enter a secret, or remove the field to have Avala generate one.",
	);
}
