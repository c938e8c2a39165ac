import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { expandEvents, readEventTypes } from '../../shared/eventCatalogue';
import type { WantedTypes } from '../../shared/subscription';
import { subscribe } from '../../shared/subscription';
import { isBlank, readBoolean, readText, textsIn } from '../../shared/values';
import type { Endpoint } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
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
		description: 'Change target URL or event types, enable or disable. The secret cannot change.',
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
				{
					...customEvents,
					description:
						'Further event types. With Event Types they replace those of the webhook; alone they are added to them.',
				},
				{
					...webhookEvents,
					description: 'What Avala sends from now on, in place of the event types before',
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
		const fields = Object.fromEntries(Object.entries(added).filter(([, value]) => !isBlank(value)));
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
		const wanted = await wantedTypes(run, endpoint, types, custom);
		const { response, refused } = await subscribe(
			wanted,
			async (events) => await send({ ...settings, events }),
		);
		hintAtRefused(run, refused);
		return itemsOf([response]);
	},
};

/**
 * What the webhook is to have: the types in place of its own, or the custom ones added to them. Of what
 * `*` stands for it keeps what it has, whatever the requests meet that find out the rest.
 */
async function wantedTypes(
	run: ItemRun,
	endpoint: Endpoint,
	types: string[] | undefined,
	custom: string[] | undefined,
): Promise<WantedTypes> {
	const chosen = expandEvents(types ?? [], custom);
	if (types !== undefined && chosen.optional.length === 0) return chosen;
	const { events } = await avalaEntry(run.connection, { method: 'GET', endpoint });
	const current = textsIn(events);
	if (types === undefined && (!Array.isArray(events) || current.length < events.length)) {
		throw new UserError(
			`Avala does not say which event types ${endpoint.subject} has, so none can be added to them. Select all that it is to have under 'Event Types'.`,
		);
	}
	const kept = types === undefined ? current : current.filter((it) => chosen.optional.includes(it));
	return {
		required: [...new Set([...kept, ...chosen.required])],
		optional: chosen.optional.filter((type) => !kept.includes(type)),
	};
}
