import type { IDataObject } from 'n8n-workflow';

import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import { NEWEST_EVENTS } from '../../../sandbox/eventTypes';
import { logged } from '../../support/contexts';
import { EVENT, serve, signed } from '../../support/signedRequests';
import type { Setup } from '../../support/triggerHooks';
import {
	avala,
	checkExists,
	context,
	create,
	credentialsOf,
	deleteAtAvala,
	ours,
	publish,
	remove,
	requests,
	unpublish,
	WEBHOOK_URL,
} from '../../support/triggerHooks';

/** What the trigger responds to an event that Avala signs for its webhook. */
async function deliver(secret: string, staticData: IDataObject, setup: Setup = {}) {
	const { started } = await serve({
		staticData,
		credentials: credentialsOf(setup),
		webhookId: '1b2c',
	});
	const { status } = await signed(EVENT, {}, secret);
	return { status, started: started.length };
}

/** Publishes where Avala says of its new webhook that it has this secret. */
async function publishShown(secret: string, setup: Setup): Promise<void> {
	const body = { uid: 'wh_own', target_url: WEBHOOK_URL, events: ['task.completed'], secret };
	avala.fault({ method: 'POST', status: 201, body });
	await publish(setup);
}

/** The secret that the trigger derives. */
async function derivedSecret(): Promise<string> {
	const staticData: IDataObject = {};
	await publish({ staticData });
	return String(staticData.webhookSecret);
}

const STARTED = { status: 200, started: 1 };
/** As a server generates one. */
const GENERATED = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const secretAtAvala = () => ours()[0]?.secret ?? '';

describe('an event is accepted', () => {
	it('when n8n was killed before it stored anything, and while create still runs', async () => {
		await publish({ staticData: {} });
		expect(await deliver(secretAtAvala(), {})).toEqual(STARTED);
	});

	it('after the API key was changed, as long as the stored secret is there', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		expect(await deliver(secretAtAvala(), staticData, { apiKey: 'another-key' })).toEqual(STARTED);
	});

	it.each([GENERATED, ` ${GENERATED}\n`])(
		'when Avala has generated a secret of its own: %j',
		async (secret) => {
			const staticData: IDataObject = {};
			await publishShown(secret, { staticData });
			expect(await deliver(GENERATED, staticData)).toEqual(STARTED);
		},
	);

	it('when Avala puts a prefix before the derived secret and signs with both', async () => {
		const secret = `whsec_${await derivedSecret()}`;
		const staticData: IDataObject = {};
		await publishShown(secret, { staticData });
		expect(await deliver(secret, staticData)).toEqual(STARTED);
	});

	it('when Avala has generated a secret although the credential has one, also after it is published again', async () => {
		const setup = { staticData: {}, webhookSecret: 'from-the-credential' };
		await publishShown(GENERATED, setup);
		expect(await deliver(GENERATED, setup.staticData, setup)).toEqual(STARTED);

		const webhook = { uid: 'wh_own', target_url: WEBHOOK_URL, events: ['task.completed'] };
		avala.fault({ path: '/api/v1/webhooks/wh_own/', status: 200, body: webhook });
		await publish(setup);
		expect(await deliver(GENERATED, setup.staticData, setup)).toEqual(STARTED);
	});

	it('when Avala shows no more of the secret than its beginning', async () => {
		const secret = await derivedSecret();
		const staticData: IDataObject = {};
		await publishShown(secret.slice(0, 24), { staticData });
		expect(staticData.webhookSecret).toBe(secret);
	});

	it.each(['********', 'not-shown'])('when Avala shows the secret masked: %s', async (secret) => {
		const staticData: IDataObject = {};
		await publishShown(secret, { staticData });
		expect(staticData.webhookSecret).toMatch(/^[0-9a-f]{64}$/);
	});

	it('with the credential’s secret, which static data does not hold although Avala echoes it', async () => {
		const staticData: IDataObject = {};
		const webhookSecret = ' from-the-credential\n';
		await publish({ staticData, webhookSecret });
		expect(secretAtAvala()).toBe('from-the-credential');
		expect(JSON.stringify(staticData)).not.toContain('from-the-credential');
		expect(await deliver('from-the-credential', staticData, { webhookSecret })).toEqual(STARTED);
	});

	it('with the credential’s secret, which static data does not hold although Avala shows it with a prefix', async () => {
		const staticData: IDataObject = {};
		const webhookSecret = 'from-the-credential-7';
		await publishShown(`whsec_${webhookSecret}`, { staticData, webhookSecret });
		expect(JSON.stringify(staticData)).not.toContain(webhookSecret);
		expect(await deliver(webhookSecret, staticData, { webhookSecret })).toEqual(STARTED);
	});
});

describe('when n8n starts', () => {
	it('in another main process, which takes over, an outage of Avala leaves the webhook as well', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		const before = { ...staticData };
		avala.fault({ status: 400, body: { detail: 'out of order' } });
		await publish({ staticData, activation: 'leadershipChange' });
		expect(staticData).toEqual(before);
		expect(ours()).toHaveLength(1);
	});

	it('keeps the webhook although n8n has brought back the ID of an earlier one', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		const earlier = { ...staticData };
		await unpublish({ staticData });
		await publish({ staticData });
		const before = avala.webhooks();
		const steps = logged('debug');
		await publish({ staticData: earlier, activation: 'init' });
		expect(avala.webhooks()).toEqual(before);
		expect(earlier).toEqual(staticData);
		expect(steps()).toEqual([
			`Avala Trigger: kept webhook ${String(staticData.webhookId)}, which n8n did not know.`,
		]);
	});

	it('deletes all webhooks with its target URL when there are several, or each event would come twice', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		const earlier = { ...staticData, webhookId: 'wh_earlier' };
		await publish({ staticData: earlier, activation: 'init' });
		expect(ours()).toEqual([expect.objectContaining({ uid: earlier.webhookId })]);
		expect(earlier.webhookId).not.toBe(staticData.webhookId);
	});

	it('creates the webhook anew when the one that is there may have another secret of the credential', async () => {
		const webhookSecret = 'from-the-credential';
		const staticData: IDataObject = {};
		await publish({ staticData, webhookSecret });
		await deleteAtAvala(staticData);
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		await publish({ staticData, webhookSecret, activation: 'init' });
		expect(ours()).toHaveLength(1);
		expect(ours()[0]?.uid).not.toBe(uid);
		expect(await deliver(webhookSecret, staticData, { webhookSecret })).toEqual(STARTED);
	});

	it('creates the webhook anew when the earlier ID is back and Avala signs with a secret of its own', async () => {
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		const staticData = { webhookId: 'wh_earlier', webhookSecret: GENERATED };
		await publish({ staticData, activation: 'init' });
		expect(ours()).toHaveLength(1);
		expect(staticData.webhookId).not.toBe(uid);
		expect(await deliver(secretAtAvala(), staticData)).toEqual(STARTED);
	});

	const UUID = '4b4f7a52-7ad0-4be4-a38c-4a2a0f0a3f39';
	it.each<[string, string, string[]]>([
		['in capitals', UUID.toUpperCase(), []],
		['without hyphens', UUID.replaceAll('-', ''), []],
		['of another webhook', 'wh_other', [`contains no webhook ${UUID}`]],
	])('leaves the webhook as it is when Avala’s response has an ID %s', async (_, uid, expected) => {
		const events = ['task.completed'];
		avala.addWebhook({ uid: UUID, targetUrl: WEBHOOK_URL, events });
		const staticData = { webhookId: UUID, webhookSecret: 'x' };
		const before = avala.webhooks();
		const warnings = logged('warn');
		const body = { uid, target_url: WEBHOOK_URL, events };
		avala.fault({ method: 'GET', path: `/api/v1/webhooks/${UUID}/`, status: 200, body });
		await publish({ staticData, activation: 'init' });
		expect(avala.webhooks()).toEqual(before);
		expect(staticData.webhookId).toBe(UUID);
		expect(warnings()).toEqual(expected.map((text) => expect.stringContaining(text)));
	});
});

it('each step of the registration can be followed in n8n’s log at debug level', async () => {
	const staticData: IDataObject = {};
	const steps = logged('debug');
	await publish({ staticData });
	const webhook = `webhook ${String(staticData.webhookId)}`;
	await publish({ staticData, activation: 'init' });
	await publish({ staticData, events: ['export.completed'] });
	await unpublish({ staticData });
	expect(steps()).toEqual([
		`Avala Trigger: created ${webhook}.`,
		`Avala Trigger: kept ${webhook}.`,
		`Avala Trigger: corrected ${webhook}.`,
		`Avala Trigger: kept ${webhook}.`,
		`Avala Trigger: deleted ${webhook}.`,
	]);
});

describe('All on a server that knows fewer types', () => {
	const ALL = EVENT_CATALOGUE.map(({ value }) => value);
	const OF_THE_GUIDE = ALL.filter((type) => !/^(?:result|quality)\./.test(type));
	const events = ['*'];

	const NAMING = 'and naming the others';
	const SILENT = 'and saying no more';
	it.each<[string, string, readonly string[], number]>([
		['the newest page’s ten', SILENT, NEWEST_EVENTS, 3],
		['all but one', NAMING, ALL.filter((type) => type !== 'task.deleted'), 2],
	])(
		'subscribes by one creation to those that it accepts: %s, %s',
		async (_, words, types, attempts) => {
			avala.configure({ knownEvents: types, namesUnknownEvents: words === NAMING });
			const staticData: IDataObject = {};
			const warnings = logged('warn');
			await publish({ events, staticData });
			expect(ours().map((webhook) => webhook.events.toSorted())).toEqual([types.toSorted()]);
			const creations = Array.from({ length: attempts }, () => 'POST /api/v1/webhooks/');
			expect(requests().slice(1)).toEqual(creations);
			const refused = ALL.filter((type) => !types.includes(type));
			expect(warnings()).toEqual([expect.stringContaining(` ${refused.join(', ')}, which`)]);

			avala.clearRequests();
			await publish({ events, staticData, activation: 'init' });
			expect(requests()).toHaveLength(1);
		},
	);

	it('gives them to the webhook that it has, which keeps its types while Avala refuses others', async () => {
		avala.configure({ knownEvents: NEWEST_EVENTS, namesUnknownEvents: false });
		const { uid } = avala.addWebhook({ targetUrl: WEBHOOK_URL, events: ['task.completed'] });
		avala.fault({ method: 'PATCH', every: 2, times: 1, status: 503 });
		const staticData: IDataObject = { webhookId: uid, webhookSecret: 'x' };
		await expect(publish({ events, staticData })).rejects.toThrow('503');
		expect(ours()).toEqual([expect.objectContaining({ uid, events: ['task.completed'] })]);

		await publish({ events, staticData });
		expect(ours()).toEqual([expect.objectContaining({ uid })]);
		expect(ours()[0]?.events.toSorted()).toEqual(NEWEST_EVENTS.toSorted());
	});

	it('leaves out those that the server drops without a refusal, says so once, and reads it with one request at the next start', async () => {
		const webhook = { uid: 'wh_1', target_url: WEBHOOK_URL, events: OF_THE_GUIDE, is_active: true };
		avala.fault({ method: 'POST', status: 201, body: webhook });
		avala.fault({ method: 'PATCH', status: 200, body: { ...webhook } });
		avala.fault({ method: 'GET', path: '/api/v1/webhooks/wh_1/', status: 200, body: webhook });
		const staticData: IDataObject = {};
		const warnings = logged('warn');
		await publish({ events, staticData });
		expect(warnings()).toEqual([expect.stringContaining('result.accepted')]);

		avala.clearRequests();
		await publish({ events, staticData, activation: 'init' });
		expect(requests()).toHaveLength(1);
		webhook.is_active = false;
		await publish({ events, staticData });
		expect(requests()).toContain('PATCH /api/v1/webhooks/wh_1/');
		expect(warnings()).toHaveLength(1);
	});

	it('fails when the server drops a type that the user selected, and names it', async () => {
		const webhook = { uid: 'wh_1', events: ['task.completed'], is_active: true };
		avala.fault({ method: 'POST', status: 201, body: webhook });
		const selected = ['task.completed', 'result.accepted', 'quality.alert'];
		const staticData: IDataObject = {};
		await expect(publish({ events: selected, staticData })).rejects.toThrow(
			/without some event types.*does not seem to know result\.accepted, quality\.alert\./,
		);
		expect(staticData).toEqual({});
	});

	it('fails when the server keeps the webhook inactive, and says which address to check', async () => {
		const webhook = { uid: 'wh_1', events: ['task.completed'], is_active: false };
		avala.fault({ method: 'POST', status: 201, body: webhook });
		const staticData: IDataObject = {};
		await expect(publish({ staticData })).rejects.toThrow(
			`left webhook wh_1 inactive. It may not reach ${WEBHOOK_URL}`,
		);
		expect(staticData).toEqual({});
	});

	it('never drops a type that the user selected or entered', async () => {
		avala.configure({ knownEvents: OF_THE_GUIDE });
		for (const chosen of [
			{ events: ['*', 'quality.alert'] },
			{ events: ['*'], options: { customEvents: ['result.accepted'] } },
			{ events: ['task.completed', 'result.accepted'] },
		]) {
			await expect(publish(chosen)).rejects.toThrow('Avala did not accept');
			expect(avala.webhooks()).toEqual([]);
		}
	});
});

describe('a step that Avala’s rate limit holds up', () => {
	it.each([
		['checkExists', checkExists, {}],
		['create', create, {}],
		['delete', remove, { webhookId: 'wh_1', webhookSecret: 'x' }],
	])('does not wait longer than n8n does: %s', async (_, step, staticData) => {
		avala.fault({ status: 429, body: {}, headers: { 'retry-after': '30' } });
		const now = Date.now;
		const takesMs = 40_000;
		jest
			.spyOn(Date, 'now')
			.mockImplementation(() => now() + (avala.requests().length > 0 ? takesMs : 0));
		await expect(step.call(context({ staticData }))).rejects.toThrow(/rate limit/i);
	});

	it('the clean-up after a failed creation ends after a few seconds, and the log says what may be left', async () => {
		const warnings = logged('warn');
		avala.fault({ method: 'POST', status: 403, body: { detail: 'No.' } });
		const held = { status: 429, body: {}, headers: { 'retry-after': '30' } };
		avala.fault({ method: 'GET', every: 2, ...held });
		await expect(publish()).rejects.toThrow('No.');
		expect(warnings()).toEqual([
			expect.stringMatching(
				new RegExp(`${WEBHOOK_URL} may have been left at Avala.*rate limit`, 'i'),
			),
		]);
	});
});

describe('deactivation', () => {
	it('does not fail when no ID is stored and Avala is down, or n8n would skip the next activation', async () => {
		const warnings = logged('warn');
		avala.fault({ status: 403, body: { detail: 'The account is locked.' } });
		await unpublish();
		expect(warnings()).toEqual([expect.stringContaining('The account is locked.')]);
	});

	it('of a webhook that is gone says in the log that it may remain in the account of an earlier key', async () => {
		const warnings = logged('warn');
		const staticData: IDataObject = { webhookId: 'wh_elsewhere', webhookSecret: 'x' };
		await unpublish({ staticData });
		expect(warnings()).toEqual([expect.stringMatching(/wh_elsewhere.*another account/s)]);
		expect(staticData).toEqual({});
	});
});

describe('a node without a webhook ID', () => {
	const without = (name: string) => {
		const hook = context();
		jest.spyOn(hook, 'getNode').mockReturnValue({ ...hook.getNode(), name, webhookId: undefined });
		return hook;
	};

	it('is accepted when n8n finds its name again', async () => {
		await checkExists.call(without('AvalaTrigger'));
		expect(ours()).toHaveLength(1);
	});

	it('is refused when n8n would not find its name again', async () => {
		const activation = checkExists.call(without('Avala Trigger'));
		await expect(activation).rejects.toThrow(/save it, and publish it again/);
		expect(avala.requests()).toEqual([]);
	});
});
