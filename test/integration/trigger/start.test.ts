import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { logged } from '../../support/contexts';
import {
	avala,
	checkExists,
	context,
	openAvala,
	publish,
	requests,
	unpublish,
} from '../../support/triggerHooks';

const LIST = '/api/v1/webhooks/';
const MINUTE_MS = 60_000;

type Fault = Parameters<Sandbox['fault']>[0];

interface Trigger {
	baseUrl?: string;
	apiKey?: string;
	/** Tells triggers apart by their target URLs. */
	webhookBaseUrl: string;
	staticData: IDataObject;
}

const targetUrlOf = ({ webhookBaseUrl }: Trigger) => `${webhookBaseUrl}/1b2c/webhook`;

/** Triggers of workflows that are published, oldest first; Avala has their webhooks. */
function publishedTriggers(count: number, account = 'main'): Trigger[] {
	return Array.from({ length: count }, (_, index) => {
		const webhookBaseUrl = `https://n8n.example.com/${account}/${index}`;
		const { uid } = avala.addWebhook({
			targetUrl: `${webhookBaseUrl}/1b2c/webhook`,
			events: ['task.completed'],
			account,
		});
		return { webhookBaseUrl, staticData: { webhookId: uid, webhookSecret: 'a-secret' } };
	});
}

function addOthers(count: number): void {
	for (let index = 0; index < count; index++)
		avala.addWebhook({ targetUrl: `https://example.com/other/${index}` });
}

/** What n8n does for an active workflow when it starts. */
const start = async (trigger: Trigger) => await publish({ ...trigger, activation: 'init' });

/** n8n starts one workflow after the other. */
async function startAll(triggers: Iterable<Trigger>): Promise<void> {
	for (const trigger of triggers) await start(trigger);
}

function minutePasses(): void {
	const now = Date.now;
	jest.spyOn(Date, 'now').mockImplementation(() => now() + MINUTE_MS);
}

const pages = () => requests().filter((request) => request === `GET ${LIST}`).length;
const byId = ({ staticData }: Trigger) => `GET ${LIST}${String(staticData.webhookId)}/`;
/** The webhook is deactivated at Avala, without a request of ours. */
function deactivate(trigger: Trigger): void {
	avala.addWebhook({ ...webhookOf(trigger), isActive: false });
}
const webhookOf = ({ staticData }: Trigger) =>
	avala.webhooks().find(({ uid }) => uid === staticData.webhookId);
const isActive = (trigger: Trigger) => webhookOf(trigger)?.isActive;

describe('a start of n8n', () => {
	it.each(['one after the other', 'at once'])(
		'checks 500 workflows with 6 requests: %s',
		async (order) => {
			const triggers = publishedTriggers(500);
			const before = avala.webhooks();
			const warnings = logged('warn');
			await (order === 'at once' ? Promise.all(triggers.map(start)) : startAll(triggers));
			expect(avala.requests()).toHaveLength(6);
			expect(avala.webhooks()).toEqual(before);
			expect(warnings()).toEqual([]);
		},
	);

	it.each(['init', 'activate'] as const)(
		'has n8n store nothing anew for a webhook that is kept, and decrypt the credential once: %s',
		async (activation) => {
			for (const trigger of publishedTriggers(2)) {
				trigger.staticData.refusedEvents = ['quality.alert'];
				const counter = { decrypted: 0 };
				const hook = context({ ...trigger, activation, counter });
				await checkExists.call(hook);
				expect(hook.workflow.staticData.__dataChanged).toBe(false);
				expect(counter.decrypted).toBe(1);
			}
		},
	);

	it('reads one webhook, not the list, for a single workflow in an account with 10,000', async () => {
		const [trigger] = publishedTriggers(1);
		addOthers(10_000);
		await startAll([trigger!]);
		expect(requests()).toEqual([byId(trigger!)]);
	});

	it.each(['one after the other', 'at once'])(
		'asks for 50 webhooks a minute that the list does not have, and leaves the others as they are: %s',
		async (order) => {
			const triggers = publishedTriggers(200);
			addOthers(2_000);
			const before = avala.webhooks();
			const warnings = logged('warn');
			await (order === 'at once' ? Promise.all(triggers.map(start)) : startAll(triggers));
			expect(pages()).toBe(10);
			expect(avala.requests()).toHaveLength(10 + 50);
			expect(avala.webhooks()).toEqual(before);
			expect(warnings()).toHaveLength(150);
			expect(warnings().at(-1)).toContain(
				`could not check webhook ${String(triggers.at(-1)?.staticData.webhookId)} at its start`,
			);
			expect(warnings().at(-1)).toMatch(
				/at most 50 webhooks.*Unpublish the workflow and publish it/,
			);

			avala.clearRequests();
			minutePasses();
			await start(triggers[199]!);
			expect(warnings()).toHaveLength(150);
			expect(requests()).toEqual([byId(triggers[199]!)]);
		},
	);

	it('reads the list again after a minute', async () => {
		const [first, second, third] = publishedTriggers(3);
		await startAll([first!, second!]);
		deactivate(third!);
		await start(third!);
		expect(isActive(third!)).toBe(false);

		minutePasses();
		await start(third!);
		expect(isActive(third!)).toBe(true);
	});

	it('asks again for a webhook that a trigger has changed since the list was read', async () => {
		const [first, second, third] = publishedTriggers(3);
		await startAll([first!, second!]);
		await unpublish({ ...third!, staticData: { ...third!.staticData } });
		await start(third!);
		expect(avala.webhooks().map(({ targetUrl }) => targetUrl)).toContain(targetUrlOf(third!));
	});

	it('leaves the list to the start: a workflow that is published reads for itself', async () => {
		const [first, second, third] = publishedTriggers(3);
		await startAll([first!, second!]);
		deactivate(third!);
		await publish(third!);
		expect(isActive(third!)).toBe(true);
	});

	it('corrects many webhooks without reading the list for each', async () => {
		const triggers = publishedTriggers(50);
		triggers.forEach(deactivate);
		await startAll(triggers);
		expect(triggers.map(isActive)).not.toContain(false);
		expect(requests().filter((request) => !request.startsWith('PATCH'))).toEqual([
			byId(triggers[0]!),
			`GET ${LIST}`,
		]);
		expect(avala.requests()).toHaveLength(2 + 50);
	});
});

describe('the list that triggers share at a start', () => {
	it('is not shared between keys', async () => {
		const mine = publishedTriggers(3);
		const [theirs] = publishedTriggers(1, 'other');
		await startAll(mine);
		avala.clearRequests();
		await start({ ...theirs!, apiKey: 'another-key' });
		expect(requests()).toEqual([byId(theirs!)]);

		// This webhook is on the first account's list, but the other key does not know it.
		const copied: Trigger = { ...mine[2]!, apiKey: 'another-key' };
		await start(copied);
		expect(avala.webhooks().filter(({ targetUrl }) => targetUrl === targetUrlOf(copied))).toEqual([
			expect.objectContaining({ account: 'other' }),
			expect.objectContaining({ account: 'main' }),
		]);
	});

	it('is not shared between base URLs', async () => {
		const another = await openAvala();
		const triggers = publishedTriggers(3);
		await startAll(triggers);
		for (const trigger of triggers.slice(0, 2)) another.addWebhook({ ...webhookOf(trigger) });
		const { baseUrl } = another;
		await startAll(triggers.map((trigger) => ({ ...trigger, baseUrl })));
		// Only the first server's list had the third, so it is created on the other one.
		expect(another.webhooks().map(({ targetUrl }) => targetUrl)).toContain(
			targetUrlOf(triggers[2]!),
		);
	});

	it('that lacks a webhook does not mean that it is gone', async () => {
		const triggers = publishedTriggers(3);
		const before = avala.webhooks();
		avala.fault({ method: 'GET', path: LIST, status: 200, body: { results: [], next: null } });
		await startAll(triggers);
		expect(avala.webhooks()).toEqual(before);
		expect(requests()).toEqual([byId(triggers[0]!), `GET ${LIST}`, ...triggers.slice(1).map(byId)]);
	});

	it('leads to a new webhook only where Avala says 404, and leaves the others', async () => {
		const triggers = publishedTriggers(5);
		const before = avala.webhooks().map(({ uid }) => uid);
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
			const triggers = publishedTriggers(500);
			const before = {
				webhooks: avala.webhooks(),
				staticData: triggers.map(({ staticData }) => ({ ...staticData })),
			};
			const mend = avala.fault(fault);
			const warnings = logged('warn');
			await startAll(triggers);
			expect(avala.requests().length).toBeLessThanOrEqual(10);
			expect(warnings()).toEqual(
				triggers.map(({ staticData: { webhookId } }) =>
					expect.stringContaining(`webhook ${String(webhookId)} `),
				),
			);
			expect({
				webhooks: avala.webhooks(),
				staticData: triggers.map(({ staticData }) => staticData),
			}).toEqual(before);

			mend();
			deactivate(triggers[7]!);
			minutePasses();
			await start(triggers[7]!);
			expect(isActive(triggers[7]!)).toBe(true);
		},
	);

	it.each<[string, Fault]>([
		['responds 500', { status: 500, body: { detail: 'out of order' } }],
		['no longer knows the page', { status: 404, body: { detail: 'Invalid page.' } }],
	])('n8n loses and doubles nothing when Avala %s in the middle of the list', async (_, fault) => {
		const triggers = publishedTriggers(250);
		const before = avala.webhooks();
		avala.fault({ method: 'GET', path: LIST, every: 2, ...fault });
		await startAll(triggers);
		expect(avala.webhooks()).toEqual(before);
	});
});
