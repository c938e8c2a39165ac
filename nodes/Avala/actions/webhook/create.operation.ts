import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { expandEvents, readEventTypes } from '../../shared/eventCatalogue';
import { notUnderstood } from '../../shared/values';
import { subscribe } from '../../shared/webhook';
import { withSecret } from '../../transport/connection';
import { WEBHOOKS } from '../../transport/paths';
import { avalaEntry } from '../../transport/request';
import { allEventsNotice, customEvents, eventsProperties, webhookEvents } from '../eventFields';
import type { Field, FieldProperty } from '../fields';
import { activeField, optional, textField } from '../fields';
import type { ItemRun } from '../operation';
import { parameterOf } from '../parameters';
import { createOperation } from '../usualOperations';

/** The event types of a webhook, and further ones beside them; a field that was added and left empty adds nothing. */
export const EVENT_FIELDS = {
	customEvents: eventsField(customEvents),
	events: eventsField(webhookEvents),
};

function eventsField(property: FieldProperty): Field<string[]> {
	return optional({ property, read: (value) => readEventTypes(property.displayName, value) });
}

const secret: Field<string> = {
	...textField('Secret', 'secret', {
		typeOptions: { password: true },
		description:
			'Secret that Avala signs the events with. If you do not add one, Avala generates it and shows it only in the output of this operation.',
	}),
	read: (value) => {
		const text = typeof value === 'string' ? value.trim() : '';
		if (text !== '') return text;
		// The value itself is not quoted.
		throw new UserError("'Secret' is empty or not text.", {
			description: 'Enter a secret, or remove the field to have Avala generate one.',
		});
	},
};

export const create = createOperation({
	collection: WEBHOOKS,
	fields: {
		targetUrl: textField('Target URL', 'target_url', {
			placeholder: 'e.g. https://example.com/avala',
			description: 'Address that Avala sends the events to. It must be https.',
			hint: 'The public https address of a receiver outside n8n. To start a workflow, use the Avala Trigger, which creates its own webhook.',
		}),
	},
	further: [
		...eventsProperties(
			{ ...webhookEvents, default: ['task.completed'] },
			'additionalFields',
			'What Avala sends to the webhook.',
		),
		allEventsNotice,
	],
	additionalFields: {
		isActive: activeField('Whether Avala sends events to it from now on'),
		customEvents: EVENT_FIELDS.customEvents,
		secret,
	},
	description: 'Have Avala send events to a URL. The Avala Trigger does this by itself.',
	fieldsDescription:
		'Optional. Without them the webhook is active, and Avala generates its secret.',
	send: async (run, endpoint, settings, added) => {
		const selected = await EVENT_FIELDS.events.read(parameterOf(run, 'events', []), run);
		if (selected === undefined && added.customEvents === undefined) {
			throw notUnderstood('Event Types', 'at least one event type', '');
		}
		const connection = withSecret(run.connection, added.secret);
		// Avala shows a secret that it generated in this response alone; who supplied one knows it.
		const keepsSecret = added.secret === undefined;
		const types = expandEvents(selected ?? [], added.customEvents);
		return await subscribed(run, types, async (events) => {
			const body = { ...settings, events };
			return await avalaEntry(connection, { method: 'POST', endpoint, body }, { keepsSecret });
		});
	},
});

/** The webhook as `send` gives it. Servers know different event types, so `*` stands for those that this one accepts. */
export async function subscribed(
	run: ItemRun,
	types: Parameters<typeof subscribe>[0],
	send: (events: string[]) => Promise<IDataObject>,
): Promise<IDataObject> {
	const { response, refused } = await subscribe(types, send);
	if (refused.length > 0) {
		run.hint(
			`This Avala server does not know the event types ${refused.join(', ')}, so the webhook was created or updated without them.`,
		);
	}
	return response;
}
