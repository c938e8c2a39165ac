import type { IDataObject } from 'n8n-workflow';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { hookContext } from '../../support/contexts';
import type { CredentialCounter } from '../../support/n8n';

const LIST = '/api/v1/webhooks/';
const MINUTE_MS = 60_000;

type Fault = Parameters<Sandbox['fault']>[0];

/** A sandbox has a base URL of its own, so no test finds what another has read. */
const sandboxes: Sandbox[] = [];
async function openAvala(options: SandboxOptions = {}): Promise<Sandbox> {
	const avala = await startSandbox({
		rateLimit: false,
		pingOnCreate: false,
		sampleData: false,
		...options,
	});
	sandboxes.push(avala);
	return avala;
}
afterEach(async () => {
	jest.restoreAllMocks();
	for (const avala of sandboxes.splice(0)) await avala.stop();
});

const { checkExists, create, delete: remove } = new AvalaTrigger().webhookMethods.default;

interface Trigger {
	avala: Sandbox;
	apiKey?: string;
	/** Tells triggers apart by their target URLs. */
	webhookBaseUrl: string;
	staticData: IDataObject;
}

const targetUrlOf = ({ webhookBaseUrl }: Trigger) => `${webhookBaseUrl}/1b2c/webhook`;

function contextOf(trigger: Trigger, activation: 'activate' | 'init', counter?: CredentialCounter) {
	const { avala, apiKey = avala.apiKey, webhookBaseUrl, staticData } = trigger;
	return hookContext({
		parameters: { events: ['task.completed'], options: {} },
		staticData,
		webhookBaseUrl,
		activation,
		counter,
		credentials: { apiKey, baseUrl: avala.baseUrl, webhookSecret: '' },
	});
}

/** Triggers of workflows that are published, oldest first; Avala has their webhooks. */
function publishedTriggers(avala: Sandbox, count: number, account?: string): Trigger[] {
	return Array.from({ length: count }, (_, index) => {
		const name = `${account ?? 'main'}/${index}`;
		const trigger: Trigger = {
			avala,
			webhookBaseUrl: `https://n8n.example.com/${name}`,
			staticData: {},
		};
		const { uid } = avala.addWebhook({
			targetUrl: targetUrlOf(trigger),
			events: ['task.completed'],
			...(account !== undefined && { account }),
		});
		trigger.staticData = { webhookId: uid, webhookSecret: 'a-secret' };
		return trigger;
	});
}

function addOthers(avala: Sandbox, count: number): void {
	for (let index = 0; index < count; index++)
		avala.addWebhook({ targetUrl: `https://example.com/other/${index}` });
}

/** What n8n does for an active workflow when it starts. @returns the warnings in n8n's log */
async function start(trigger: Trigger): Promise<string[]> {
	const context = contextOf(trigger, 'init');
	const warn = jest.spyOn(context.logger, 'warn').mockImplementation(() => undefined);
	warn.mockClear();
	if (!(await checkExists.call(context))) await create.call(context);
	return warn.mock.calls.map(([message]) => message);
}

/** n8n starts one workflow after the other. */
async function startAll(triggers: Iterable<Trigger>): Promise<string[]> {
	const warnings: string[] = [];
	for (const trigger of triggers) warnings.push(...(await start(trigger)));
	return warnings;
}

const requestsOf = (avala: Sandbox) =>
	avala.requests().map(({ method, path }) => `${method} ${path.split('?')[0]}`);
const pagesOf = (avala: Sandbox) =>
	requestsOf(avala).filter((request) => request === `GET ${LIST}`).length;
const byId = ({ staticData }: Trigger) => `GET ${LIST}${String(staticData.webhookId)}/`;
const uidsOf = (avala: Sandbox) => avala.webhooks().map(({ uid }) => uid);
/** The webhook is deactivated at Avala, without a request of ours. */
function deactivate({ avala, staticData }: Trigger): void {
	const webhook = avala.webhooks().find(({ uid }) => uid === staticData.webhookId);
	avala.addWebhook({ ...webhook, isActive: false });
}
const isActive = ({ avala, staticData }: Trigger) =>
	avala.webhooks().find(({ uid }) => uid === staticData.webhookId)?.isActive;

describe('a start of n8n', () => {
	it('checks 500 workflows, one after the other, with 6 requests', async () => {
		const avala = await openAvala({ rateLimit: { perMinute: 100, perSecond: 20 } });
		const triggers = publishedTriggers(avala, 500);
		const before = avala.webhooks();
		expect(await startAll(triggers)).toEqual([]);
		expect(avala.requests()).toHaveLength(6);
		expect(avala.webhooks()).toEqual(before);
	});

	it('checks 500 workflows with 6 requests when n8n starts them all at once', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 500);
		await Promise.all(triggers.map(start));
		expect(avala.requests()).toHaveLength(6);
	});

	it.each(['init', 'activate'] as const)(
		'has n8n store nothing anew for a webhook that is kept, and decrypt the credential once: %s',
		async (activation) => {
			const avala = await openAvala();
			for (const trigger of publishedTriggers(avala, 2)) {
				trigger.staticData.refusedEvents = ['quality.alert'];
				const counter = { decrypted: 0 };
				const context = contextOf(trigger, activation, counter);
				expect(await checkExists.call(context)).toBe(true);
				expect(context.workflow.staticData.__dataChanged).toBe(false);
				expect(counter.decrypted).toBe(1);
			}
		},
	);

	it('reads one webhook, not the list, for a single workflow in an account with 10,000', async () => {
		const avala = await openAvala();
		const [trigger] = publishedTriggers(avala, 1);
		addOthers(avala, 10_000);
		await startAll([trigger!]);
		expect(requestsOf(avala)).toEqual([byId(trigger!)]);
	});

	it('wastes at most 10 requests on the list of an account with 10,000 webhooks', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 40);
		addOthers(avala, 10_000);
		await startAll(triggers);
		expect(pagesOf(avala)).toBe(10);
		expect(avala.requests()).toHaveLength(40 + 10);
	});

	it.each(['one after the other', 'at once'])(
		'asks for 50 webhooks a minute that the list does not have, and leaves the others as they are: %s',
		async (order) => {
			const avala = await openAvala();
			const triggers = publishedTriggers(avala, 200);
			addOthers(avala, 1_000);
			const before = avala.webhooks();
			const warnings =
				order === 'at once'
					? (await Promise.all(triggers.map(start))).flat()
					: await startAll(triggers);
			expect(pagesOf(avala)).toBe(10);
			expect(avala.requests()).toHaveLength(10 + 50);
			expect(avala.webhooks()).toEqual(before);
			expect(warnings.at(-1)).toContain(
				`could not check webhook ${String(triggers.at(-1)?.staticData.webhookId)} at its start`,
			);
			expect(warnings.at(-1)).toMatch(/at most 50 webhooks.*Unpublish the workflow and publish it/);

			avala.clearRequests();
			const now = Date.now;
			jest.spyOn(Date, 'now').mockImplementation(() => now() + MINUTE_MS);
			expect(await start(triggers[199]!)).toEqual([]);
			expect(requestsOf(avala)).toEqual([byId(triggers[199]!)]);
		},
	);

	it('reads the list again after a minute', async () => {
		const avala = await openAvala();
		const [first, second, third] = publishedTriggers(avala, 3);
		await startAll([first!, second!]);
		deactivate(third!);
		await start(third!);
		expect(isActive(third!)).toBe(false);

		const now = Date.now;
		jest.spyOn(Date, 'now').mockImplementation(() => now() + MINUTE_MS);
		await start(third!);
		expect(isActive(third!)).toBe(true);
	});

	it('asks again for a webhook that a trigger has changed since the list was read', async () => {
		const avala = await openAvala();
		const [first, second, third] = publishedTriggers(avala, 3);
		await startAll([first!, second!]);
		await remove.call(contextOf({ ...third!, staticData: { ...third!.staticData } }, 'activate'));
		await start(third!);
		expect(avala.webhooks().map(({ targetUrl }) => targetUrl)).toContain(targetUrlOf(third!));
	});

	it('leaves the list to the start: a workflow that is published reads for itself', async () => {
		const avala = await openAvala();
		const [first, second, third] = publishedTriggers(avala, 3);
		await startAll([first!, second!]);
		deactivate(third!);
		await checkExists.call(contextOf(third!, 'activate'));
		expect(isActive(third!)).toBe(true);
	});

	it('corrects many webhooks without reading the list for each', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 50);
		triggers.forEach(deactivate);
		await startAll(triggers);
		expect(triggers.map(isActive)).not.toContain(false);
		expect(requestsOf(avala).filter((request) => !request.startsWith('PATCH'))).toEqual([
			byId(triggers[0]!),
			`GET ${LIST}`,
		]);
		expect(avala.requests()).toHaveLength(2 + 50);
	});
});

describe('the list that triggers share at a start', () => {
	it('is not shared between keys', async () => {
		const avala = await openAvala({ keys: [{ key: 'another-key', account: 'other' }] });
		const mine = publishedTriggers(avala, 3);
		const [theirs] = publishedTriggers(avala, 1, 'other');
		await startAll(mine);
		avala.clearRequests();
		await start({ ...theirs!, apiKey: 'another-key' });
		expect(requestsOf(avala)).toEqual([byId(theirs!)]);

		// This webhook is on the first account's list, but the other key does not know it.
		const copied: Trigger = { ...mine[2]!, apiKey: 'another-key' };
		await start(copied);
		expect(avala.webhooks().filter(({ targetUrl }) => targetUrl === targetUrlOf(copied))).toEqual([
			expect.objectContaining({ account: 'other' }),
			expect.objectContaining({ account: 'main' }),
		]);
	});

	it('is not shared between base URLs', async () => {
		const [avala, another] = [await openAvala(), await openAvala()];
		const triggers = publishedTriggers(avala, 3);
		await startAll(triggers);
		for (const trigger of triggers) {
			const webhook = avala.webhooks().find(({ uid }) => uid === trigger.staticData.webhookId);
			if (trigger !== triggers[2]) another.addWebhook({ ...webhook });
		}
		await startAll(triggers.map((trigger) => ({ ...trigger, avala: another })));
		// Only the first server's list had the third, so it is created on the other one.
		expect(another.webhooks().map(({ targetUrl }) => targetUrl)).toContain(
			targetUrlOf(triggers[2]!),
		);
	});

	it('that lacks a webhook does not mean that it is gone', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 3);
		const before = avala.webhooks();
		avala.fault({ method: 'GET', path: LIST, status: 200, body: { results: [], next: null } });
		expect(await startAll(triggers)).toEqual([]);
		expect(avala.webhooks()).toEqual(before);
		expect(requestsOf(avala)).toEqual([
			byId(triggers[0]!),
			`GET ${LIST}`,
			...triggers.slice(1).map(byId),
		]);
	});

	it('leads to a new webhook only where Avala says 404, and leaves the others', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 5);
		const before = uidsOf(avala);
		triggers[3]!.staticData.webhookId = 'wh_gone';
		await startAll(triggers);
		const added = avala.webhooks().filter(({ uid }) => !before.includes(uid));
		expect(added).toEqual([expect.objectContaining({ targetUrl: targetUrlOf(triggers[3]!) })]);
		expect(triggers[3]!.staticData.webhookId).toBe(added[0]?.uid);
	});
});

describe('while Avala is down or asks to wait', () => {
	it.each<[string, Fault]>([
		['cuts each connection', { reset: true }],
		['asks to wait', { status: 429, body: {}, headers: { 'retry-after': '30' } }],
		['knows the key no more', { status: 401, body: { detail: 'Invalid API key.' } }],
		['responds with something else', { status: 200, body: { ok: true } }],
	])(
		'n8n starts 500 workflows with few requests, and a warning that names each webhook: it %s',
		async (_, fault) => {
			const avala = await openAvala();
			const triggers = publishedTriggers(avala, 500);
			const before = {
				webhooks: avala.webhooks(),
				staticData: triggers.map(({ staticData }) => ({ ...staticData })),
			};
			const mend = avala.fault(fault);
			const warnings = await startAll(triggers);
			expect(avala.requests().length).toBeLessThanOrEqual(10);
			expect(warnings).toHaveLength(500);
			triggers.forEach(({ staticData }, index) => {
				expect(warnings[index]).toContain(`webhook ${String(staticData.webhookId)}`);
			});
			expect({
				webhooks: avala.webhooks(),
				staticData: triggers.map(({ staticData }) => staticData),
			}).toEqual(before);

			mend();
			deactivate(triggers[7]!);
			const now = Date.now;
			jest.spyOn(Date, 'now').mockImplementation(() => now() + MINUTE_MS);
			expect(await start(triggers[7]!)).toEqual([]);
			expect(isActive(triggers[7]!)).toBe(true);
		},
	);

	it.each<[string, Fault]>([
		['responds 500', { status: 500, body: { detail: 'out of order' } }],
		['no longer knows the page', { status: 404, body: { detail: 'Invalid page.' } }],
	])('n8n loses and doubles nothing when Avala %s in the middle of the list', async (_, fault) => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 250);
		const before = avala.webhooks();
		avala.fault({ method: 'GET', path: LIST, every: 2, ...fault });
		await startAll(triggers);
		expect(avala.webhooks()).toEqual(before);
	});

	it('a failure with one key or server does not keep the others from asking', async () => {
		const [down, up] = [await openAvala(), await openAvala()];
		const [unlucky] = publishedTriggers(down, 1);
		const [lucky] = publishedTriggers(up, 1);
		down.fault({ status: 401, body: {} });
		expect(await start(unlucky!)).toHaveLength(1);
		expect(await start(lucky!)).toEqual([]);
		expect(requestsOf(up)).toEqual([byId(lucky!)]);
	});
});
