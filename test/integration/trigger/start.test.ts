import type { IDataObject } from 'n8n-workflow';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { hookContext } from '../../support/contexts';
import type { CredentialCounter } from '../../support/n8n';

const LIST = '/api/v1/webhooks/';
const MINUTE_MS = 60_000;

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
	it.each<[string, (triggers: Trigger[]) => Trigger[], number]>([
		['the newest webhook first', (triggers) => triggers.reverse(), 6],
		['the oldest webhook first', (triggers) => triggers, 8],
	])('checks 500 workflows with at most 10 requests, %s', async (_, ordered, requests) => {
		const avala = await openAvala({ rateLimit: { perMinute: 100, perSecond: 20 } });
		const triggers = ordered(publishedTriggers(avala, 500));
		const before = avala.webhooks();
		expect(await startAll(triggers)).toEqual([]);
		expect(avala.requests()).toHaveLength(requests);
		expect(avala.webhooks()).toEqual(before);
	});

	it('checks 500 workflows with at most 10 requests when n8n starts them all at once', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 500);
		await Promise.all(triggers.map(start));
		expect(avala.requests().length).toBeLessThanOrEqual(10);
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

	it('believes nothing that was read before a trigger has changed a webhook', async () => {
		const avala = await openAvala();
		const [first, second, third, removed] = publishedTriggers(avala, 4);
		await startAll([first!, second!]);
		deactivate(third!);
		await remove.call(contextOf(removed!, 'activate'));
		await start(third!);
		expect(isActive(third!)).toBe(true);
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
		expect(avala.requests()).toHaveLength(50 * 2);

		triggers.filter((_, index) => index % 2 === 0).forEach(deactivate);
		avala.clearRequests();
		await startAll(triggers);
		expect(triggers.map(isActive)).not.toContain(false);
		expect(avala.requests().length).toBeLessThanOrEqual(50 + 25);
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

	it('that keeps failing costs 10 requests, and each webhook is checked', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 40);
		triggers.slice(-2).forEach(deactivate);
		avala.fault({ method: 'GET', path: LIST, status: 500, body: { detail: 'out of order' } });
		expect(await startAll(triggers)).toEqual([]);
		expect(triggers.map(isActive)).not.toContain(false);
		expect(requestsOf(avala).filter((request) => request.startsWith('GET'))).toHaveLength(40 + 10);
	});

	it('that fails slowly does not slow down the start of hundreds of workflows', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 300);
		triggers.slice(-2).forEach(deactivate);
		avala.fault({ method: 'GET', path: LIST, status: 503, body: { detail: 'overloaded' } });
		const startedAt = Date.now();
		expect(await startAll(triggers)).toEqual([]);
		expect(Date.now() - startedAt).toBeLessThan(15_000);
		expect(triggers.map(isActive)).not.toContain(false);
	}, 60_000);

	it('that never comes leaves time to ask for the webhook by its ID', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 20);
		deactivate(triggers[1]!);
		avala.fault({ method: 'GET', path: LIST, delayMs: 60_000 });
		const startedAt = Date.now();
		expect(await startAll(triggers)).toEqual([]);
		expect(Date.now() - startedAt).toBeLessThan(15_000);
		expect(triggers.map(isActive)).not.toContain(false);
	}, 60_000);

	it.each([
		['responds 500', { status: 500, body: { detail: 'out of order' } }],
		['no longer knows the page', { status: 404, body: { detail: 'Invalid page.' } }],
		['responds with something else', { status: 200, body: { ok: true } }],
	])('loses and doubles nothing when Avala %s in the middle of it', async (_, fault) => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 250);
		const before = avala.webhooks();
		await start(triggers[0]!);
		// The first page is read, the second fails.
		avala.fault({ method: 'GET', path: LIST, every: 2, times: 1, ...fault });
		expect(await startAll(triggers.slice(1))).toEqual([]);
		expect(avala.webhooks()).toEqual(before);
		expect(avala.requests().length).toBeLessThanOrEqual(10);
	});
});

describe('while Avala is down or asks to wait', () => {
	it('n8n starts 500 workflows in seconds, each with its webhook as it is and a warning that names it', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 500);
		const before = {
			webhooks: avala.webhooks(),
			staticData: triggers.map(({ staticData }) => ({ ...staticData })),
		};
		const mend = avala.fault({ reset: true });
		const startedAt = Date.now();
		const warnings = await startAll(triggers);
		const elapsedMs = Date.now() - startedAt;
		expect(elapsedMs).toBeLessThan(15_000);
		expect(warnings).toHaveLength(500);
		triggers.forEach(({ staticData }, index) => {
			expect(warnings[index]).toContain(String(staticData.webhookId));
		});
		expect({
			webhooks: avala.webhooks(),
			staticData: triggers.map(({ staticData }) => staticData),
		}).toEqual(before);

		mend();
		deactivate(triggers[7]!);
		const now = Date.now;
		jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000);
		expect(await start(triggers[7]!)).toEqual([]);
		expect(isActive(triggers[7]!)).toBe(true);
	}, 30_000);

	it('the next triggers ask nothing before the time that Avala gave is over', async () => {
		const avala = await openAvala();
		const triggers = publishedTriggers(avala, 500);
		const before = avala.webhooks();
		await start(triggers[0]!);
		avala.clearRequests();
		const mend = avala.fault({ status: 429, body: {}, headers: { 'retry-after': '30' } });
		const warnings = await startAll(triggers.slice(1));
		expect(avala.requests().length).toBeLessThanOrEqual(10);
		expect(warnings).toHaveLength(499);
		expect(warnings[7]).toMatch(new RegExp(String(triggers[8]?.staticData.webhookId)));
		expect(avala.webhooks()).toEqual(before);

		mend();
		deactivate(triggers[7]!);
		const now = Date.now;
		jest.spyOn(Date, 'now').mockImplementation(() => now() + 31_000);
		expect(await start(triggers[7]!)).toEqual([]);
		expect(isActive(triggers[7]!)).toBe(true);
	});

	it('the warning of a trigger that did not ask says so', async () => {
		const avala = await openAvala();
		const [first, second] = publishedTriggers(avala, 2);
		avala.fault({ status: 429, body: {}, headers: { 'retry-after': '30' } });
		const warnings = await startAll([first!, second!]);
		expect(warnings[0]).not.toMatch(/another workflow/);
		expect(warnings[1]).toMatch(/did not ask Avala.*another workflow.*rate limit/s);
	});

	it('a failure with one key or server does not keep the others from asking', async () => {
		const [down, up] = [await openAvala(), await openAvala()];
		const [unlucky] = publishedTriggers(down, 1);
		const [lucky] = publishedTriggers(up, 1);
		down.fault({ reset: true });
		expect(await start(unlucky!)).toHaveLength(1);
		expect(await start(lucky!)).toEqual([]);
		expect(requestsOf(up)).toEqual([byId(lucky!)]);
	});
});
