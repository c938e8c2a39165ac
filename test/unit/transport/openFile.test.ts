import type { IHttpRequestOptions } from 'n8n-workflow';

import { connect } from '../../../nodes/Avala/transport/connection';
import { openFile } from '../../../nodes/Avala/transport/openFile';
import { EXPORTS, one } from '../../../nodes/Avala/transport/paths';
import { loadOptionsContext } from '../../support/contexts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

interface Sent {
	url: string;
	timeout?: number;
	withKey: boolean;
}

/** Opens a link while n8n's request helpers respond like this. @returns the requests that they were given */
async function opening(
	link: string,
	respond: (request: Sent) => Promise<unknown>,
): Promise<{ sent: Sent[]; outcome: unknown; tookMs: number }> {
	const baseUrl = 'https://api.example.com/api/v1';
	const known = await connect(loadOptionsContext({}, { apiKey: 'k', baseUrl }));
	const sent: Sent[] = [];
	const record = async ({ url, timeout }: IHttpRequestOptions, withKey: boolean) => {
		const request = { url, timeout, withKey };
		sent.push(request);
		return await respond(request);
	};
	const helpers = {
		httpRequest: async (options: IHttpRequestOptions) => await record(options, false),
		httpRequestWithAuthentication: async (_: string, options: IHttpRequestOptions) =>
			await record(options, true),
	};
	const context = Object.assign(Object.create(known.context), { helpers });
	const startedAt = Date.now();
	let outcome: unknown;
	void openFile({ ...known, context }, one(EXPORTS, 'e1'), link).then(
		({ status }) => (outcome = status),
		(error: unknown) => (outcome = error),
	);
	while (outcome === undefined) await jest.advanceTimersByTimeAsync(500);
	return { sent, outcome, tookMs: Date.now() - startedAt };
}

const respondAfter = (ms: number) => async (request: Sent) => {
	const limitMs = request.timeout ?? Infinity;
	await new Promise((resolve) => setTimeout(resolve, Math.min(ms, limitMs)));
	if (ms > limitMs) throw Object.assign(new Error('timeout'), { code: 'ECONNABORTED' });
	return { statusCode: 200, headers: {}, body: '' };
};

it('a file may take a minute to begin, twice, since it may be packed meanwhile', async () => {
	const link = 'https://s.example.com/x.zip';
	const { sent, outcome, tookMs } = await opening(link, respondAfter(3_600_000));
	expect(sent.map(({ timeout }) => timeout)).toEqual([60_000, 59_500]);
	expect(String(outcome)).toContain('about export e1: the time limit was exceeded.');
	expect(tookMs).toBeLessThanOrEqual(120_500);
});

describe('a link', () => {
	it.each([
		['http://api.example.com/x', 'https://api.example.com/x', true],
		['//api.example.com/x', 'https://api.example.com/x', true],
		['https://api.example.com:8443/x', 'https://api.example.com:8443/x', false],
	])(
		'%s leads to %s, with the key (%s) on the API’s own origin alone',
		async (link, url, withKey) => {
			const { sent } = await opening(link, respondAfter(0));
			expect(sent).toEqual([{ url, withKey, timeout: 60_000 }]);
		},
	);

	it.each(['http://127.0.0.1:5678/rest/internal', 'http://api.example.com:8080/x'])(
		'is not followed in clear, not even to this machine: %s',
		async (link) => {
			const { sent, outcome } = await opening(link, respondAfter(0));
			expect(String(outcome)).toContain('is not https but http:');
			expect(sent).toEqual([]);
		},
	);
});
