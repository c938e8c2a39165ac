import type { IHttpRequestOptions } from 'n8n-workflow';

import { connect } from '../../../nodes/Avala/transport/connection';
import { openFile } from '../../../nodes/Avala/transport/openFile';
import { EXPORTS, one } from '../../../nodes/Avala/transport/paths';
import { loadOptionsContext } from '../../support/contexts';

/** Opens a link of an API that is reached over https. @returns the requests of n8n's helpers, and how it ended */
async function opening(link: string) {
	const baseUrl = 'https://api.example.com/api/v1';
	const known = await connect(loadOptionsContext({}, { apiKey: 'k', baseUrl }));
	const sent: object[] = [];
	const respond = async ({ url, timeout }: IHttpRequestOptions, withKey: boolean) => {
		sent.push({ url, timeout, withKey });
		return await Promise.resolve({ statusCode: 200, headers: {}, body: '' });
	};
	const helpers = {
		httpRequest: async (options: IHttpRequestOptions) => await respond(options, false),
		httpRequestWithAuthentication: async (_: string, options: IHttpRequestOptions) =>
			await respond(options, true),
	};
	const context = Object.assign(Object.create(known.context), { helpers });
	const outcome = await openFile({ ...known, context }, one(EXPORTS, 'e1'), link).catch(String);
	return { sent, outcome };
}

describe('a link', () => {
	it.each([
		['http://api.example.com/x', 'https://api.example.com/x', true],
		['https://api.example.com:8443/x', 'https://api.example.com:8443/x', false],
	])(
		'%s leads to %s, with the key (%s) on the API’s own origin alone, and may take a minute',
		async (link, url, withKey) => {
			expect((await opening(link)).sent).toEqual([{ url, withKey, timeout: 60_000 }]);
		},
	);

	it.each(['http://127.0.0.1:5678/rest/internal', 'http://api.example.com:8080/x'])(
		'is not followed in clear, not even to this machine: %s',
		async (link) => {
			const { sent, outcome } = await opening(link);
			expect(outcome).toContain('is not https but http:');
			expect(sent).toEqual([]);
		},
	);
});
