import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { EVENT_CATALOGUE, readKnownEventTypes } from '../../shared/eventCatalogue';
import { readBoolean } from '../../shared/values';
import { readWebhook } from '../../shared/webhook';
import { all, WEBHOOKS } from '../../transport/paths';
import { filterCollection, limit, returnAll } from '../fields';
import { hasPart, readPart } from '../filterWords';
import { getMany } from '../getMany';
import type { ItemRun, Operation } from '../operation';
import { itemsOf } from '../operation';
import { collectionOf, given, wantedCount } from '../parameters';
import { hintIfInactive } from './inactive';

const filters: INodeProperties = {
	...filterCollection,
	options: [
		{
			displayName: 'Active',
			name: 'isActive',
			type: 'boolean',
			default: true,
			description: 'Whether to list active webhooks, or inactive ones',
		},
		{
			displayName: 'Event Type',
			name: 'event',
			type: 'options',
			default: 'task.completed',
			description: 'Only webhooks that subscribe to this event type',
			options: [...EVENT_CATALOGUE],
		},
		{
			displayName: 'Target URL',
			name: 'targetUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. n8n.example.com',
			description: 'Only webhooks whose target URL contains this text',
		},
	],
};

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many webhooks',
		description: 'List the webhooks of the account, newest first, for example the inactive ones',
	},
	properties: [returnAll, limit, filters],
	async execute(run) {
		const wanted = readFilters(run);
		const webhooks = await getMany(run, all(WEBHOOKS), {
			wanted: wantedCount(run),
			filters: wanted,
			...(Object.values(wanted).some((value) => value !== undefined) && {
				matches: (entry: IDataObject) => matches(entry, wanted),
			}),
		});
		hintIfInactive(run, webhooks);
		return itemsOf(webhooks);
	},
};

interface WebhookFilters {
	isActive?: boolean;
	/** Empty for all. */
	events?: string[];
	targetUrl?: string;
}

function readFilters(run: ItemRun): WebhookFilters {
	const fields = collectionOf(run, 'filters', 'Filters', ['isActive', 'event', 'targetUrl']);
	return {
		isActive: given(fields, 'isActive', (value) => readBoolean('Active', value)),
		events: given(fields, 'event', (value) => readKnownEventTypes('Event Type', value)),
		targetUrl: given(fields, 'targetUrl', (value) => readPart('Target URL', value)),
	};
}

function matches(
	entry: IDataObject,
	{ isActive, events = [], targetUrl = '' }: WebhookFilters,
): boolean {
	const webhook = readWebhook(entry);
	return (
		webhook !== undefined &&
		(isActive === undefined || webhook.isActive === isActive) &&
		(events.length === 0 || events.some((event) => webhook.events.includes(event))) &&
		hasPart(webhook.targetUrl, targetUrl)
	);
}
