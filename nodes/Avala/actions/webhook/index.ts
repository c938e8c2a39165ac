import type { Resource } from '../operation';
import { create } from './create.operation';
import { deleteWebhook } from './delete.operation';
import { get } from './get.operation';
import { getAll } from './getAll.operation';
import { searchWebhooks } from './locator';
import { test } from './test.operation';
import { update } from './update.operation';

export const webhook: Resource = {
	option: {
		name: 'Webhook',
		value: 'webhook',
		description: 'A subscription: a URL that Avala sends events to',
	},
	operations: [create, deleteWebhook, get, getAll, test, update],
	listSearch: { searchWebhooks },
};
