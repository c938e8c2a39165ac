import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { expandEvents, readEventTypes } from '../../shared/eventCatalogue';
import { subscribe } from '../../shared/subscription';
import { idOf, isBlank, messageOf, readBoolean, readText, textOf } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import { withSecret } from '../../transport/connection';
import { avalaEntry } from '../../transport/entry';
import { all, one, WEBHOOKS } from '../../transport/paths';
import { avalaRequest, unlessRefused } from '../../transport/request';
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
		let created: IDataObject | undefined;
		const subscribing = subscribe(wanted, async (events) => {
			if (created === undefined) {
				const body = { ...settings, events };
				created = await avalaEntry(connection, { method: 'POST', endpoint: all(WEBHOOKS), body });
				return created;
			}
			const endpoint = one(WEBHOOKS, idOf(created.uid) ?? '');
			const body = { events };
			// Only the first response shows the secret that Avala generated.
			const { secret: generated } = created;
			const extended = await avalaEntry(withSecret(connection, textOf(generated)), {
				method: 'PATCH',
				endpoint,
				body,
			});
			return { ...extended, ...(generated !== undefined && { secret: generated }) };
		});
		const { response, refused } = await subscribing.catch(async (error: unknown) => {
			if (created !== undefined) await takeBack(connection, created, error);
			throw error;
		});
		hintAtRefused(run, refused);
		// Whoever supplied the secret knows it, so it need not stand in the execution's data.
		if (secret !== undefined) delete response.secret;
		return itemsOf([response]);
	},
};

/**
 * Deletes a webhook that could not get all its event types: nobody would ever learn its secret.
 *
 * @throws UserError with both causes when it cannot be deleted
 */
async function takeBack(connection: Connection, { uid, secret }: IDataObject, cause: unknown) {
	const endpoint = one(WEBHOOKS, idOf(uid) ?? '');
	const deleting = avalaRequest(withSecret(connection, textOf(secret)), {
		method: 'DELETE',
		endpoint,
	});
	await unlessRefused([404], deleting).catch((error: unknown) => {
		throw new UserError(
			`${messageOf(cause)} By then Avala had created ${endpoint.subject} with some of the event types, and it could not be deleted: ${messageOf(error)} Delete it before you try again.`,
		);
	});
}

/** @throws UserError that does not quote the value */
function readSecret(value: unknown): string {
	const secret = typeof value === 'string' ? value.trim() : '';
	if (secret !== '') return secret;
	throw new UserError(
		"'Secret' is empty or not text. Enter a secret, or remove the field to have Avala generate one.",
	);
}
