import type { IDataObject } from 'n8n-workflow';

import { avala, publish, unpublish } from '../../support/triggerHooks';

/** n8n calls the hooks of one workflow several times at once, each time with its own copy of the static data. */

describe('a workflow', () => {
	it('that is published twice at once has one webhook, whichever state n8n keeps', async () => {
		const states: IDataObject[] = [{}, {}];
		await Promise.all(states.map(async (staticData) => await publish({ staticData })));
		const [webhook, ...others] = avala.webhooks();
		expect(others).toEqual([]);
		const state = { webhookId: webhook?.uid, webhookSecret: webhook?.secret };
		expect(states).toEqual([state, state]);
	});

	it('that is unpublished while it is being published has no webhook', async () => {
		const states: IDataObject[] = [{}, { webhookId: 'wh_earlier', webhookSecret: 'x' }];
		for (const staticData of states) {
			await Promise.all([publish({ staticData }), unpublish({ staticData: { ...staticData } })]);
			expect(avala.webhooks()).toEqual([]);
		}
	});

	it('that is published while it is being unpublished has one webhook', async () => {
		const staticData: IDataObject = {};
		await publish({ staticData });
		const copy = { ...staticData };
		await Promise.all([unpublish({ staticData }), publish({ staticData: copy })]);
		expect(avala.webhooks()).toEqual([expect.objectContaining({ uid: copy.webhookId })]);
	});

	it('whose first publication fails is published by the second one', async () => {
		avala.fault({ method: 'POST', times: 1, status: 403, body: { detail: 'Not now.' } });
		const staticData: IDataObject = {};
		const [first] = await Promise.allSettled([publish(), publish({ staticData })]);
		expect(first.status).toBe('rejected');
		expect(avala.webhooks()).toEqual([expect.objectContaining({ uid: staticData.webhookId })]);
	});
});
