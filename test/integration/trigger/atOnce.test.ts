import type { IDataObject } from 'n8n-workflow';

import { AvalaTrigger } from '../../../nodes/Avala/AvalaTrigger.node';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { hookContext } from '../../support/contexts';

/** n8n calls the hooks of one workflow several times at once, each time with its own copy of the static data. */

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, sampleData: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

const { checkExists, create, delete: remove } = new AvalaTrigger().webhookMethods.default;
const parameters = { events: ['task.completed'], options: {} };
const credentials = () => ({ apiKey: avala.apiKey, baseUrl: avala.baseUrl, webhookSecret: '' });

interface Setup {
	staticData?: IDataObject;
	isTest?: boolean;
}

const context = ({ staticData = {}, isTest = false }: Setup = {}) =>
	hookContext({
		parameters,
		staticData,
		isTest,
		activation: 'activate',
		credentials: credentials(),
	});

/** What n8n does when a workflow is published, or the editor listens. */
async function publish(setup: Setup = {}): Promise<void> {
	const hook = context(setup);
	if (!(await checkExists.call(hook))) await create.call(hook);
}

const unpublish = async (setup: Setup = {}) => await remove.call(context(setup));

describe('a workflow', () => {
	it('that is published twice at once has one webhook, whichever state n8n keeps', async () => {
		const states: IDataObject[] = [{}, {}];
		await Promise.all(states.map(async (staticData) => await publish({ staticData })));
		const [webhook, ...others] = avala.webhooks();
		expect(others).toEqual([]);
		const state = { webhookId: webhook?.uid, webhookSecret: webhook?.secret };
		expect(states).toEqual([state, state]);
	});

	it('that is published again before n8n has stored the first webhook has one webhook', async () => {
		await publish();
		await Promise.all([publish(), publish({ staticData: { webhookId: 'wh_earlier' } })]);
		expect(avala.webhooks()).toHaveLength(1);
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

describe('the editor', () => {
	it('that listens three times at once has one webhook, and none when it stops', async () => {
		const states: IDataObject[] = [{}, {}, {}];
		const listening = states.map(async (staticData) => await publish({ staticData, isTest: true }));
		await Promise.all(listening);
		expect(avala.webhooks()).toHaveLength(1);
		await unpublish({ staticData: states[0], isTest: true });
		expect(avala.webhooks()).toEqual([]);
	});

	it('that stops listening before Avala has responded has no webhook', async () => {
		await Promise.all([publish({ isTest: true }), unpublish({ isTest: true })]);
		expect(avala.webhooks()).toEqual([]);
	});
});
