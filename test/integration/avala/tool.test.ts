import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { BinaryFiles } from '../../support/binaryFiles';
import { byId, failureOf, runOn } from '../../support/resources';

const files = new BinaryFiles();
let avala: Sandbox;
beforeAll(async () => {
	await files.init();
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => {
	await avala.stop();
	files.clear();
});
beforeEach(() => avala.reset());

/** What a model is given: the JSON of each item. */
const ask = async (resource: string, operation: string, parameters: object) => {
	const given = { resource, operation, ...parameters } as INodeParameters;
	const hints: string[] = [];
	const output = await runOn(avala, given, { asTool: true, hints });
	expect(hints).toEqual([]);
	return output.map(({ json }) => json);
};

describe('a tool of an AI agent', () => {
	it('says at the end when there is more than the limit, since a model sees no hints', async () => {
		for (let index = 0; index < 3; index++) avala.addTask();
		const all = await ask('task', 'getAll', { returnAll: true });
		expect(all).toHaveLength(avala.tasks().length);
		expect(await ask('task', 'getAll', { limit: 2 })).toEqual([
			...all.slice(0, 2),
			{ note: expect.stringContaining('There are more tasks than the limit of 2.') },
		]);
	});

	it('says why nothing was found', async () => {
		expect(await ask('task', 'getAll', { filters: { status: 'approved' } })).toEqual([
			{ note: expect.stringContaining(`Nothing was found for 'Status' "approved"`) },
		]);
	});

	it('tells of a file what it cannot be given', async () => {
		const { uid } = avala.addExport({ state: 'ready', plan: { file: { size: 3_000_000 } } });
		expect(await ask('export', 'download', { exportId: byId(uid) })).toEqual([
			expect.objectContaining({ uid, state: 'ready' }),
			{
				note: expect.stringMatching(
					new RegExp(
						`^The file ${uid}.\\w+ \\(3 MB\\) was downloaded.*n8n cannot hand a file to an AI agent`,
					),
				),
			},
		]);
	});
});

describe('a filter that a model has to fill in, but does not want', () => {
	it.each(['all', ' Any ', '*'])('of an ID is none when it gives %j', async (value) => {
		const every = await ask('task', 'getAll', { returnAll: true });
		for (const projectId of [byId(value), `={{ "${value}" }}`]) {
			const filters = { projectId };
			expect(await ask('task', 'getAll', { returnAll: true, filters })).toEqual(every);
		}
		avala.seedDeliveries([{ uid: 'd_1' }, { uid: 'd_2', webhookUid: 'wh_2' }]);
		const filters = { webhookId: byId(value) };
		expect(await ask('delivery', 'getAll', { returnAll: true, filters })).toHaveLength(2);
		expect(JSON.stringify(avala.requests())).not.toContain('project=');
	});

	it('of a name is none when it gives *, and no other word', async () => {
		for (const resource of ['project', 'dataset']) {
			const found = async (name: string) =>
				(await ask(resource, 'getAll', { returnAll: true, filters: { name } })).length;
			const all = await ask(resource, 'getAll', { returnAll: true });
			expect(await found(' * ')).toBe(all.length);
			expect(await found('all')).toBe(0);
		}
		avala.addWebhook({ targetUrl: 'https://example.com/a' });
		expect(await ask('webhook', 'getAll', { filters: { targetUrl: '*' } })).toHaveLength(1);
	});

	it('of an ID that must be given is an error', async () => {
		for (const projectId of ['all', '*']) {
			await failureOf(ask('project', 'get', { projectId: byId(projectId) }));
		}
	});
});
