import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { Avala } from '../../../nodes/Avala/Avala.node';
import type { WireFormat, Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { executeAvala, loadOptionsContext } from '../../support/contexts';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({
		rateLimit: false,
		pingOnCreate: false,
		allowHttpLoopbackTargets: true,
	});
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

const byId = (value: string): INodeParameters =>
	({ __rl: true, mode: 'id', value }) as INodeParameters;
const byUrl = (value: string): INodeParameters =>
	({ __rl: true, mode: 'url', value }) as INodeParameters;

async function run(operation: string, parameters: INodeParameters = {}): Promise<IDataObject[]> {
	const { apiKey, baseUrl } = avala;
	const output = await executeAvala({
		parameters: { resource: 'webhook', operation, ...parameters },
		credentials: { apiKey, baseUrl },
	});
	return output.map(({ json }) => json);
}

describe.each<WireFormat>(['guide', 'older', 'newer'])(
	'webhooks in the format "%s"',
	(wireFormat) => {
		beforeEach(() => {
			avala.wireFormat = wireFormat;
		});

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

		it('Create never echoes a secret that the user supplied', async () => {
			const [created] = await run('create', {
				targetUrl: 'https://example.com/avala',
				events: ['*'],
				additionalFields: {
					secret: 'supplied-by-the-user',
					isActive: false,
					customEvents: ['task.approved'],
				},
			});
			expect(avala.webhooks()).toEqual([
				expect.objectContaining({ secret: 'supplied-by-the-user', isActive: false }),
			]);
			expect(avala.webhooks()[0]?.events).toHaveLength(20);
			expect(JSON.stringify(created)).not.toContain('supplied-by-the-user');
		});

		it('Get finds a webhook by its id and by its target URL', async () => {
			const { uid } = avala.addWebhook({ targetUrl: 'https://example.com/a?b=1' });
			avala.addWebhook({ targetUrl: 'https://example.com/a' });
			expect(await run('get', { webhookId: byId(uid) })).toEqual([
				expect.objectContaining({ uid }),
			]);
			expect(await run('get', { webhookId: byUrl('https://EXAMPLE.com:443/a?b=1') })).toEqual([
				expect.objectContaining({ uid }),
			]);
		});

		it('Get Many lists the webhooks, newest first, and filters them', async () => {
			const all = [
				avala.addWebhook({ targetUrl: 'https://one.example.com/', events: ['task.completed'] }),
				avala.addWebhook({ targetUrl: 'https://two.example.com/', events: ['export.completed'] }),
				avala.addWebhook({ targetUrl: 'https://three.example.com/', isActive: false }),
			].map(({ uid }) => uid);
			const uids = async (parameters: INodeParameters) =>
				(await run('getAll', parameters)).map(({ uid }) => uid);
			expect(await uids({ returnAll: true })).toEqual([...all].reverse());
			expect(await uids({ limit: 2 })).toEqual([all[2], all[1]]);
			expect(await uids({ filters: { event: 'export.completed' } })).toEqual([all[1]]);
			expect(await uids({ filters: { isActive: false } })).toEqual([all[2]]);
			expect(await uids({ filters: { targetUrl: 'one.example' } })).toEqual([all[0]]);
		});

		it('Update changes what was given and nothing else', async () => {
			const webhook = avala.addWebhook({ events: ['task.completed'] });
			const [updated] = await run('update', {
				webhookId: byId(webhook.uid),
				updateFields: { isActive: false, events: ['export.failed'] },
			});
			expect(updated).toMatchObject({
				uid: webhook.uid,
				is_active: false,
				events: ['export.failed'],
			});
			expect(avala.webhooks()[0]).toMatchObject({
				targetUrl: webhook.targetUrl,
				secret: webhook.secret,
			});
			await run('update', {
				webhookId: byId(webhook.uid),
				updateFields: { targetUrl: 'https://new.example.com/' },
			});
			expect(avala.webhooks()[0]).toMatchObject({
				targetUrl: 'https://new.example.com/',
				isActive: false,
			});
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
			const good = avala.addWebhook({ targetUrl: `${avala.url}/sandbox/wire-format` });
			avala.fault({
				path: `/api/v1/webhooks/${good.uid}/test/`,
				status: 200,
				body: { delivered: true },
			});
			expect(await run('test', { webhookId: byId(good.uid) })).toEqual([
				{ success: true, delivered: true },
			]);
		});
	},
);

it.each([
	['none', [], 'No webhook has the target URL'],
	['two', ['https://example.com/a', 'https://example.com/a'], '2 webhooks have the target URL'],
])('selecting by a target URL that %s has is an error that says so', async (_, urls, message) => {
	for (const targetUrl of urls) avala.addWebhook({ targetUrl });
	await expect(run('delete', { webhookId: byUrl('https://example.com/a') })).rejects.toThrow(
		message,
	);
	expect(avala.webhooks()).toHaveLength(urls.length);
});

it('an update of nothing, and an operation on no webhook, are refused before a request', async () => {
	await expect(run('update', { webhookId: byId('wh_1'), updateFields: {} })).rejects.toThrow(
		'nothing to update',
	);
	await expect(run('get', { webhookId: byId('') })).rejects.toThrow();
	expect(avala.requests()).toEqual([]);
});

describe('the list of webhooks in the editor', () => {
	const search = async (filter?: string) => {
		const { apiKey, baseUrl } = avala;
		const context = loadOptionsContext(
			{ resource: 'webhook', operation: 'get' },
			{ apiKey, baseUrl },
		);
		return await new Avala().methods.listSearch.searchWebhooks.call(context, filter);
	};

	it('shows event types and target URL, marks inactive ones, and finds by a part', async () => {
		const active = avala.addWebhook({
			targetUrl: 'https://one.example.com/',
			events: ['task.completed'],
		});
		const inactive = avala.addWebhook({ targetUrl: 'https://two.example.com/', isActive: false });
		expect((await search()).results).toEqual([
			{ name: '(inactive) task.completed – https://two.example.com/', value: inactive.uid },
			{ name: 'task.completed – https://one.example.com/', value: active.uid },
		]);
		expect((await search('ONE.ex')).results).toEqual([
			expect.objectContaining({ value: active.uid }),
		]);
		expect((await search('inactive')).results).toEqual([
			expect.objectContaining({ value: inactive.uid }),
		]);
	});
});
