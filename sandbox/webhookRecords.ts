import { randomBytes } from 'node:crypto';

import { MAIN_ACCOUNT } from './account';
import type { Resource } from './resources/resourceRecords';
import type { WireFormat } from './wireFormat';
import { newUid } from './wireFormat';

export interface StoredWebhook {
	uid: string;
	/** Only keys of this account see it. */
	account: string;
	targetUrl: string;
	events: string[];
	isActive: boolean;
	secret: string;
	createdAt: string;
	updatedAt: string;
}

export interface EmittedEvent {
	id: string;
	type: string;
	created_at: string;
	data: Resource;
}

export interface StoredDelivery {
	uid: string;
	account: string;
	webhookUid: string;
	/** Where it went, kept after the webhook is deleted. */
	targetUrl: string | null;
	event: EmittedEvent;
	/** In which format the body was, and each further attempt is, sent. */
	wireFormat: WireFormat;
	status: 'pending' | 'delivered' | 'failed';
	attempts: number;
	/** Unix time in milliseconds; null when no further attempt is due. */
	nextRetryAt: number | null;
	responseStatus: number | null;
	responseBody: string;
	errorMessage: string | null;
	createdAt: string;
	updatedAt: string;
}

/** How sending an event went. */
export interface Outcome {
	/** Of the target's response; null if there was none. */
	status: number | null;
	body: string;
	/** Null after a 2xx. */
	error: string | null;
}

/** A request to the API that got a response. */
export interface ApiRequest {
	method: string;
	/** With its query. */
	path: string;
	status: number;
}

/** A webhook with the given fields, and otherwise an active one for completed tasks. */
export function makeWebhook(given: Partial<StoredWebhook>, wireFormat: WireFormat): StoredWebhook {
	const now = new Date().toISOString();
	return {
		uid: newUid('wh', wireFormat),
		account: MAIN_ACCOUNT,
		targetUrl: 'https://example.com/hook',
		events: ['task.completed'],
		isActive: true,
		secret: newSecret(),
		createdAt: now,
		updatedAt: now,
		...given,
	};
}

export function newSecret(): string {
	return randomBytes(32).toString('hex');
}

/** A delivery with the given fields, and otherwise one that was delivered at the first attempt. */
export function makeDelivery(
	given: Partial<StoredDelivery>,
	wireFormat: WireFormat,
): StoredDelivery {
	const now = new Date().toISOString();
	const event = {
		id: `evt_${randomBytes(6).toString('hex')}`,
		type: 'task.completed',
		created_at: now,
		data: {},
	};
	return {
		uid: newUid('whd', wireFormat),
		account: MAIN_ACCOUNT,
		webhookUid: 'wh_gone',
		targetUrl: null,
		event,
		wireFormat,
		status: 'delivered',
		attempts: 1,
		nextRetryAt: null,
		responseStatus: 200,
		responseBody: '',
		errorMessage: null,
		createdAt: now,
		updatedAt: now,
		...given,
	};
}
