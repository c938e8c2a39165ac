import type { HookContext } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { AvalaTrigger } from '../../nodes/Avala/AvalaTrigger.node';
import type { Sandbox } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import type { HookSetup } from './contexts';
import { hookContext } from './contexts';

/** Of the trigger in `context`. */
export const WEBHOOK_URL = 'https://n8n.example.com/webhook/1b2c/webhook';

/** A sandbox for each test that imports this file: what one test has read or created, no other finds. */
export let avala: Sandbox;
const sandboxes: Sandbox[] = [];
beforeEach(async () => {
	avala = await openAvala();
});
afterEach(async () => {
	jest.restoreAllMocks();
	for (const sandbox of sandboxes.splice(0)) await sandbox.stop();
});

/** A sandbox more, with a base URL of its own, which is stopped behind the test. */
export async function openAvala(): Promise<Sandbox> {
	const keys = [{ key: 'another-key', account: 'other' }];
	const options = { rateLimit: false, pingOnCreate: false, sampleData: false, keys } as const;
	const sandbox = await startSandbox(options);
	sandboxes.push(sandbox);
	return sandbox;
}

export interface Setup extends Partial<Omit<HookSetup, 'parameters' | 'credentials'>> {
	events?: string[];
	options?: INodeParameters;
	apiKey?: string;
	baseUrl?: string;
	webhookSecret?: string;
}

export const credentialsOf = ({ apiKey, baseUrl, webhookSecret = '' }: Setup) => ({
	apiKey: apiKey ?? avala.apiKey,
	baseUrl: baseUrl ?? avala.baseUrl,
	webhookSecret,
});

export const context = (setup: Setup = {}): HookContext =>
	hookContext({
		staticData: {},
		...setup,
		parameters: { events: setup.events ?? ['task.completed'], options: setup.options ?? {} },
		credentials: credentialsOf(setup),
	});

export const { checkExists, create, delete: remove } = new AvalaTrigger().webhookMethods.default;

/** What n8n does when a workflow is published: it calls `create` only where `checkExists` says false. */
export async function publish(setup: Setup = {}): Promise<void> {
	const hook = context(setup);
	if (!(await checkExists.call(hook))) await create.call(hook);
}

export const unpublish = async (setup: Setup = {}) => await remove.call(context(setup));

/** The webhooks at Avala with the trigger's URL. */
export const ours = () => avala.webhooks().filter(({ targetUrl }) => targetUrl === WEBHOOK_URL);

/** What Avala was asked for, without queries. */
export const requests = () =>
	avala.requests().map(({ method, path }) => `${method} ${path.split('?')[0]}`);

/** Someone deletes the webhook at Avala. */
export async function deleteAtAvala({ webhookId }: IDataObject): Promise<void> {
	const headers = { 'x-avala-api-key': avala.apiKey };
	await fetch(`${avala.baseUrl}/webhooks/${String(webhookId)}/`, { method: 'DELETE', headers });
}
