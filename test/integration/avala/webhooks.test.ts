import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import type { Sandbox } from '../../../sandbox';
import { NEWEST_EVENTS } from '../../../sandbox/eventTypes';
import type { Setup } from '../../support/resources';
import { byId, failureOf, jsonOn, searchOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started), {
	pingOnCreate: false,
	allowHttpLoopbackTargets: true,
});

const byUrl = (value: string) => ({ __rl: true, mode: 'url', value });

const run = async (operation: string, parameters: object = {}, setup: Setup = {}) =>
	await jsonOn(avala, { resource: 'webhook', operation, ...parameters }, setup);

inEachWireFormat(() => {
	it('Create gives the webhook with the secret that Avala made', async () => {
		const [created] = await run('create', {
			targetUrl: 'https://example.com/avala',
			events: ['task.completed', 'export.completed'],
		});
		const [stored] = avala.webhooks();
		expect(created).toMatchObject({
			uid: stored?.uid,
			target_url: 'https://example.com/avala',
			events: ['task.completed', 'export.completed'],
			is_active: true,
			secret: stored?.secret,
		});
	});

	it('Create takes a secret without the blanks around it, and never echoes it', async () => {
		const hints: string[] = [];
		const webhook = {
			targetUrl: 'https://example.com/avala',
			events: ['*'],
			additionalFields: {
				secret: ' supplied-by-the-user\n',
				isActive: false,
				customEvents: ['task.approved'],
			},
		};
		const created = await run('create', webhook, { hints });
		expect(avala.webhooks()).toMatchObject([{ secret: 'supplied-by-the-user', isActive: false }]);
		expect(avala.webhooks()[0]?.events).toHaveLength(20);
		expect(JSON.stringify(created)).not.toContain('supplied-by-the-user');
		expect(hints).toEqual([]);
	});

	it('Get finds a webhook by its id and by its target URL', async () => {
		const { uid } = avala.addWebhook({ targetUrl: 'https://example.com/a?b=1' });
		avala.addWebhook({ targetUrl: 'https://example.com/a' });
		const url = 'https://EXAMPLE.com:443/a?b=1';
		for (const webhookId of [byId(uid), byUrl(url), byId(url)]) {
			expect(await run('get', { webhookId })).toMatchObject([{ uid }]);
		}
	});

	it('Get Many lists the webhooks, newest first, and filters them', async () => {
		const all = [
			avala.addWebhook({ targetUrl: 'https://one.example.com/', events: ['task.completed'] }),
			avala.addWebhook({ targetUrl: 'https://two.example.com/', events: ['export.completed'] }),
			avala.addWebhook({ targetUrl: 'https://three.example.com/', isActive: false }),
		].map(({ uid }) => uid);
		const uids = async (parameters: object) =>
			(await run('getAll', parameters)).map(({ uid }) => uid);
		expect(await uids({ returnAll: true })).toEqual([...all].reverse());
		expect(await uids({ limit: 2 })).toEqual([all[2], all[1]]);
		expect(await uids({ filters: { event: 'export.completed' } })).toEqual([all[1]]);
		const either = '={{ ["export.completed", "export.failed"] }}';
		expect(await uids({ filters: { event: either } })).toEqual([all[1]]);
		expect(await uids({ filters: { isActive: false } })).toEqual([all[2]]);
		expect(await uids({ filters: { targetUrl: 'one.example' } })).toEqual([all[0]]);
	});

	it('Update changes what was given and nothing else', async () => {
		const { uid, secret, targetUrl } = avala.addWebhook({ events: ['task.completed'] });
		const webhookId = byId(uid);
		const updateFields = { isActive: false, events: ['export.failed'] };
		const changed = { uid, is_active: false, events: ['export.failed'] };
		expect(await run('update', { webhookId, updateFields })).toMatchObject([changed]);
		expect(avala.webhooks()).toMatchObject([{ targetUrl, secret }]);
		await run('update', { webhookId, updateFields: { targetUrl: 'https://new.example.com/' } });
		expect(avala.webhooks()).toMatchObject([
			{ targetUrl: 'https://new.example.com/', isActive: false },
		]);
	});

	it('Delete removes it', async () => {
		const { uid } = avala.addWebhook({});
		expect(await run('delete', { webhookId: byId(uid) })).toEqual([{ deleted: true }]);
		expect(avala.webhooks()).toEqual([]);
	});

	it('Send Test gives success and what Avala said; a failed test is data', async () => {
		const { uid } = avala.addWebhook({ targetUrl: `${avala.url}/nothing-here` });
		const [failed] = await run('test', { webhookId: byId(uid) });
		expect(failed).toMatchObject({ success: false });
		expect(JSON.stringify(failed)).toContain('404');
		const good = avala.addWebhook({});
		avala.fault({
			path: `/api/v1/webhooks/${good.uid}/test/`,
			status: 200,
			body: { delivered: true },
		});
		expect(await run('test', { webhookId: byId(good.uid) })).toEqual([
			{ success: true, delivered: true },
		]);
	});
});

it.each([
	['none', [], 'No webhook has the target URL'],
	['two', ['https://example.com/a', 'https://example.com/a'], '2 webhooks have the target URL'],
])('selecting by a target URL that %s has is an error that says so', async (_, urls, message) => {
	const uids = urls.map((targetUrl) => avala.addWebhook({ targetUrl }).uid).reverse();
	const refused = await failureOf(run('delete', { webhookId: byUrl('https://example.com/a') }));
	expect(refused.message).toContain(message);
	expect(refused.message).toContain(uids.length > 0 ? `by its ID: ${uids.join(', ')}.` : '');
	expect(avala.webhooks()).toHaveLength(urls.length);
});

it('a hint says how many of the webhooks are inactive, and what to do', async () => {
	const hintsOf = async (operation: string, parameters: object) => {
		const hints: string[] = [];
		await run(operation, parameters, { hints });
		return hints;
	};
	const advice =
		'inactive: Avala sends no events there. It deactivates a webhook that keeps failing. Check the target with Send Test, then activate it with Update.';
	const active = avala.addWebhook({});
	const { uid } = avala.addWebhook({ isActive: false });
	expect(await hintsOf('get', { webhookId: byId(active.uid) })).toEqual([]);
	expect(await hintsOf('get', { webhookId: byId(uid) })).toEqual([`1 webhook is ${advice}`]);
	avala.addWebhook({ isActive: false });
	expect(await hintsOf('getAll', {})).toEqual([`2 webhooks are ${advice}`]);
	expect(await hintsOf('getAll', { filters: { isActive: true } })).toEqual([]);
});

it('an update of nothing, and an operation on no webhook, are refused before a request', async () => {
	const updating = run('update', { webhookId: byId('wh_1'), updateFields: {} });
	expect((await failureOf(updating)).message).toContain('nothing to update');
	await failureOf(run('get', { webhookId: byId('') }));
	expect(avala.requests()).toEqual([]);
});

it('an item finds a webhook by the target URL that it has after the items before', async () => {
	const url = (name: string) => `https://example.com/${name}`;
	const first = avala.addWebhook({ targetUrl: url('a') });
	const second = avala.addWebhook({ targetUrl: url('c') });
	const webhookId = byUrl("={{ 'https://example.com/' + $json.from }}");
	const updateFields = { targetUrl: "={{ 'https://example.com/' + $json.to }}" };
	const items = ['ab', 'ca', 'ad'].map(([from, to]) => ({ from, to }));
	await run('update', { webhookId, updateFields }, { items });
	const targets = Object.fromEntries(avala.webhooks().map((it) => [it.uid, it.targetUrl]));
	expect(targets).toEqual({ [first.uid]: url('b'), [second.uid]: url('d') });
});

it('custom event types are not added to those that Avala does not tell', async () => {
	const { uid } = avala.addWebhook({});
	for (const fault of [
		{ status: 200, body: { uid, events: 'task.completed,export.completed' } },
		{ status: 200, body: { uid, events: ['task.completed', 7] } },
		{ status: 403, body: { detail: 'No.' } },
	]) {
		avala.fault({ method: 'GET', times: 1, ...fault });
		const updateFields = { customEvents: ['task.submitted'] };
		const { message } = await failureOf(run('update', { webhookId: byId(uid), updateFields }));
		expect(message).toContain(`does not say which event types webhook ${uid} has`);
	}
	expect(avala.requests().map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
});

describe('All on a server that knows fewer event types', () => {
	const updateToAll = async (uid: string) =>
		await run('update', { webhookId: byId(uid), updateFields: { events: ['*'] } });
	const typesNow = () => [...(avala.webhooks()[0]?.events ?? [])].sort();
	const newest = [...NEWEST_EVENTS].sort();
	beforeEach(() => avala.configure({ knownEvents: 'newest', namesUnknownEvents: false }));
	afterEach(() => avala.configure({ knownEvents: 'documented', namesUnknownEvents: true }));

	it('Create gives the secret that Avala made, and a hint at what is left out', async () => {
		const hints: string[] = [];
		const webhook = { targetUrl: 'https://example.com/avala', events: ['*'] };
		const [created] = await run('create', webhook, { hints });
		const [stored] = avala.webhooks();
		expect(created).toMatchObject({ uid: stored?.uid, secret: stored?.secret });
		expect(typesNow()).toEqual(newest);
		const all = EVENT_CATALOGUE.map(({ value }) => value);
		const unknown = all.filter((type) => !NEWEST_EVENTS.includes(type));
		expect(hints).toEqual([
			`This Avala server does not know the event types ${unknown.join(', ')}, so the webhook was created or updated without them.`,
		]);
	});

	it('Update needs no permission to read, and gives up a type that the webhook has and the server does not know', async () => {
		const { uid } = avala.addWebhook({ events: ['quality.alert', 'task.completed'] });
		avala.fault({ method: 'GET', status: 403, body: { detail: 'No.' } });
		await updateToAll(uid);
		expect(typesNow()).toEqual(newest);
	});

	it('Update takes no event type away when it fails halfway', async () => {
		const { uid } = avala.addWebhook({ events: ['result.submitted'] });
		avala.fault({ method: 'PATCH', every: 2, status: 503 });
		await failureOf(updateToAll(uid));
		expect(typesNow()).toContain('result.submitted');
	});
});

describe('the list of webhooks in the editor', () => {
	const search = async (filter?: string) => await searchOn(avala, 'searchWebhooks', filter);

	it('tells long target URLs apart: by their end, as test URLs of n8n, and by host', async () => {
		const id = '0f8fad5b-d9cb-469f-a165-708670000004';
		for (const targetUrl of [
			`https://n8n.example.com/webhook/${id}/webhook`,
			`https://n8n.example.com/webhook-test/${id}/webhook`,
			`https://staging.example.com:8443/webhook/${id}/webhook`,
			'not a URL, but a text that is far too long',
		]) {
			avala.addWebhook({ targetUrl, events: ['task.completed', 'task.created'] });
		}
		expect((await search()).map(({ name }) => name)).toEqual([
			'task.completed +1 – …s far too long',
			'task.completed +1 – …000004/webhook on staging.example.com:8443',
			'(test) task.completed +1 – …000004/webhook on n8n.example.com',
			'task.completed +1 – …000004/webhook on n8n.example.com',
		]);
	});

	it('is not kept from its entries by a webhook with odd fields', async () => {
		const odd = [
			{ uid: 7, target_url: null, events: null },
			{ uid: 'wh_1', target_url: 8, events: 'task.completed', is_active: 'no' },
			{ target_url: 'https://example.com/without-an-id' },
			{ uid: 'wh_2', target_url: 'https://example.com/a', events: [1, 'task.created'] },
		];
		const body = { results: odd, next: null };
		avala.fault({ path: '/api/v1/webhooks/', status: 200, body });
		expect(await search()).toEqual([
			{ name: 'no event types – no target URL', value: '7' },
			{ name: 'no event types – no target URL', value: 'wh_1' },
			{ name: 'task.created – https://example.com/a', value: 'wh_2' },
		]);
		expect(await search('task.created')).toHaveLength(1);
		const uids = async (filters: object) =>
			(await run('getAll', { returnAll: true, filters })).map(({ uid }) => uid);
		expect(await uids({})).toEqual([7, 'wh_1', undefined, 'wh_2']);
		expect(await uids({ event: 'task.created' })).toEqual(['wh_2']);
		expect(await uids({ targetUrl: 'example.com/a' })).toEqual(['wh_2']);
	});
});
