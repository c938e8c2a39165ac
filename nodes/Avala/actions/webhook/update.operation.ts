import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { expandEvents, readEventTypes } from '../../shared/eventCatalogue';
import { subscribe } from '../../shared/subscription';
import { isBlank, readBoolean, readText, textsIn } from '../../shared/values';
import type { Endpoint } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { unlessRefused } from '../../transport/request';
import { customEvents, webhookEvents } from '../fields';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { collectionOf, given } from '../parameters';
import { webhookLocator, webhookToChange } from './locator';
import { hintAtRefused } from './refusedTypes';

export const update: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update webhook',
		description:
			'Change target URL or event types, activate or deactivate; the secret cannot be changed',
	},
	properties: [
		{ ...webhookLocator, required: true },
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			description: 'What to change: at least one field. What is not added stays as it is.',
			options: [
				{
					displayName: 'Active',
					name: 'isActive',
					type: 'boolean',
					default: true,
					description: 'Whether Avala sends events to it',
				},
				{
					...customEvents,
					description:
						"Further event types. With 'Event Types' they replace those of the webhook; alone they are added to them.",
				},
				{
					...webhookEvents,
					description: 'Event types that replace the current ones',
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
		const added = collectionOf(run, 'updateFields', 'Update Fields', [
			'isActive',
			'customEvents',
			'events',
			'targetUrl',
		]);
		// A field that was added and left empty changes nothing.
		const fields = Object.fromEntries(
			Object.entries(added).filter(([name, value]) => name === 'isActive' || !isBlank(value)),
		);
		const targetUrl = given(fields, 'targetUrl', (value) => readText('Target URL', value));
		const isActive = given(fields, 'isActive', (value) => readBoolean('Active', value));
		const types = given(fields, 'events', (value) => readEventTypes('Event Types', value));
		const custom = given(fields, 'customEvents', (value) =>
			readEventTypes('Custom Event Types', value),
		);
		if (Object.keys(fields).length === 0) {
			throw new UserError(
				"There is nothing to update: fill in at least one field under 'Update Fields'.",
			);
		}
		const endpoint = await webhookToChange(run);
		const settings: IDataObject = {
			...(targetUrl !== undefined && { target_url: targetUrl }),
			...(isActive !== undefined && { is_active: isActive }),
		};
		const send = async (body: IDataObject) =>
			await avalaEntry(run.connection, { method: 'PATCH', endpoint, body });
		if (types === undefined && custom === undefined) return itemsOf([await send(settings)]);
		const base = types ?? (await presentTypes(run, endpoint));
		if (base === undefined) {
			throw new UserError(
				`Avala does not say which event types ${endpoint.subject} has, so none can be added to them. Select all that it is to have under 'Event Types'.`,
			);
		}
		const { response, refused } = await subscribe(
			expandEvents(base, custom),
			async (events) => await send({ ...settings, events }),
		);
		hintAtRefused(run, refused);
		return itemsOf([response]);
	},
};

/** The event types that the webhook has; undefined where Avala does not tell, or not to this key. */
async function presentTypes(run: ItemRun, endpoint: Endpoint): Promise<string[] | undefined> {
	const webhook = await unlessRefused(
		[403],
		avalaEntry(run.connection, { method: 'GET', endpoint }),
	);
	const types = textsIn(webhook?.events);
	return Array.isArray(webhook?.events) && types.length === webhook.events.length
		? types
		: undefined;
}
