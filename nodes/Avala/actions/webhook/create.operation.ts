import { UserError } from 'n8n-workflow';

import { expandEvents } from '../../shared/eventCatalogue';
import { subscribe } from '../../shared/webhook';
import { notUnderstood } from '../../shared/values';
import { withSecret } from '../../transport/connection';
import { all, WEBHOOKS } from '../../transport/paths';
import { avalaEntry } from '../../transport/request';
import { allEventsNotice, withCustomEvents } from '../eventFields';
import type { Field } from '../fields';
import { booleanField, textField } from '../fields';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import {
	collectionProperty,
	parameterOf,
	propertiesOf,
	readCollection,
	readParameters,
	sentOf,
} from '../parameters';
import { EVENT_FIELDS, hintAtRefused } from './events';

const PARAMETERS = {
	targetUrl: textField('Target URL', 'target_url', {
		placeholder: 'e.g. https://example.com/avala',
		description: 'Address that Avala sends the events to. It must be https.',
		builderHint: {
			propertyHint:
				'The public https address of a receiver outside n8n. To start a workflow, use the Avala Trigger, which creates its own webhook.',
		},
	}),
};

const EVENTS = { events: EVENT_FIELDS.events };

const secret: Field<string> = {
	property: {
		displayName: 'Secret',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description:
			'Secret that Avala signs the events with. If you do not add one, Avala generates it and shows it only in the output of this operation.',
	},
	sentAs: 'secret',
	read: (value) => {
		const text = typeof value === 'string' ? value.trim() : '';
		if (text !== '') return text;
		// The value itself is not quoted.
		throw new UserError("'Secret' is empty or not text.", {
			description: 'Enter a secret, or remove the field to have Avala generate one.',
		});
	},
};

const ADDITIONAL_FIELDS = {
	isActive: booleanField('Active', 'is_active', {
		default: true,
		description: 'Whether Avala sends events to it from now on',
	}),
	customEvents: EVENT_FIELDS.customEvents,
	secret,
};

export const create: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create webhook',
		description: 'Have Avala send events to a URL. The Avala Trigger does this by itself.',
	},
	properties: [
		...propertiesOf(PARAMETERS, { required: true }),
		...propertiesOf(EVENTS, {
			default: ['task.completed'],
			required: true,
			displayOptions: { hide: withCustomEvents('additionalFields') },
		}),
		...propertiesOf(EVENTS, {
			default: ['task.completed'],
			displayOptions: { show: withCustomEvents('additionalFields') },
			description: "Optional when there are 'Custom Event Types'. What Avala sends to the webhook.",
		}),
		allEventsNotice,
		collectionProperty('additionalFields', 'Additional Fields', ADDITIONAL_FIELDS, {
			placeholder: 'Add field',
			description: 'Optional. Without them the webhook is active, and Avala generates its secret.',
		}),
	],
	async execute(run) {
		const added = await readCollection(
			run,
			'additionalFields',
			'Additional Fields',
			ADDITIONAL_FIELDS,
		);
		const { targetUrl } = await readParameters(run, PARAMETERS);
		const selected = await EVENTS.events.read(parameterOf(run, 'events', []), run);
		const { customEvents } = added;
		if (selected === undefined && customEvents === undefined) {
			throw notUnderstood('Event Types', 'at least one event type', '');
		}
		const settings = { target_url: targetUrl, ...sentOf(ADDITIONAL_FIELDS, added) };
		const connection = withSecret(run.connection, added.secret);
		const { response, refused } = await subscribe(
			expandEvents(selected ?? [], customEvents),
			async (events) => {
				const body = { ...settings, events };
				const endpoint = all(WEBHOOKS);
				const request = { method: 'POST', endpoint, body } as const;
				// Avala shows a secret that it generated in this response alone; who supplied one knows it.
				return await avalaEntry(connection, request, { keepsSecret: added.secret === undefined });
			},
		);
		hintAtRefused(run, refused);
		return itemsOf([response]);
	},
};
