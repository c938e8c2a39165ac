import { UserError } from 'n8n-workflow';

import { expandEvents } from '../../shared/eventCatalogue';
import { subscribe } from '../../shared/subscription';
import { isBlank, readText, textsIn } from '../../shared/values';
import type { Endpoint } from '../../transport/paths';
import { avalaEntry, undefinedOnStatus } from '../../transport/request';
import type { Field } from '../fields';
import { booleanField, textField } from '../fields';
import { collectionProperty, propertiesOf, readCollection, sentOf } from '../parameters';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { EVENT_FIELDS, hintAtRefused } from './events';
import { webhookLocator, webhookToChange } from './locator';

const targetUrl: Field<string> = {
	...textField('Target URL', 'target_url', {
		placeholder: 'e.g. https://example.com/avala',
		description: 'Address that Avala sends the events to. It must be https.',
	}),
	// A field that was added and left empty changes nothing.
	read: (value) => (isBlank(value) ? undefined : readText('Target URL', value)),
};

const UPDATE_FIELDS = {
	isActive: booleanField('Active', 'is_active', {
		default: true,
		description: 'Whether Avala sends events to it',
	}),
	customEvents: {
		...EVENT_FIELDS.customEvents,
		property: {
			...EVENT_FIELDS.customEvents.property,
			description:
				"Further event types. With 'Event Types' they replace those of the webhook; alone they are added to them.",
		},
	},
	events: {
		...EVENT_FIELDS.events,
		property: {
			...EVENT_FIELDS.events.property,
			description: 'Event types that replace the current ones',
		},
	},
	targetUrl,
};

export const update: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update webhook',
		description:
			'Change target URL or event types, activate or deactivate; the secret cannot be changed',
	},
	properties: [
		...propertiesOf({ webhookId: webhookLocator }, { required: true }),
		collectionProperty('updateFields', 'Update Fields', UPDATE_FIELDS, {
			placeholder: 'Add field',
			description: 'What to change: at least one field. What is not added stays as it is.',
		}),
	],
	async execute(run) {
		const fields = await readCollection(run, 'updateFields', 'Update Fields', UPDATE_FIELDS);
		if (Object.keys(fields).length === 0) {
			throw new UserError('There is nothing to update.', {
				description: "Fill in at least one field under 'Update Fields'.",
			});
		}
		const endpoint = await webhookToChange(run);
		const settings = sentOf(UPDATE_FIELDS, fields);
		const send = async (changes: object) =>
			await avalaEntry(run.connection, {
				method: 'PATCH',
				endpoint,
				body: { ...settings, ...changes },
			});
		const { events, customEvents } = fields;
		if (events === undefined && customEvents === undefined) return itemsOf([await send({})]);
		const base = events ?? (await presentTypes(run, endpoint));
		const { response, refused } = await subscribe(
			expandEvents(base, customEvents),
			async (types) => await send({ events: types }),
		);
		hintAtRefused(run, refused);
		return itemsOf([response]);
	},
};

/** @throws UserError when Avala does not say which event types the webhook has, or not to this key */
async function presentTypes(run: ItemRun, endpoint: Endpoint): Promise<string[]> {
	const reading = avalaEntry(run.connection, { method: 'GET', endpoint });
	const webhook = await undefinedOnStatus([403], reading);
	const types = textsIn(webhook?.events);
	if (Array.isArray(webhook?.events) && types.length === webhook.events.length) return types;
	throw new UserError(`Avala does not say which event types ${endpoint.subject} has.`, {
		description: "So none can be added to them. Select all that it is to have under 'Event Types'.",
	});
}
