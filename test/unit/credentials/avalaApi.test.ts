import type { IHttpRequestOptions } from 'n8n-workflow';

import { AvalaApi } from '../../../credentials/AvalaApi.credentials';

const authenticate = async (
	request: Partial<IHttpRequestOptions> & { uri?: string },
	baseUrl = 'https://api.avala.ai/api/v1',
) =>
	await new AvalaApi().authenticate({ apiKey: ' key ', baseUrl }, request as IHttpRequestOptions);

describe('the credential', () => {
	it.each([
		{ url: 'https://api.avala.ai/api/v1/webhooks/' },
		{ url: '/webhooks/', baseURL: 'https://api.avala.ai/api/v1' },
		{ uri: 'https://api.avala.ai/files/1.json' },
	])('adds the key to a request that stays at the base URL’s origin: %j', async (request) => {
		const { headers } = await authenticate({ ...request, headers: { accept: 'x' } });
		expect(headers).toEqual({ accept: 'x', 'X-Avala-Api-Key': 'key' });
	});

	it.each([
		{ url: 'https://evil.example.com/' },
		{ url: 'http://api.avala.ai/api/v1/webhooks/' },
		{ url: 'https://api.avala.ai.evil.example.com/' },
		{ url: 'https://api.avala.ai@evil.example.com/' },
		{ url: '//evil.example.com/', baseURL: 'https://api.avala.ai/api/v1' },
		{ url: '/x', baseURL: 'https://evil.example.com' },
		{ uri: 'https://evil.example.com/' },
	])('refuses to take the key elsewhere: %j', async (request) => {
		await expect(authenticate(request)).rejects.toThrow('sent to api.avala.ai alone');
	});

	it('names the port or the missing TLS where only that differs', async () => {
		for (const origin of ['http://api.avala.ai', 'https://api.avala.ai:8443']) {
			await expect(authenticate({ url: `${origin}/x` })).rejects.toThrow(`is for ${origin}.`);
		}
	});

	it.each([
		['http://api.avala.ai/api/v1', 'https'],
		['http://localhost.example.com/', 'https'],
		['http://127.0.0.1.example.com/', 'https'],
		['ftp://localhost/', 'https'],
		['nonsense', 'not a URL'],
		['https://user:pass@api.avala.ai/', 'user name'],
		['https://api.avala.ai/?x=1', 'query'],
	])('refuses the base URL %s and says why', async (baseUrl, reason) => {
		await expect(authenticate({ url: `${baseUrl}/webhooks/` }, baseUrl)).rejects.toThrow(reason);
	});

	it.each(['http://localhost:4010/api/v1', 'http://127.0.0.1:4010', 'http://[::1]:4010/'])(
		'accepts plain http on this machine: %s',
		async (baseUrl) => {
			const { headers } = await authenticate({ url: `${baseUrl}/webhooks/` }, baseUrl);
			expect(headers).toHaveProperty('X-Avala-Api-Key');
		},
	);
});
