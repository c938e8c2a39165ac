import '../../support/pauses';

import type { IDataObject } from 'n8n-workflow';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { hookContext } from '../../support/contexts';

/** For some seconds Avala's reads may not know a webhook that it has just created. */

const LIST = '/api/v1/webhooks/';
const ONE = /\/webhooks\/.+\/$/;

let avala: Sandbox;
beforeAll(async () => {
	const keys = [{ key: 'another-key', account: 'other' }];
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, sampleData: false, keys });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.reset();
});
afterEach(() => jest.restoreAllMocks());

const { checkExists, delete: remove } = new AvalaTrigger().webhookMethods.default;

const context = (staticData: IDataObject, apiKey = avala.apiKey) =>
	hookContext({
		parameters: { events: ['task.completed'], options: {} },
		staticData,
		activation: 'activate',
		credentials: { apiKey, baseUrl: avala.baseUrl, webhookSecret: '' },
	});
const publish = async (staticData: IDataObject, apiKey?: string) =>
	await checkExists.call(context(staticData, apiKey));
const unpublish = async (staticData: IDataObject) => await remove.call(context(staticData));

/** @param times how often a webhook is not found by its ID */
function lag(times = Infinity): void {
	avala.fault({ method: 'GET', path: LIST, status: 200, body: { results: [], next: null } });
	avala.fault({ method: 'GET', path: ONE, times, status: 404, body: { detail: 'Not found.' } });
}

const uids = () => avala.webhooks().map(({ uid }) => uid);

describe('while Avala’s reads do not know a webhook that it has just created', () => {
	it('a workflow that is published and unpublished has none, and published again one', async () => {
		lag();
		const staticData: IDataObject = {};
		await publish(staticData);
		await unpublish(staticData);
		expect(uids()).toEqual([]);
		await publish(staticData);
		expect(uids()).toEqual([staticData.webhookId]);
	});

	it('a workflow that is published twice has one, which is read again until it is there', async () => {
		lag(3);
		const staticData: IDataObject = {};
		await publish(staticData);
		const { webhookId } = staticData;
		await publish(staticData);
		expect(uids()).toEqual([webhookId]);
		expect(staticData.webhookId).toBe(webhookId);
	});

	it('a workflow whose activation failed elsewhere has none, though n8n has stored no ID', async () => {
		lag();
		await publish({});
		await unpublish({});
		expect(uids()).toEqual([]);
	});

	it('another account is asked for its own webhooks alone', async () => {
		const staticData: IDataObject = {};
		await publish(staticData);
		const before = uids();
		lag();
		await publish(staticData, 'another-key');
		expect(uids()).toEqual(expect.arrayContaining([...before, staticData.webhookId]));
		expect(avala.requests().map(({ method }) => method)).not.toContain('DELETE');
	});
});

it('a webhook that someone has deleted right after its creation is created anew', async () => {
	const staticData: IDataObject = {};
	await publish(staticData);
	const { webhookId } = staticData;
	await fetch(`${avala.baseUrl}/webhooks/${String(webhookId)}/`, {
		method: 'DELETE',
		headers: { 'x-avala-api-key': avala.apiKey },
	});
	let now = Date.now();
	jest.spyOn(Date, 'now').mockImplementation(() => (now += 250));
	await publish(staticData);
	expect(uids()).toEqual([staticData.webhookId]);
	expect(staticData.webhookId).not.toBe(webhookId);
});
