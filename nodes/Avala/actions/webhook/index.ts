import type { IDataObject } from 'n8n-workflow';

import { EVENT_CATALOGUE, readKnownEventTypes } from '../../shared/eventCatalogue';
import { textsIn } from '../../shared/values';
import { readWebhook } from '../../shared/webhook';
import { WEBHOOKS } from '../../transport/paths';
import { booleanField } from '../fields';
import type { Filter } from '../filters';
import { partFilter } from '../filters';
import type { ItemRun, Resource } from '../operation';
import { readOperations } from '../readOperations';
import { deleteOperation } from '../writeOperations';
import { create } from './create.operation';
import { searchWebhooks, webhookLocator, webhookToChange } from './locator';
import { test } from './test.operation';
import { update } from './update.operation';

const isActive: Filter<boolean> = {
	...booleanField('Active', undefined, {
		default: true,
		description: 'Whether to list active webhooks, or inactive ones',
	}),
	passes: (webhook, wanted) => readWebhook(webhook)?.isActive === wanted,
};

const event: Filter<string[]> = {
	property: {
		displayName: 'Event Type',
		type: 'options',
		default: 'task.completed',
		description: 'Only webhooks that subscribe to this event type',
		options: [...EVENT_CATALOGUE],
	},
	read: (value) => readKnownEventTypes('Event Type', value),
	passes: ({ events }, wanted) =>
		wanted.length === 0 || textsIn(events).some((type) => wanted.includes(type)),
};

const { get, getAll } = readOperations({
	collection: WEBHOOKS,
	id: { webhookId: webhookLocator },
	filters: {
		isActive,
		event,
		targetUrl: partFilter('Target URL', ['target_url'], {
			placeholder: 'e.g. n8n.example.com',
			description: 'Only webhooks whose target URL contains this text',
		}),
	},
	descriptions: {
		get: 'Look up one webhook: its target URL, its event types and whether it is active',
		getAll: 'List the webhooks of the account, newest first, for example the inactive ones',
	},
	tell: hintAtInactive,
});

const deleteWebhook = deleteOperation(
	{ collection: WEBHOOKS, id: { webhookId: webhookToChange } },
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

export const webhook: Resource = {
	option: {
		name: 'Webhook',
		value: 'webhook',
		description: 'A subscription: a URL that Avala sends events to',
	},
	operations: [create, deleteWebhook, get, getAll, test, update],
	listSearch: { searchWebhooks },
};
