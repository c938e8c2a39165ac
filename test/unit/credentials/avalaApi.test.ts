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

	it.each(['http://api.avala.ai', 'https://api.avala.ai:8443', 'https://evil.example.com'])(
		'names both hosts, and the port or the missing TLS where only that differs: %s',
		async (origin) => {
			await expect(authenticate({ url: `${origin}/x` })).rejects.toThrow(
				new Error(
					`The Avala API key is sent to api.avala.ai alone, and this request is for ${origin}. Send it without the Avala credential.`,
				),
			);
		},
	);

	it('asks n8n’s request helpers, old and new, not to follow a redirect, which would take the key along', async () => {
		const url = 'https://api.avala.ai/api/v1/webhooks/';
		const request = { url, followRedirect: true, disableFollowRedirect: false, qs: { limit: 1 } };
		expect(await authenticate(request)).toEqual({
			url,
			qs: { limit: 1 },
			disableFollowRedirect: true,
			followRedirect: false,
			followAllRedirects: false,
			maxRedirects: 0,
			headers: { 'X-Avala-Api-Key': 'key' },
		});
	});

	it('takes an address without a host for one below the base URL', async () => {
		const { headers } = await authenticate({ url: 'webhooks/' });
		expect(headers).toHaveProperty('X-Avala-Api-Key');
		expect(await authenticate({})).toHaveProperty('headers.X-Avala-Api-Key');
	});

	it('sends nothing to a base URL that is not https', async () => {
		const baseUrl = 'http://api.avala.ai/api/v1';
		await expect(authenticate({ url: `${baseUrl}/webhooks/` }, baseUrl)).rejects.toThrow(
			"'Base URL' in the Avala credential was refused",
		);
	});
});

describe('the credential in the editor', () => {
	const { name, displayName, properties, test, documentationUrl } = new AvalaApi();

	it('keeps the names that saved credentials contain, and leads to its documentation', () => {
		expect(name).toBe('avalaApi');
		expect(displayName).toBe('Avala API');
		expect(new URL(documentationUrl).hash).toBe('#credential');
		expect(properties.map((property) => [property.name, property.type])).toEqual([
			['apiKey', 'string'],
			['baseUrl', 'string'],
			['webhookSecret', 'string'],
		]);
	});

	it('shows neither the key nor the secret while they are typed, and fills in the base URL alone', () => {
		expect(
			properties.map((property) => [
				property.typeOptions?.password ?? false,
				property.required ?? false,
				property.default,
			]),
		).toEqual([
			[true, true, ''],
			[false, false, 'https://api.avala.ai/api/v1'],
			[true, false, ''],
		]);
	});

	it('is tested with the smallest request, at the base URL and without following a redirect', () => {
		expect(test.request).toEqual({
			baseURL: "={{ ($credentials.baseUrl || '').trim() || 'https://api.avala.ai/api/v1' }}",
			url: '/webhooks/',
			qs: { limit: 1 },
			disableFollowRedirect: true,
		});
	});

	it('says what is wrong after a failed test: the key, its permission, or the base URL', () => {
		const told = (test.rules ?? []).map(({ type, properties: rule }) => [
			type,
			'key' in rule ? rule.key : rule.value,
			rule.message,
		]);
		expect(told).toEqual([
			['responseCode', 401, expect.stringMatching(/refused the API key/)],
			[
				'responseCode',
				403,
				expect.stringMatching(
					/^The API key is valid, but lacks the permission webhooks\.read\. Only the Avala Trigger and the operations on webhooks and deliveries need it/,
				),
			],
			['responseCode', 404, expect.stringMatching(/no Avala API at this base URL.*\/api\/v1/)],
			['responseSuccessBody', 'results', expect.stringMatching(/login page.*\/api\/v1/)],
		]);
	});
});
