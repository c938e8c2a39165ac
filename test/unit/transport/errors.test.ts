import type { NodeApiError } from 'n8n-workflow';

import type { Connection } from '../../../nodes/Avala/transport/connection';
import { connect } from '../../../nodes/Avala/transport/connection';
import type { RequestInfo } from '../../../nodes/Avala/transport/diagnosis';
import { askedWaitMs, refusedError } from '../../../nodes/Avala/transport/errors';
import type { Exchanged } from '../../../nodes/Avala/transport/exchange';
import type { Collection } from '../../../nodes/Avala/transport/paths';
import {
	all,
	below,
	DATASETS,
	DELIVERIES,
	EXPORTS,
	one,
	PROJECTS,
	TASKS,
	WEBHOOKS,
} from '../../../nodes/Avala/transport/paths';
import { loadOptionsContext } from '../../support/contexts';

let connection: Connection;
beforeAll(async () => {
	const baseUrl = 'https://api.example.com/api/v1';
	connection = await connect(loadOptionsContext({}, { apiKey: 'key', baseUrl }));
});

const infoOf = ({ endpoint = one(WEBHOOKS, 'wh_1'), ...given }: Partial<RequestInfo>) => ({
	method: 'GET',
	path: endpoint.path,
	host: 'api.example.com',
	endpoint,
	...given,
});

function refused(
	given: Partial<Exchanged>,
	request: Partial<RequestInfo> = {},
	known = connection,
): NodeApiError {
	return refusedError(known, infoOf(request), { status: 400, headers: {}, text: '', ...given });
}

describe('a refusal', () => {
	it('says what happened in its heading, and below it what Avala said, what to do and what was asked', () => {
		const { message, description, httpCode } = refused({ status: 418 });
		expect(message).toBe('Avala refused the request for webhook wh_1.');
		expect(description).toBe(
			'Avala responded 418. Check the parameters of this node. The request was GET /webhooks/wh_1/ to api.example.com.',
		);
		expect(httpCode).toBe('418');
	});

	it('names each field once, and tells the trigger all of them', () => {
		const text = JSON.stringify({ '<1>': ['a'], '<2>': ['b'], secret: ['c'] });
		const { message, context } = refused({ status: 422, text });
		expect(message).toBe("Avala did not accept 'another field', 'secret'.");
		expect(context.refusedFields).toEqual(['another field', 'another field', 'secret']);
		expect(refused({}).context).not.toHaveProperty('refusedFields');
	});

	it('tells the trigger which event types it names, and keeps no other word of it', () => {
		const secret = 'whs-9f8e-7d6c';
		const words = `task.deleted is unknown. ${'word '.repeat(100)} ${secret} quality.alert task.${secret}`;
		const text = JSON.stringify({ detail: words, [secret]: words });
		const error = refused({ text }, {}, { ...connection, secrets: [secret] });
		expect(error.context.refusedTypes).toEqual(['task.deleted', 'quality.alert']);
		expect(JSON.stringify(error)).not.toContain(secret);
		expect(refused({}).context).not.toHaveProperty('refusedTypes');
	});

	it('says how long Avala asks to wait, in whole seconds', () => {
		const asking = (seconds?: string) =>
			refused({ status: 429, headers: { 'retry-after': seconds } });
		const { description, context } = asking('1.001');
		expect(description).toContain('Avala asks to wait 2 s before the next request.');
		expect(context.retryAfterMs).toBe(1001);
		for (const seconds of ['0', undefined]) {
			expect(asking(seconds).description).toContain(' Wait a minute before');
		}
	});

	it.each<[number, boolean, string]>([
		[429, true, ' 429. Run the node again in a few minutes.'],
		[403, true, ' 403. Links to exports are short-lived, and files may be removed: create a new'],
		[401, true, ' 401. The API key was not sent to s.example.com. If that is Avala’s API, enter'],
	])('of the storage, %d (%s), is told apart from one of the API', (status, isStorage, words) => {
		const { description } = refused({ status }, { host: 's.example.com', isStorage });
		expect(description).toContain(`${isStorage ? 's.example.com' : 'Avala'} responded${words}`);
	});
});

it.each<[Collection, string, string?, string?]>([
	[WEBHOOKS, 'the webhooks', 'webhooks.read', 'webhooks.write'],
	[DELIVERIES, 'the deliveries', 'webhooks.read', 'webhooks.write'],
	[EXPORTS, 'the exports', 'exports.read', 'exports.create'],
	[TASKS, 'the tasks', 'tasks.read', 'tasks.write'],
	[PROJECTS, 'the projects', 'projects.read', 'projects.write'],
	[DATASETS, 'the datasets', 'datasets.read', 'datasets.write'],
	[{ ...TASKS, permissions: undefined }, 'the tasks'],
])('a key that may not access $plural is told which permission it needs', (...given) => {
	const [collection, subject, toRead, toWrite] = given;
	const endpoint = all(collection);
	for (const [method, permission] of [
		['GET', toRead],
		['POST', toWrite],
		['DELETE', toWrite],
	] as const) {
		const { message, description } = refused({ status: 403 }, { endpoint, method });
		expect(message).toBe(`The API key may not access ${subject}.`);
		expect(description).toContain(
			permission === undefined
				? 'Have its owner grant it access in Avala, or use another key.'
				: `It needs the permission ${permission}: have its owner grant it in Avala`,
		);
	}
});

describe('an ID', () => {
	it('may have blanks around it, and leads to its own path', () => {
		expect(one(EXPORTS, ' e-1.~\n', 'file')).toMatchObject({
			path: '/exports/e-1.~/file/',
			subject: 'export e-1.~',
		});
		const targets = below({ ...TASKS, path: '/projects/{project}/notes/' }, 'p_1');
		expect(one(targets, 'n_1').path).toBe('/projects/p_1/notes/n_1/');
	});

	it('that is none is refused', () => {
		for (const id of ['x'.repeat(201), 'a..b', '-a', 'a b', 'ä', ' None ']) {
			expect(() => one(EXPORTS, id)).toThrow('The ID of the export');
		}
	});
});

describe('the wait that Avala asks for', () => {
	const NOW = Date.parse('2026-03-02T10:30:00Z');
	beforeEach(() => jest.useFakeTimers({ now: NOW }));
	afterEach(() => jest.useRealTimers());
	const reset = (ms: number) => String((NOW + ms) / 1000);

	it.each<[unknown, number | undefined]>([
		[' 5 ', 5000],
		['0.0001', 1],
		['0', 0],
		['9'.repeat(400), undefined],
		['1e9', undefined],
		['-5', undefined],
		['soon', undefined],
		['Mon, 02 Mar 2026 10:30:30 GMT', 30_000],
		['Mon, 02 Mar 2026 10:29:00 GMT', 0],
	])('in Retry-After: %j is %j ms', (retryAfter, expected) => {
		expect(askedWaitMs(503, { 'retry-after': retryAfter as string })).toBe(expected);
	});

	it('is told by the reset of the rate limit after 429 alone, unless Retry-After tells it', () => {
		for (const [sent, waitMs] of [
			[reset(55_000), 55_000],
			[String(NOW + 55_000), 55_000],
			[reset(-55_000), 0],
			['30', undefined],
			['soon', undefined],
		] as const) {
			expect(askedWaitMs(429, { 'x-ratelimit-reset': sent })).toBe(waitMs);
			expect(askedWaitMs(429, { 'retry-after': 'soon', 'x-ratelimit-reset': sent })).toBe(waitMs);
			expect(askedWaitMs(503, { 'x-ratelimit-reset': sent })).toBeUndefined();
			expect(askedWaitMs(429, { 'retry-after': '5', 'x-ratelimit-reset': sent })).toBe(5000);
		}
	});
});
