import { NodeApiError } from 'n8n-workflow';

import type { Asked, Refusal } from '../../../nodes/Avala/transport/errors';
import { refusedError } from '../../../nodes/Avala/transport/errors';
import { connect } from '../../../nodes/Avala/transport/connection';
import type { Connection } from '../../../nodes/Avala/transport/connection';
import {
	all,
	DATASETS,
	DELIVERIES,
	EXPORTS,
	one,
	PROJECTS,
	PROJECTS_OF_OLDER_SERVERS,
	TASKS,
	WEBHOOKS,
} from '../../../nodes/Avala/transport/paths';
import { loadOptionsContext } from '../../support/contexts';

const baseUrl = 'https://api.example.com/api/v1';
let connection: Connection;
beforeAll(async () => {
	connection = await connect(loadOptionsContext({}, { apiKey: 'key', baseUrl }));
});

const WEBHOOK = one(WEBHOOKS, 'wh_1');
const SILENT = { text: '', fields: [] };

function refused(refusal: Partial<Refusal>, asked: Partial<Asked> = {}): NodeApiError {
	const { endpoint = WEBHOOK, method = 'GET' } = asked;
	return refusedError(
		connection,
		{ method, path: endpoint.path, host: 'api.example.com', endpoint },
		{ status: 400, words: SILENT, ...refusal },
	);
}

describe('a refusal says what happened, what Avala said and what to do', () => {
	it.each<[number, string]>([
		[
			300,
			"api.example.com responded with a redirect. Avala responded 300. It points to another address and was not followed, because the API key would travel with it. Enter the address of the API itself as 'Base URL' in the Avala credential.",
		],
		[
			400,
			'Avala did not accept the values for webhook wh_1. Avala responded 400. Correct what Avala names and try again.',
		],
		[
			401,
			'Avala refused the API key. Avala responded 401. It is wrong, revoked or expired: enter a current key in the Avala credential and save it, which tests it.',
		],
		[
			403,
			'The API key may not access webhook wh_1. Avala responded 403. It needs the permission webhooks.read: have its owner grant it in Avala, or use another key.',
		],
		[
			404,
			"Avala does not know webhook wh_1. Avala responded 404. It may have been deleted, or belong to another account. Check the ID, and 'API Key' and 'Base URL' in the Avala credential.",
		],
		[
			405,
			"Avala does not allow GET on /webhooks/wh_1/. Avala responded 405. Check that 'Base URL' in the Avala credential ends in /api/v1.",
		],
		[
			409,
			'Avala reports a conflict for webhook wh_1. Avala responded 409. Someone else may have changed it at the same time. Look at its current state and try again.',
		],
		[413, 'The request was too large for Avala. Avala responded 413. Send less at once.'],
		[
			418,
			'Avala refused the request for webhook wh_1. Avala responded 418. Check the parameters of this node.',
		],
		[
			422,
			'Avala did not accept the values for webhook wh_1. Avala responded 422. Correct what Avala names and try again.',
		],
		[
			429,
			'Avala’s rate limit was reached. Avala responded 429. Wait a minute before the next request. Avala allows 100 requests a minute for each user, and five exports at a time: run fewer items at once, or run them later.',
		],
		[
			500,
			'Avala could not process the request for webhook wh_1. Avala responded 500. The fault is on Avala’s side. Try again in a few minutes; if it persists, check Avala’s status page.',
		],
	])('%d', (status, message) => {
		const error = refused({ status });
		expect(error.message).toBe(message);
		expect(error.httpCode).toBe(String(status));
		expect(error.description).toBe('The request was GET /webhooks/wh_1/ to api.example.com.');
	});

	it('with Avala’s own words and the fields that it names, each once', () => {
		const words = { text: "'events': Unknown event type.", fields: ['events', 'events', 'secret'] };
		const error = refused({ words });
		expect(error.message).toBe(
			"Avala did not accept 'events', 'secret'. Avala responded 400: 'events': Unknown event type. Correct what Avala names and try again.",
		);
		expect(error.context.refusedFields).toEqual(words.fields);
		expect(refused({}).context).not.toHaveProperty('refusedFields');
	});

	it('with where a redirect points to', () => {
		expect(refused({ status: 308, redirectHost: 'other.example.com' }).message).toContain(
			'It points to other.example.com and was not followed',
		);
	});

	it('with how long Avala asks to wait, in whole seconds', () => {
		const error = refused({ status: 429, retryAfterMs: 1001 });
		expect(error.message).toContain('Avala asks to wait 2 s before the next request.');
		expect(error.context.retryAfterMs).toBe(1001);
		expect(refused({ status: 429 }).context).not.toHaveProperty('retryAfterMs');
	});
});

describe('a refusal of the key names the permission that it needs', () => {
	it.each([
		['the webhooks', WEBHOOKS, '/webhooks/', 'webhooks.read', 'webhooks.write'],
		['the deliveries', DELIVERIES, '/webhook-deliveries/', 'webhooks.read', 'webhooks.write'],
		['the exports', EXPORTS, '/exports/', 'exports.read', 'exports.create'],
		['the tasks', TASKS, '/tasks/', 'tasks.read', 'tasks.write'],
		['the projects', PROJECTS, '/users/me/projects/', 'projects.read', 'projects.write'],
		['the projects', PROJECTS_OF_OLDER_SERVERS, '/projects/', 'projects.read', 'projects.write'],
		['the datasets', DATASETS, '/datasets/', 'datasets.read', 'datasets.write'],
	])('for %s', (subject, collection, path, toRead, toWrite) => {
		const endpoint = all(collection);
		expect(endpoint.path).toBe(path);
		expect(one(collection, 'x_1', { action: 'test' }).path).toBe(`${path}x_1/test/`);
		for (const [method, permission] of [
			['GET', toRead],
			['POST', toWrite],
			['DELETE', toWrite],
		] as const) {
			expect(refused({ status: 403 }, { endpoint, method }).message).toBe(
				`The API key may not access ${subject}. Avala responded 403. It needs the permission ${permission}: have its owner grant it in Avala, or use another key.`,
			);
		}
	});
});

describe('an ID', () => {
	it.each([
		[WEBHOOKS, 'webhook wh_1'],
		[DELIVERIES, 'delivery wh_1'],
		[EXPORTS, 'export wh_1'],
		[TASKS, 'task wh_1'],
		[PROJECTS, 'project wh_1'],
		[DATASETS, 'dataset wh_1'],
	])('may have blanks around it, and is named with what it is of', (collection, subject) => {
		expect(one(collection, ' wh_1\n').subject).toBe(subject);
	});

	it('that is none is quoted, shortened, with where to find one', () => {
		expect(() => one(EXPORTS, '/'.repeat(100))).toThrow(
			`"${'/'.repeat(80)}" is not the ID of an export. An ID consists of letters, digits, hyphens and underscores, such as exp_1a2b3c4d or a UUID. Take the ID from a list of exports.`,
		);
		expect(() => one(DATASETS, 'a/b')).toThrow('such as ds_1a2b3c4d or a UUID');
		expect(() => one(TASKS, ' ')).toThrow(/^The ID of the task is empty\. /);
	});
});
