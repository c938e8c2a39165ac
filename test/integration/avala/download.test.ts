import '../../support/pauses';

import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import type { Sandbox } from '../../../sandbox';
import { SANDBOX_API_KEY } from '../../../sandbox';
import { BinaryFiles } from '../../support/binaryFiles';
import { loadOptionsContext } from '../../support/contexts';
import { serve } from '../../support/localServer';
import type { Setup } from '../../support/resources';
import { byId, failureOf, runOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

const files = new BinaryFiles();
let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));
beforeAll(async () => await files.init());
afterAll(() => files.clear());
beforeEach(() => files.clear());

const download = async (uid: string, parameters: object = {}, setup: Setup = {}) =>
	await runOn(
		avala,
		{ resource: 'export', operation: 'download', exportId: byId(uid), ...parameters },
		setup,
	);

type NewExport = NonNullable<Parameters<Sandbox['addExport']>[0]>;
const ready = (given: NewExport = {}) => avala.addExport({ state: 'ready', ...given }).uid;

const leaks = () => avala.storage.requests().filter(({ carriesKey }) => carriesKey);

inEachWireFormat(() => {
	it('a download hands on the whole file', async () => {
		const uid = ready({ plan: { file: { content: '{"a":1}' } } });
		const [item] = await download(uid);
		expect(item?.json).toMatchObject({ uid, state: 'ready' });
		expect(item?.binary?.data).toMatchObject({
			fileName: `${uid}.json`,
			mimeType: 'application/json',
		});
		expect(files.contentOf(item?.binary?.data)).toBe('{"a":1}');
		expect(item?.pairedItem).toEqual({ item: 0 });
		expect(leaks()).toEqual([]);
	});
});

describe('a download hands on the whole file', () => {
	it.each(['storage', 'api', 'relative'] as const)(
		'from a link of the form "%s", of any size',
		async (link) => {
			const uid = ready({ plan: { link, file: { size: 20_000_001 } } });
			const [item] = await download(uid);
			expect(item?.binary?.data?.bytes).toBe(20_000_001);
			expect(files.all().map((file) => statSync(file).size)).toEqual([20_000_001]);
			expect(leaks()).toEqual([]);
		},
	);

	it('when the API redirects to the storage, which never sees the key', async () => {
		const uid = ready({ plan: { link: 'api', apiRedirects: true, file: { content: 'x' } } });
		const [item] = await download(uid);
		expect(files.contentOf(item?.binary?.data)).toBe('x');
		expect(avala.storage.requests()).toHaveLength(1);
		expect(leaks()).toEqual([]);
	});

	it.each([
		['when its length is not announced', 300_000],
		['when it is empty', 0],
	])('%s', async (_, size) => {
		avala.storage.fault({ chunked: size > 0 });
		const [item] = await download(ready({ plan: { file: { size } } }));
		expect(item?.binary?.data?.bytes).toBe(size);
	});

	it('in the field and under the name that are wanted', async () => {
		const [item] = await download(ready(), {
			binaryPropertyName: 'file',
			options: { fileName: 'monday.json' },
		});
		expect(item?.binary).toMatchObject({ file: { fileName: 'monday.json' } });
	});

	it.each([429, 503])('after three times %d, of the storage or the API', async (status) => {
		for (const link of ['storage', 'api'] as const) {
			avala.storage.clearRequests();
			avala.storage.fault({ status, times: 3 });
			const [item] = await download(ready({ plan: { link } }));
			expect(item?.binary?.data?.bytes).toBeGreaterThan(0);
			expect(avala.storage.requests()).toHaveLength(link === 'storage' ? 4 : 0);
		}
	});

	it('of each item, paired with it', async () => {
		const uids = ['a', 'b'].map((content) => ready({ plan: { file: { content } } }));
		const output = await download('={{ $json.uid }}', {}, { items: uids.map((uid) => ({ uid })) });
		expect(output.map(({ binary }) => files.contentOf(binary?.data))).toEqual(['a', 'b']);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});
});

describe('n8n’s log', () => {
	const { logger } = loadOptionsContext({}, { apiKey: 'k', baseUrl: 'https://api.example.com' });
	const linesOf = async (given: NewExport) => {
		const uid = ready(given);
		const debug = jest.spyOn(logger, 'debug').mockImplementation(() => undefined);
		await download(uid);
		const lines = debug.mock.calls.map(([line]) => line.replace(uid, 'e1'));
		const ours = lines.filter((line) => line.startsWith('Avala: '));
		jest.restoreAllMocks();
		return ours;
	};
	/** Each look at the clock shows a later time. */
	const withQuickClock = (stepMs: number) => {
		const start = Date.now();
		let looks = 0;
		jest.spyOn(Date, 'now').mockImplementation(() => start + stepMs * looks++);
	};

	it.each([
		['', ' of 3 MB'],
		[' whose length is not announced', ''],
	])('tells how far a long download%s is', async (chunked, total) => {
		withQuickClock(5_000);
		avala.storage.fault({ chunked: chunked !== '', times: 1 });
		const lines = await linesOf({ plan: { file: { size: 3 * 1024 * 1024 } } });
		expect(lines.length).toBeGreaterThan(1);
		expect(lines.at(-1)).toBe(`Avala: 3 MB${total} of the file of export e1 received.`);
	});

	it('says nothing of a short download', async () => {
		withQuickClock(0);
		expect(await linesOf({ plan: { file: { size: 3 * 1024 * 1024 } } })).toEqual([]);
	});

	it('tells what is tried again or asked for anew, without the link, which may open the file', async () => {
		avala.storage.fault({ status: 503, times: 1 });
		avala.storage.fault({ status: 403, times: 1 });
		expect(await linesOf({ plan: { link: 'storage' } })).toEqual([
			'Avala: GET the file (export e1) will be retried in 500 ms (503).',
			'Avala: the link to the file of export e1 is asked for anew.',
		]);
	});
});

describe('a file has a harmless name', () => {
	it('of the response, without the folders in it', async () => {
		const file = { content: 'x', contentDisposition: 'attachment; filename="../../x y.zip"' };
		const [item] = await download(ready({ plan: { link: 'storage', file } }));
		expect(item?.binary?.data?.fileName).toBe('x y.zip');
		expect(item?.binary?.data?.directory).toBeUndefined();
	});

	it('of the export where neither the response nor its address tells one', async () => {
		const file = { name: 'scenes', contentType: 'text/csv', contentDisposition: null };
		const [item] = await download(ready({ uid: 'exp_9', plan: { link: 'storage', file } }));
		expect(item?.binary?.data?.fileName).toBe('export-exp_9.csv');
	});

	it('in UTF-8, as many servers send it, also behind a redirect to such a name', async () => {
		const asSent = (text: string) => Buffer.from(text).toString('latin1');
		const storage = await serve(({ url }, response) => {
			if (url === '/x') response.writeHead(302, { location: asSent('/Straße') }).end();
			else {
				const disposition = asSent('attachment; filename="Straße.zip"');
				response.writeHead(200, { 'content-disposition': disposition }).end('data');
			}
		});
		const [item] = await download(ready({ downloadUrl: `${storage.url}/x` }));
		await storage.close();
		expect(item?.binary?.data?.fileName).toBe('Straße.zip');
		expect(storage.requests.map(({ url }) => url)).toEqual(['/x', '/Stra%C3%9Fe']);
	});

	it('that is not shown to an AI agent when a secret stands in it', async () => {
		const file = { contentDisposition: `attachment; filename="${avala.apiKey}.json"` };
		const output = await download(ready({ plan: { file } }), {}, { isTool: true });
		expect(output.at(-1)?.json.note).toMatch(
			/^The file \(withheld for safety\) \(.* was downloaded/,
		);
	});
});

describe('a file has the type that its name tells, when the storage does not tell one', () => {
	it.each([
		['scenes.weird', 'binary/octet-stream', 'application/octet-stream', undefined],
		['scenes.CSV', 'application/octet-stream', 'text/csv', 'text'],
	])('%s, sent as "%s", is %s', async (name, contentType, mimeType, fileType) => {
		const file = { size: 300_000, name, contentType, contentDisposition: null };
		const [item] = await download(ready({ plan: { link: 'storage', file } }));
		expect(item?.binary?.data).toMatchObject({ fileName: name, mimeType, bytes: 300_000 });
		expect(item?.binary?.data?.fileType).toBe(fileType);
		expect(files.all()).toHaveLength(1);
	});
});

describe('the API that gives a file itself', () => {
	const PATH = '/api/v1/exports/e1/file/';
	const reads = () =>
		avala.requests().filter(({ path }) => /^\/api\/v1\/exports\/[^/]+\/$/.test(path));

	it.each([
		[403, 'The API key may not access export'],
		[500, 'Avala could not process the request for export'],
	])('is not asked for another link after %d, and the error tells why', async (status, words) => {
		const link = avala.url + PATH;
		avala.fault({ path: PATH, status, body: { detail: 'No.' } });
		const { message } = await failureOf(download(ready({ downloadUrl: link })));
		expect(message).toContain(words);
		expect(message).toContain(`The request was GET the file to ${new URL(link).host}.`);
		expect(reads()).toHaveLength(1);
	});

	it('is refused without the signature of its link, though Avala repeats it', async () => {
		const detail = 'No file for s1gn4tur3-of-link.';
		avala.fault({ path: PATH, status: 400, body: { detail } });
		const downloadUrl = `${avala.url}${PATH}?part=1&sig=s1gn4tur3-of-link`;
		const { message } = await failureOf(download(ready({ downloadUrl })));
		expect(message).toContain('responded 400: (withheld for safety).');
		expect(message).not.toContain('s1gn4tur3');
	});

	it.each([
		[403, 2],
		[401, 1],
	])(
		'may have signed its link, which expires: after %d it reads the export %d times',
		async (status, times) => {
			avala.fault({ path: PATH, status, body: {} });
			await failureOf(download(ready({ downloadUrl: `${avala.url}${PATH}?Signature=x` })));
			expect(reads()).toHaveLength(times);
		},
	);
});

it('a storage that cannot be reached is named', async () => {
	const error = await failureOf(download(ready({ downloadUrl: 'http://127.0.0.1:1/x.zip?a=b' })));
	expect(error.message).toMatch(
		/^No response from 127\.0\.0\.1:1 about export \S+: the connection was refused\. Check that n8n can/,
	);
});

describe('a link that has expired', () => {
	it.each([403, 404])('is fetched anew once, after %d', async (status) => {
		for (const plan of [{}, { link: 'api', apiRedirects: true }] as const) {
			avala.clearRequests();
			avala.storage.clearRequests();
			avala.storage.fault({ path: /^\/exports/, status, times: 1 });
			const [item] = await download(ready({ plan }));
			expect(item?.binary?.data?.bytes).toBeGreaterThan(0);
			expect(avala.requests().filter(({ path }) => path.endsWith('/'))).toHaveLength(2);
			expect(avala.storage.requests()).toHaveLength(2);
		}
	});

	it.each([206, 416])('is not blamed for what it has nothing to do with: %d', async (status) => {
		avala.storage.fault({ status, body: '' });
		const { message } = await failureOf(download(ready()));
		expect(message).toMatch(`could not be downloaded. 127.0.0.1`);
		expect(message).toContain(`responded ${status}. Links to exports are short-lived`);
		expect(avala.storage.requests()).toHaveLength(1);
		expect(files.all()).toEqual([]);
	});

	it('is an error without its signature when the fresh one is refused too', async () => {
		avala.storage.fault({
			status: 403,
			body: '<Error><Code>SignatureDoesNotMatch</Code><Message>No: http://s/x?Signature=abc.</Message><StringToSign>top-secret</StringToSign></Error>',
		});
		const error = await failureOf(download(ready()));
		expect(error.message).toMatch(/could not be downloaded\..* responded 403\. Links to exports/);
		expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(
			/Signature=|Expires=|top-secret/,
		);
		expect(avala.storage.requests()).toHaveLength(2);
		expect(files.all()).toEqual([]);
	});
});

describe('a file that is not whole is an error and never passed on', () => {
	it.each([
		['when the connection is cut', { cutOffAfter: 700_000 }],
		['when it is cut and no length was announced', { cutOffAfter: 700_000, chunked: true }],
		['when it is shorter than announced', { endAfter: 700_000 }],
	])('%s', async (_, fault) => {
		avala.storage.fault(fault);
		const error = await failureOf(download(ready({ plan: { file: { size: 1_000_000 } } })));
		expect(error.message).toMatch(
			/export .* was not received completely: .* MB(?: of 1 MB)? came, and none of it was passed on\. Run/,
		);
		expect(error.message).not.toMatch(/Signature|Expires/);
		expect(files.all()).toEqual([]);
	});

	it('and with Continue On Fail the item tells the error and has no file', async () => {
		avala.storage.fault({ cutOffAfter: 10 });
		const [item] = await download(ready(), {}, { continueOnFail: true });
		expect(item).toMatchObject({ json: { error: expect.stringContaining('not received') } });
		expect(item?.binary).toBeUndefined();
	});
});

describe('where a link may lead', () => {
	it.each([
		[
			'plain http to another machine',
			'http://storage.example.com/x.zip?Signature=abc',
			/not https/,
		],
		[
			'a password in it',
			'https://:b@storage.example.com/x.zip',
			/^The file of export \S+ was not downloaded: its link contains a user name or a password\./,
		],
		['a user name in it', 'https://a@storage.example.com/x.zip', /user name or a password/],
		['no address', 'http://[', /not a valid address/],
		[
			'a host that holds a secret',
			`ftp://${SANDBOX_API_KEY}/`,
			/is not https but \(withheld for safety\)\./,
		],
	])('is not followed: %s', async (_, downloadUrl, reason) => {
		const error = await failureOf(download(ready({ downloadUrl })));
		expect(error.message).toMatch(reason);
		expect(error.message).not.toContain('Signature');
	});

	it('nor a redirect to such a place', async () => {
		avala.storage.fault({ redirectTo: 'http://storage.example.com/x?Signature=abc' });
		const error = await failureOf(download(ready()));
		expect(error.message).toMatch(/the redirect of 127\.0\.0\.1:\d+ is not https but http:/);
	});

	it('nor redirects without an end', async () => {
		const elsewhere = await serve((request, response) => {
			response.writeHead(302, { location: `${request.url ?? ''}0` }).end();
		});
		const error = await failureOf(download(ready({ downloadUrl: `${elsewhere.url}/x?secret=1` })));
		await elsewhere.close();
		expect(error.message).toContain('one redirect after another');
		expect(error.message).not.toContain('secret');
		expect(elsewhere.requests).toHaveLength(6);
	});

	it('and the key stays away once a redirect has left the API', async () => {
		const elsewhere = await serve((_, response) => {
			response.writeHead(302, { location: `${avala.baseUrl}/webhooks/` }).end();
		});
		const error = await failureOf(download(ready({ downloadUrl: `${elsewhere.url}/x` })));
		await elsewhere.close();
		expect(error.message).toContain('401');
		expect(elsewhere.requests).toHaveLength(2);
		for (const { headers } of elsewhere.requests) {
			expect(headers).not.toHaveProperty('x-avala-api-key');
		}
	});

	it('and the key goes along with a redirect that stays at the API', async () => {
		const api = await serve(({ url }, response) => {
			const sent = { uid: 'e1', status: 'exported', download_url: '/one' };
			if (url === '/one') response.writeHead(302, { location: '/two' });
			response.end(url === '/exports/e1/' ? JSON.stringify(sent) : 'data');
		});
		await download('e1', {}, { baseUrl: api.url });
		await api.close();
		const keys = api.requests.map(({ url, headers }) => [url, headers['x-avala-api-key']]);
		expect(keys).toEqual(['/exports/e1/', '/one', '/two'].map((url) => [url, avala.apiKey]));
	});

	it.each([
		['\ufeff\n<!-- a > b --><p>', ' Text/HTML; charset=utf-8'],
		['\ufeff \n<HTML lang="en">', 'application/octet-stream'],
		['<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN">', 'text/xml'],
	])(
		'is no web page, such as that of a proxy, whatever it is called: %j as %s',
		async (content, contentType) => {
			const uid = ready({ plan: { file: { content, contentType } } });
			expect((await failureOf(download(uid))).message).toMatch(
				/^The file of export \S+ was not downloaded: 127\.0\.0\.1:\d+ responded with a web page\./,
			);
			expect(files.all()).toEqual([]);
		},
	);

	it.each([
		['PK\x03\x04 <html>', 'text/html'],
		['<?xml version="1.0"?><annotations/>', 'text/html'],
		[`<annotations>${' '.repeat(1000)}<html>`, 'application/xml'],
	])(
		'may be a file that is called a page, or speaks of one: %j as %s',
		async (content, contentType) => {
			const [item] = await download(ready({ plan: { file: { content, contentType } } }));
			expect(item?.binary?.data?.bytes).toBe(content.length);
		},
	);
});

it('a file that is unpacked on the way is called what it is then', async () => {
	const body = gzipSync('{"big": true}');
	const storage = await serve((_, response) => {
		response.writeHead(200, {
			'content-encoding': 'gzip',
			'content-length': String(body.length),
			'content-type': 'application/gzip',
		});
		response.end(body);
	});
	const [item] = await download(ready({ downloadUrl: `${storage.url}/x.json.gz` }));
	await storage.close();
	expect(files.contentOf(item?.binary?.data)).toBe('{"big": true}');
	const type = { fileName: 'x.json', mimeType: 'application/json' };
	expect(item?.binary?.data).toMatchObject(type);
});

describe('an export that has no file', () => {
	it.each([
		[
			'is running',
			{ state: 'processing' as const },
			/^The export \S+ has no file yet: Avala sent no 'download_url'\. .*running.*'Wait Until Ready'/,
		],
		[
			'has failed',
			{ state: 'failed' as const },
			/^The export \S+ has no file\. In Avala its state is failed.*Create a new export/,
		],
	])('is an error that says so: it %s', async (_, given, message) => {
		const { uid } = avala.addExport(given);
		expect((await failureOf(download(uid))).message).toMatch(message);
		expect(avala.storage.requests()).toEqual([]);
	});

	it('is waited for when the user wants that', async () => {
		const { uid } = avala.addExport({ plan: { requestedMs: 0, processingMs: 0 } });
		const [item] = await download(uid, { options: { waitUntilReady: true, maxWait: 5 } });
		expect(item?.json.state).toBe('ready');
		expect(item?.binary?.data?.bytes).toBeGreaterThan(0);
	});
});

describe('a transfer that ends early', () => {
	/** A storage whose file never ends, or never begins. */
	async function endless(begin: (response: ServerResponse) => void) {
		let closed: Promise<unknown> = Promise.resolve();
		const server = await serve((_, response) => {
			closed = once(response, 'close');
			begin(response);
		});
		return { ...server, closed: async () => await closed };
	}
	const send = (response: ServerResponse) => {
		response.writeHead(200, { 'content-type': 'application/zip' }).write('x'.repeat(100_000));
	};

	it.each([
		['while the file comes', send],
		['before the file begins', () => {}],
	])(
		'by the user’s stop closes the connection at once, and leaves no file: %s',
		async (_, begin) => {
			const storage = await endless(begin);
			let stop = () => {};
			const uid = ready({ downloadUrl: `${storage.url}/x.zip` });
			const running = download(uid, {}, { onRunning: (cancel) => (stop = cancel) }).then(
				() => undefined,
				() => undefined,
			);
			while (storage.requests.length === 0) await new Promise(setImmediate);
			stop();
			await running;
			await storage.closed();
			await storage.close();
			// n8n tidies up in the background.
			while (files.all().length > 0) await new Promise(setImmediate);
		},
	);

	it('because n8n cannot store it closes the connection', async () => {
		const storage = await endless(send);
		const restore = files.makeUnusable();
		await failureOf(download(ready({ downloadUrl: `${storage.url}/x.zip` })));
		await storage.closed();
		restore();
		await storage.close();
	});
});
