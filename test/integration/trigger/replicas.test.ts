import '../../support/pauses';

import type { IDataObject } from 'n8n-workflow';

import { avala, deleteAtAvala, publish, unpublish } from '../../support/triggerHooks';

/** For some seconds Avala's reads may not know a webhook that it has just created. */

const LIST = '/api/v1/webhooks/';
const ONE = /\/webhooks\/.+\/$/;

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
		await publish({ staticData });
		await unpublish({ staticData });
		expect(uids()).toEqual([]);
		await publish({ staticData });
		expect(uids()).toEqual([staticData.webhookId]);
	});

	it('a workflow that is published twice has one, which is read again until it is there', async () => {
		lag(3);
		const staticData: IDataObject = {};
		await publish({ staticData });
		const { webhookId } = staticData;
		await publish({ staticData });
		expect(uids()).toEqual([webhookId]);
		expect(staticData.webhookId).toBe(webhookId);
	});

	it('another account is asked for its own webhooks alone', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		const before = uids();
		lag();
		await publish({ staticData, apiKey: 'another-key' });
		expect(uids()).toEqual(expect.arrayContaining([...before, staticData.webhookId]));
		expect(avala.requests().map(({ method }) => method)).not.toContain('DELETE');
	});
});

it('a webhook that someone has deleted right after its creation is created anew', async () => {
	const staticData: IDataObject = {};
	await publish({ staticData });
	const { webhookId } = staticData;
	await deleteAtAvala(staticData);
	let now = Date.now();
	jest.spyOn(Date, 'now').mockImplementation(() => (now += 250));
	await publish({ staticData });
	expect(uids()).toEqual([staticData.webhookId]);
	expect(staticData.webhookId).not.toBe(webhookId);
});
