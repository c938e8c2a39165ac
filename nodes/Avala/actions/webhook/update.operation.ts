import { UserError } from 'n8n-workflow';

import { expandEvents } from '../../shared/eventCatalogue';
import { subscribe } from '../../shared/webhook';
import { textsIn } from '../../shared/values';
import type { Endpoint } from '../../transport/paths';
import { WEBHOOKS } from '../../transport/paths';
import { avalaEntry, undefinedOnStatus } from '../../transport/request';
import { booleanField, optional, textField } from '../fields';
import { sentOf } from '../parameters';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { EVENT_FIELDS, hintAtRefused } from './events';
import { thingIn, thingProperties } from '../place';
import { readUpdateFields, updateFieldsProperty } from '../writeOperations';
import { webhookToChange } from './locator';

const WEBHOOK = { collection: WEBHOOKS, id: { webhookId: webhookToChange } };

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
	targetUrl: optional(
		textField('Target URL', 'target_url', {
			placeholder: 'e.g. https://example.com/avala',
			description: 'Address that Avala sends the events to. It must be https.',
		}),
	),
};

export const update: Operation = {
	option: {
		name: 'Update',
		value: 'update',
		action: 'Update webhook',
		description:
			'Change target URL or event types, activate or deactivate; the secret cannot be changed',
	},
	properties: [...thingProperties(WEBHOOK), updateFieldsProperty(UPDATE_FIELDS)],
	async execute(run) {
		const fields = await readUpdateFields(run, UPDATE_FIELDS);
		const endpoint = await thingIn(run, WEBHOOK);
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
