import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { EVENT_CATALOGUE, expandEvents, readKnownEventTypes } from '../../shared/eventCatalogue';
import { booleanOf, textsIn } from '../../shared/values';
import { readWebhook } from '../../shared/webhook';
import type { Endpoint } from '../../transport/paths';
import { one, WEBHOOKS } from '../../transport/paths';
import { quoteAll } from '../../transport/quote';
import { avalaEntry, avalaObject, undefinedOnStatus } from '../../transport/request';
import { activeField, booleanField, describedAs, optional, propertyOf, textField } from '../fields';
import type { Filter } from '../filters';
import { partFilter } from '../filters';
import type { ItemRun, Operation, Resource } from '../operation';
import { itemsOf } from '../operation';
import { readParameters, thingProperties } from '../parameters';
import { deleteOperation, readOperations, updateOperation } from '../usualOperations';
import { create, EVENT_FIELDS, subscribed } from './create.operation';
import { webhookLocator, webhookToChange } from './locator';

const WEBHOOK = { collection: WEBHOOKS, id: { webhookId: webhookLocator } };
const TO_CHANGE = { collection: WEBHOOKS, id: { webhookId: webhookToChange } };

const isActive: Filter<boolean> = {
	...booleanField('Active', undefined, {
		default: true,
		description: 'Whether to list active webhooks, or inactive ones',
	}),
	passes: (webhook, wanted) => readWebhook(webhook)?.isActive === wanted,
};

const event: Filter<string[]> = {
	property: propertyOf('Event Type', 'options', {
		default: 'task.completed',
		description: 'Only webhooks that subscribe to this event type',
		options: [...EVENT_CATALOGUE],
	}),
	read: (value) => readKnownEventTypes('Event Type', value),
	passes: ({ events }, wanted) =>
		wanted.length === 0 || textsIn(events).some((type) => wanted.includes(type)),
};

const { get, getAll } = readOperations({
	...WEBHOOK,
	filters: {
		isActive,
		event,
		targetUrl: partFilter('Target URL', ['target_url'], {
			placeholder: 'e.g. n8n.example.com',
			description: 'Only webhooks whose target URL contains this text',
		}),
	},
	getDescription: 'Look up one webhook: its target URL, its event types and whether it is active',
	getAllDescription:
		'List the webhooks of the account, newest first, for example the inactive ones',
	tell: hintAtInactive,
});

const deleteWebhook = deleteOperation(
	TO_CHANGE,
	'Delete a webhook permanently, so that Avala sends nothing to it any more',
);

/** Avala deactivates a webhook that keeps failing, and tells nobody. */
function hintAtInactive(run: ItemRun, webhooks: IDataObject[]): void {
	const inactive = webhooks.filter((webhook) => readWebhook(webhook)?.isActive === false).length;
	if (inactive === 0) return;
	const count = inactive === 1 ? '1 webhook is' : `${inactive} webhooks are`;
	run.hint(
		`${count} inactive: Avala sends no events there. It deactivates a webhook that keeps failing. Check the target with Send Test, then activate it with Update.`,
	);
}

const test: Operation = {
	name: 'Send Test',
	value: 'test',
	action: 'Send test event to webhook',
	description:
		'Have Avala send a test event now and report the response; a failed test is not an error',
	properties: thingProperties(WEBHOOK),
	async execute(run) {
		const { webhookId } = await readParameters(run, WEBHOOK.id);
		const endpoint = one(WEBHOOKS, webhookId, 'test');
		const sent = await avalaObject(run.connection, { method: 'POST', endpoint });
		const said = quoteAll(sent, run.connection.secrets);
		// One of Avala's documents says `delivered` for `success`.
		const success = booleanOf(sent.success ?? sent.delivered) === true;
		return itemsOf([{ ...said, success }]);
	},
};

const UPDATE_FIELDS = {
	isActive: activeField('Whether Avala sends events to it'),
	customEvents: describedAs(
		EVENT_FIELDS.customEvents,
		"Further event types. With 'Event Types' they replace those of the webhook; alone they are added to them.",
	),
	events: describedAs(EVENT_FIELDS.events, 'Event types that replace the current ones'),
	targetUrl: optional(
		textField('Target URL', 'target_url', {
			placeholder: 'e.g. https://example.com/avala',
			description: 'Address that Avala sends the events to. It must be https.',
		}),
	),
};

const update = updateOperation(
	TO_CHANGE,
	UPDATE_FIELDS,
	'Change target URL or event types, activate or deactivate; the secret cannot be changed',
	async (run, endpoint, settings, { events, customEvents }) => {
		const send = async (changes: object) => {
			const body = { ...settings, ...changes };
			return await avalaEntry(run.connection, { method: 'PATCH', endpoint, body });
		};
		if (events === undefined && customEvents === undefined) return await send({});
		const types = expandEvents(events ?? (await presentTypes(run, endpoint)), customEvents);
		return await subscribed(run, types, async (accepted) => await send({ events: accepted }));
	},
);

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

export const webhook: Resource = {
	name: 'Webhook',
	value: 'webhook',
	description: 'A subscription: a URL that Avala sends events to',
	operations: [create, deleteWebhook, get, getAll, test, update],
	locators: [webhookLocator],
};
