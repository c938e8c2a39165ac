import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import type { Json } from './api';
import { call, listAll } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, ...options });
}

describe('pages', () => {
	it('are refused with 404 for a broken cursor, never empty as if the list had ended', async () => {
		await open();
		avala.addWebhook({});
		const { status, json } = await call(avala, 'GET', '/webhooks/?cursor=zzz');
		expect({ status, json }).toEqual({ status: 404, json: { detail: 'Invalid cursor' } });
	});

	it('skip nothing when so much is deleted that the cursor points beyond the end', async () => {
		await open();
		const made = Array.from({ length: 6 }, () => avala.addWebhook({}).uid);
		const { json } = await call(avala, 'GET', '/webhooks/?limit=2');
		for (const uid of [made[0], made[1], made[4], made[5]])
			await call(avala, 'DELETE', `/webhooks/${uid}/`);
		const rest = await call(avala, 'GET', String(json.next));
		expect((rest.json.results as Json[]).map(({ uid }) => uid)).toEqual([made[3], made[2]]);
	});

	it('join without a gap though entries come and go meanwhile', async () => {
		await open();
		const made = Array.from({ length: 10 }, () => avala.addWebhook({}).uid).reverse();
		const first = await call(avala, 'GET', '/webhooks/?limit=3');
		avala.addWebhook({});
		await call(avala, 'DELETE', `/webhooks/${made[5]}/`);
		const second = await call(avala, 'GET', String(first.json.next));
		const third = await call(avala, 'GET', String(second.json.next));
		const uids = [first, second, third].flatMap(({ json }) =>
			(json.results as Json[]).map(({ uid }) => uid),
		);
		expect(uids).toEqual(made.filter((uid) => uid !== made[5]));
		expect(third.json.next).toBeNull();
		const back = await call(avala, 'GET', String(third.json.previous));
		expect(back.json.results).toEqual(second.json.results);
	});

	it('lead back to the first page with a cursor of their own', async () => {
		await open();
		for (let count = 0; count < 5; count++) avala.addWebhook({});
		const first = await call(avala, 'GET', '/webhooks/?limit=2');
		expect(first.json.previous).toBeNull();
		const second = await call(avala, 'GET', String(first.json.next));
		expect(new URL(String(second.json.previous)).searchParams.get('cursor')).toMatch(/\w/);
		const back = await call(avala, 'GET', String(second.json.previous));
		expect(back.json).toEqual(first.json);
		const middle = await call(avala, 'GET', String(second.json.next));
		expect((await call(avala, 'GET', String(middle.json.previous))).json).toEqual(second.json);
	});

	it('have links to the origin that is set, as behind a proxy that takes the TLS off', async () => {
		await open({ pageOrigin: 'http://api.example.com' });
		const { json } = await call(avala, 'GET', '/tasks/?limit=5');
		expect(json.next).toMatch(/^http:\/\/api\.example\.com\/api\/v1\/tasks\/\?limit=5&cursor=/);
	});

	it('come oldest first on demand', async () => {
		await open();
		avala.seedDeliveries([{ uid: 'd1' }, { uid: 'd2' }, { uid: 'd3' }]);
		const url = '/webhook-deliveries/?limit=2&ordering=created_at';
		expect((await listAll(avala, url)).map(({ uid }) => uid)).toEqual(['d1', 'd2', 'd3']);
	});

	it('have numbers instead of cursors on servers that are set so', async () => {
		await open({ paginateBy: 'page' });
		const { json } = await call(avala, 'GET', '/tasks/?limit=5');
		expect(json.next).toMatch(/[?&]page=2$/);
		expect(await listAll(avala, '/tasks/?limit=5')).toHaveLength(avala.tasks().length);
		expect((await call(avala, 'GET', '/tasks/?page=99')).status).toBe(404);
	});
});
