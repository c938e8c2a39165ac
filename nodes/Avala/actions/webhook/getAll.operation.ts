import type { IDataObject } from 'n8n-workflow';

import { EVENT_CATALOGUE } from '../../shared/events';
import { limit, returnAll } from '../../shared/fields';
import { avalaList, WEBHOOKS_PATH } from '../../shared/transport';
import { listOf, textOf } from '../../shared/types';
import type { Operation } from '../operation';
import { collectionOf, wantedCount } from '../parameters';

export const getAll: Operation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		action: 'Get many webhooks',
		description:
			'List the webhooks of the account, newest first, for example those that are switched off',
	},
	properties: [
		returnAll,
		limit,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Active',
					name: 'isActive',
					type: 'boolean',
					default: true,
					description:
						'Whether to list the webhooks that are active, or those that are switched off',
				},
				{
					displayName: 'Event',
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
		},
	],
	async execute(run) {
		const wanted = wantedCount(run);
		const filters = collectionOf(run, 'filters');
		const isFiltered = Object.keys(filters).length > 0;
		return await run.walks.get(JSON.stringify(['webhooks', wanted, filters]), async () => {
			const found: IDataObject[] = [];
			const pageSize = isFiltered ? undefined : wanted;
			for await (const webhook of avalaList(run.context, WEBHOOKS_PATH, { pageSize })) {
				if (matches(webhook, filters)) found.push(webhook);
				if (found.length >= wanted) break;
			}
			return found;
		});
	},
};

function matches(webhook: IDataObject, { event, isActive, targetUrl }: IDataObject): boolean {
	const wantedEvents = listOf(event);
	const events = listOf(webhook.events);
	const wantedUrl = textOf(targetUrl)?.trim().toLowerCase() ?? '';
	return (
		(wantedEvents.length === 0 || wantedEvents.some((wanted) => events.includes(wanted))) &&
		(typeof isActive !== 'boolean' || webhook.is_active === isActive) &&
		(textOf(webhook.target_url) ?? '').toLowerCase().includes(wantedUrl)
	);
}
