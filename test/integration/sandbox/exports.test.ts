import type { Sandbox, SandboxOptions, WireFormat } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { call, listAll } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, ...options });
}

const projectUid = () => avala.projects()[0]?.uid ?? '';

describe('an export', () => {
	it.each<[WireFormat, string, string]>([
		['guide', 'pending', 'completed'],
		['older', 'pending', 'completed'],
		['newer', 'requested', 'exported'],
	])('in the format "%s" goes from %s over processing to %s', async (wireFormat, first, last) => {
		await open({ wireFormat, exports: { goesOnWhenRead: true } });
		const created = await call(avala, 'POST', '/exports/', { project: projectUid() });
		expect(created).toMatchObject({ status: 201, json: { status: first, download_url: null } });
		const statuses = [];
		for (let count = 0; count < 3; count++) {
			const { json } = await call(avala, 'GET', `/exports/${String(created.json.uid)}/`);
			statuses.push(json.status);
			expect(json.download_url === null).toBe(json.status !== last);
		}
		expect(statuses).toEqual([first, 'processing', last]);
	});

	it('fails when the plan says so, and has no link then', async () => {
		await open({ exports: { requestedMs: 0, processingMs: 0, outcome: 'failed' } });
		const { json } = await call(avala, 'POST', '/exports/', { project: projectUid() });
		await avala.exportsDone();
		expect(await call(avala, 'GET', `/exports/${String(json.uid)}/`)).toMatchObject({
			json: { status: 'failed', download_url: null },
		});
	});

	it('is refused without a project or a dataset, and with one that does not exist', async () => {
		await open();
		expect(await call(avala, 'POST', '/exports/', {})).toMatchObject({
			status: 400,
			json: { non_field_errors: ['Provide a project or a dataset.'] },
		});
		expect(await call(avala, 'POST', '/exports/', { dataset: 'nope' })).toMatchObject({
			status: 400,
			json: { dataset: [expect.stringContaining('nope')] },
		});
		const both = { project: projectUid(), dataset: avala.datasets()[0]?.uid };
		expect((await call(avala, 'POST', '/exports/', both)).status).toBe(201);
	});

	it('is the sixth at once: 429, until one has ended', async () => {
		await open();
		const create = async () => await call(avala, 'POST', '/exports/', { project: projectUid() });
		for (let count = 0; count < 5; count++) expect((await create()).status).toBe(201);
		const sixth = await create();
		expect(sixth.status).toBe(429);
		expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
		avala.emit('export.completed');
		expect((await create()).status).toBe(201);
	});

	it('is listed newest first, in pages, with the fields of the newest servers', async () => {
		await open({ wireFormat: 'newer' });
		const uids = Array.from({ length: 5 }, () => avala.addExport({ state: 'ready' }).uid).reverse();
		const listed = await listAll(avala, '/exports/?limit=2');
		expect(listed.map(({ uid }) => uid)).toEqual(uids);
		expect(Object.keys(listed[0] ?? {}).sort()).toEqual([
			'created_at',
			'datasets',
			'download_url',
			'exported_task_count',
			'filter_query_string',
			'format',
			'name',
			'organization',
			'projects',
			'slices',
			'status',
			'total_task_count',
			'uid',
		]);
	});

	it('has neither counts nor a link at first, and goes on at each reading where that is set', async () => {
		await open({ wireFormat: 'newer', exports: { goesOnWhenRead: true } });
		const { json } = await call(avala, 'POST', '/exports/', { project: projectUid() });
		const readings = [];
		for (let count = 0; count < 3; count++)
			readings.push((await call(avala, 'GET', `/exports/${String(json.uid)}/`)).json);
		const none = { filter_query_string: null, total_task_count: null, exported_task_count: null };
		const format = 'avala-json-external';
		expect(readings).toMatchObject([
			{ ...none, format, status: 'requested', download_url: null },
			{ status: 'processing', total_task_count: 2, exported_task_count: 0, download_url: null },
			{ status: 'exported', exported_task_count: 2, download_url: expect.any(String) },
		]);
	});

	it('can have any status and any link that a test wants', async () => {
		await open();
		const { uid } = avala.addExport({
			state: 'processing',
			status: 'packing',
			downloadUrl: '//x/',
		});
		expect((await call(avala, 'GET', `/exports/${uid}/`)).json).toMatchObject({
			status: 'packing',
			download_url: '//x/',
		});
	});
});

describe('the link of an export', () => {
	const ready = (link: 'storage' | 'api' | 'relative', apiRedirects = false) =>
		avala.addExport({ state: 'ready', plan: { link, apiRedirects } }).uid;
	const linkOf = async (uid: string) =>
		String((await call(avala, 'GET', `/exports/${uid}/`)).json.download_url);

	it('leads to storage of another origin, which refuses and records a request with the key', async () => {
		await open();
		const link = await linkOf(ready('storage'));
		expect(new URL(link).origin).toBe(avala.storage.url);
		const response = await fetch(link);
		expect(await response.text()).toContain('An export of the sandbox');
		expect(response.headers.get('content-disposition')).toMatch(
			/^attachment; filename="exp_\w+.json"$/,
		);
		const leaks = [
			await fetch(link, { headers: { 'x-avala-api-key': 'any' } }),
			await fetch(link, { headers: { authorization: `Bearer ${avala.apiKey}` } }),
			await fetch(`${link}&key=${avala.apiKey}`),
		];
		expect(leaks.map(({ status }) => status)).toEqual([400, 400, 400]);
		expect(avala.storage.requests().map(({ carriesKey }) => carriesKey)).toEqual([
			false,
			true,
			true,
			true,
		]);
	});

	it('expires: 403 with XML, and the next reading gives a fresh one', async () => {
		await open();
		const uid = ready('storage');
		const link = await linkOf(uid);
		avala.storage.expireLinks();
		const expired = await fetch(link);
		expect(expired.status).toBe(403);
		expect(await expired.text()).toContain('<Code>AccessDenied</Code>');
		expect((await fetch(await linkOf(uid))).status).toBe(200);
		expect((await fetch(link.replace('exp_', 'exp_0'))).status).toBe(403);
	});

	it('leads to the API’s origin, wants the key there, and may redirect to the storage', async () => {
		await open();
		const link = await linkOf(ready('api'));
		expect(link).toMatch(new RegExp(`^${avala.baseUrl}/exports/exp_\\w+/download$`));
		expect((await fetch(link)).status).toBe(401);
		const headers = { 'x-avala-api-key': avala.apiKey };
		expect(await (await fetch(link, { headers })).text()).toContain('An export of the sandbox');
		const redirecting = await linkOf(ready('api', true));
		const redirected = await fetch(redirecting, { headers, redirect: 'manual' });
		expect(redirected.status).toBe(302);
		expect(redirected.headers.get('location')).toMatch(avala.storage.url);
	});

	it('is a path on the API’s origin', async () => {
		await open();
		const link = await linkOf(ready('relative'));
		expect(link).toMatch(/^\/files\/exp_\w+\.json$/);
		const headers = { 'x-avala-api-key': avala.apiKey };
		expect((await fetch(avala.url + link, { headers })).status).toBe(200);
		expect((await fetch(avala.url + link)).status).toBe(401);
	});

	it('on the API’s origin shows the file of a ready export of the account only, to a key that may read exports', async () => {
		await open({
			keys: [
				{ key: 'other', account: 'other' },
				{ key: 'no-exports', scopes: ['tasks.read'] },
			],
		});
		const file = { content: 'a,b', name: 'two columns.csv' };
		const { uid } = avala.addExport({ state: 'ready', plan: { link: 'relative', file } });
		const link = await linkOf(uid);
		const get = async (path: string, key = avala.apiKey) =>
			await fetch(avala.url + path, { headers: { 'x-avala-api-key': key } });
		const response = await get(link);
		expect(response.headers.get('content-disposition')).toContain('two_columns.csv');
		expect(await response.text()).toBe('a,b');

		const running = avala.addExport().uid;
		const failed = avala.addExport({ state: 'failed' }).uid;
		const refusals = [
			await get('/files/exp_none.json'),
			await get(`/files/${running}.json`),
			await get(`/files/${failed}.json`),
			await get(link, 'other'),
			await get(link, 'no-exports'),
		];
		expect(refusals.map(({ status }) => status)).toEqual([404, 404, 404, 404, 403]);
		expect(await refusals[0]?.json()).toEqual({ detail: 'Not found.' });
		expect(await refusals[4]?.text()).toContain('exports.read');
	});

	it('is of the form that is usual for the wire format', async () => {
		await open();
		const { uid } = avala.addExport({ state: 'ready' });
		const forms = [];
		for (const wireFormat of ['guide', 'older', 'newer'] satisfies WireFormat[]) {
			avala.wireFormat = wireFormat;
			forms.push((await linkOf(uid)).replace(/exp_.*/, ''));
		}
		expect(forms).toEqual([
			'/files/',
			`${avala.baseUrl}/exports/`,
			`${avala.storage.url}/exports/`,
		]);
	});
});

describe('the storage', () => {
	const SIZE = 3_000_000;
	const link = async (size = SIZE) => {
		const { uid } = avala.addExport({ state: 'ready', plan: { link: 'storage', file: { size } } });
		return String((await call(avala, 'GET', `/exports/${uid}/`)).json.download_url);
	};
	const sizeOf = async (url: string) => (await (await fetch(url)).arrayBuffer()).byteLength;

	it('sends a file of 2 GB without holding it in memory', async () => {
		await open();
		const before = process.memoryUsage().rss;
		const response = await fetch(await link(2 * 1024 ** 3));
		expect(response.headers.get('content-length')).toBe(String(2 * 1024 ** 3));
		expect(response.headers.get('content-type')).toBe('application/zip');
		let received = 0;
		for await (const chunk of response.body ?? []) {
			received += (chunk as Uint8Array).length;
			if (received > 300_000_000) break;
		}
		expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
	});

	it('breaks off in the middle, or ends before the announced length', async () => {
		await open();
		const url = await link();
		avala.storage.fault({ cutOffAfter: 100_000, times: 1 });
		await expect(sizeOf(url)).rejects.toThrow();
		avala.storage.fault({ endAfter: 100_000, times: 1 });
		await expect(sizeOf(url)).rejects.toThrow();
		expect(await sizeOf(url)).toBe(SIZE);
	});

	it('sends without a Content-Length, slowly, or something else', async () => {
		await open();
		const url = await link();
		avala.storage.fault({ chunked: true, times: 1 });
		const chunked = await fetch(url);
		expect(chunked.headers.get('content-length')).toBeNull();
		expect((await chunked.arrayBuffer()).byteLength).toBe(SIZE);
		avala.storage.fault({ chunked: true, cutOffAfter: 100_000, times: 1 });
		await expect(sizeOf(url)).rejects.toThrow();
		avala.storage.fault({ status: 503, times: 1 });
		expect((await fetch(url)).status).toBe(503);
		avala.storage.fault({ bytesPerSecond: SIZE * 4, times: 1 });
		expect(await sizeOf(url)).toBe(SIZE);
	});

	it('sends the headers that a test wants', async () => {
		await open();
		const file = { content: 'a,b', contentType: 'text/csv', contentDisposition: null };
		avala.addExport({ uid: 'exp_csv', state: 'ready', plan: { link: 'storage', file } });
		const { json } = await call(avala, 'GET', '/exports/exp_csv/');
		const response = await fetch(String(json.download_url));
		expect(response.headers.get('content-type')).toBe('text/csv');
		expect(response.headers.get('content-disposition')).toBeNull();
		expect(await response.text()).toBe('a,b');
	});
});
