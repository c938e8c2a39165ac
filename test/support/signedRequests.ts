import { createHmac, randomUUID } from 'node:crypto';

import type { ServedTrigger, TriggerSetup } from './contexts';
import { serveTrigger } from './contexts';

export const SECRET = 'a-secret-that-the-trigger-made';
export const REGISTERED = { webhookId: 'wh_1', webhookSecret: SECRET };
export const CREDENTIALS = {
	apiKey: 'key',
	baseUrl: 'https://api.example.com/api/v1',
	webhookSecret: '',
};

export const EVENT = {
	id: 'evt_abc123',
	type: 'task.completed',
	created_at: '2026-03-02T10:30:00Z',
	data: { uid: 'task_1', status: 'completed' },
};

export const sign = (body: string, secret = SECRET) =>
	createHmac('sha256', secret).update(body).digest('hex');

export type Setup = Partial<TriggerSetup> & { events?: unknown; options?: unknown };

/** The one that was served last. Each is closed behind its test. */
export let trigger: ServedTrigger;
const served: ServedTrigger[] = [];
afterEach(async () => {
	for (const one of served.splice(0)) await one.close();
	jest.restoreAllMocks();
});

/** Serves a trigger that nothing was remembered of before. */
export async function serve(setup: Setup = {}): Promise<ServedTrigger> {
	const { options = {}, events = ['task.completed'], ...rest } = setup;
	trigger = await serveTrigger({
		parameters: { events, options } as TriggerSetup['parameters'],
		staticData: REGISTERED,
		credentials: CREDENTIALS,
		webhookId: randomUUID(),
		...rest,
	});
	served.push(trigger);
	return trigger;
}

export async function send(body: string | Uint8Array, headers: Record<string, string> = {}) {
	const response = await fetch(trigger.url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body,
	});
	const { status, headers: received } = response;
	return { status, headers: received, json: (await response.json()) as { error?: string } };
}

/** Sends a text as it is and anything else as JSON, signed. */
export async function signed(
	value: unknown,
	headers: Record<string, string> = {},
	secret = SECRET,
) {
	const body = typeof value === 'string' ? value : JSON.stringify(value);
	return await send(body, { 'x-avala-signature': sign(body, secret), ...headers });
}
