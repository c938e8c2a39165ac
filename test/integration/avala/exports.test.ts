import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import type { Setup } from '../../support/resources';
import { byId, failureOf, runOn } from '../../support/resources';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.wireFormat = 'newer';
	avala.reset();
	avala.planExports({ requestedMs: 500, processingMs: 500 });
});

const run = async (operation: string, parameters: object, setup: Setup = {}) =>
	await runOn(avala, { resource: 'export', operation, ...parameters } as INodeParameters, setup);

const ofProject = () => ({ projectId: byId(avala.projects()[0]?.uid ?? '') });
const both = () => ({ ...ofProject(), datasetId: byId('ds_1') });
const WAIT = { options: { waitUntilReady: true } };

describe.each(['guide', 'older', 'newer'] as const)('in the %s wire format', (wireFormat) => {
	beforeEach(() => {
		avala.wireFormat = wireFormat;
		avala.reset();
		avala.planExports({ requestedMs: 500, processingMs: 500 });
	});

	it('Create gives the export of a project as it was requested', async () => {
		const [item] = await run('create', ofProject());
		const [stored] = avala.exports();
		expect(item?.json).toMatchObject({ uid: stored?.uid, state: 'running' });
		expect(stored?.projects).toEqual([avala.projects()[0]?.uid]);
	});

	it('Create gives the export of a dataset when it is ready', async () => {
		const uid = avala.datasets()[0]?.uid ?? '';
		const [item] = await run('create', { exportFrom: 'dataset', datasetId: byId(uid), ...WAIT });
		expect(item?.json).toMatchObject({ state: 'ready', download_url: expect.any(String) });
		expect(avala.exports()[0]?.datasets).toEqual([uid]);
	});

	it('Get and Get Many say the state by the same words', async () => {
		avala.planExports({ requestedMs: 600_000, processingMs: 600_000 });
		const states = {
			requested: 'running',
			processing: 'running',
			ready: 'ready',
			failed: 'failed',
		};
		for (const [state, shown] of Object.entries(states)) {
			const { uid } = avala.addExport({ state: state as keyof typeof states });
			const [item] = await run('get', { exportId: byId(uid) });
			expect(item?.json).toMatchObject({ uid, state: shown });
			expect(Object.keys(item?.json ?? {}).length).toBeLessThanOrEqual(10);
		}
		expect(await run('getAll', { returnAll: true })).toHaveLength(4);
		for (const [state, count] of [
			['running', 2],
			['ready', 1],
			['Failed', 1],
		] as const) {
			expect(await run('getAll', { filters: { state: `={{ "${state}" }}` } })).toHaveLength(count);
		}
	});
});

it('Created After of Get Many keeps what was created then or later, or at no time that can be read', async () => {
	const times = ['2026-03-02T10:29:59Z', '2026-03-02T10:30:00Z', '2026-03-02T10:31:00Z', 'soon'];
	const [before, at, after, untold] = times.map(
		(createdAt) => avala.addExport({ state: 'ready', createdAt }).uid,
	);
	avala.addExport({ state: 'failed', createdAt: '2026-03-02T10:31:00Z' });
	const uids = async (filters: object) =>
		(await run('getAll', { returnAll: true, filters })).map(({ json }) => json.uid);
	const createdAfter = '2026-03-02T10:30:00Z';
	expect(await uids({ createdAfter, state: 'ready' })).toEqual([untold, after, at]);
	expect(await uids({ createdAfter })).toHaveLength(4);
	expect(await uids({ state: 'ready' })).toContain(before);
});

describe('Wait Until Ready', () => {
	it('ends with an error that names a failed export and its state', async () => {
		avala.planExports({ requestedMs: 0, processingMs: 100, outcome: 'failed' });
		const error = await failureOf(run('create', { ...ofProject(), ...WAIT }));
		expect(error.message).toContain(`could not prepare export ${avala.exports()[0]?.uid}`);
		expect(error.message).toMatch(/state is failed.*Create a new export/);
	});

	it('ends with an error that says how to go on when it takes too long', async () => {
		avala.planExports({ requestedMs: 0, processingMs: 600_000 });
		const options = { waitUntilReady: true, maxWait: 0.02 };
		const error = await failureOf(run('create', { ...ofProject(), options }));
		expect(error.message).toContain(`Export ${avala.exports()[0]?.uid} was not ready within`);
		expect(error.message).toMatch(
			/state is running.*may still become ready: raise 'Max Wait \(Minutes\)'/,
		);
	});

	it('ends at once when the user stops the execution', async () => {
		avala.planExports({ requestedMs: 0, processingMs: 600_000 });
		let stop = () => {};
		const settled = run(
			'create',
			{ ...ofProject(), ...WAIT },
			{ onRunning: (cancel) => (stop = cancel) },
		).then(
			() => undefined,
			() => undefined,
		);
		while (avala.exports().length === 0) await new Promise(setImmediate);
		const startedAt = Date.now();
		stop();
		await settled;
		expect(Date.now() - startedAt).toBeLessThan(1900);
		expect(avala.requests().filter(({ method }) => method === 'GET')).toEqual([]);
	});

	it('goes on after a passing fault of Avala', async () => {
		avala.fault({ method: 'GET', status: 500, times: 1 });
		const [item] = await run('create', { ...ofProject(), ...WAIT });
		expect(item?.json.state).toBe('ready');
	});
});

it('an export whose creation got no response is not created twice', async () => {
	avala.fault({ method: 'POST', resetAfterHandling: true });
	await failureOf(run('create', ofProject()));
	expect(avala.exports()).toHaveLength(1);
});

it('with Continue On Fail each item tells its own error, paired with it', async () => {
	const { uid } = avala.addExport({ state: 'ready' });
	const output = await run(
		'get',
		{ exportId: byId('={{ $json.uid }}') },
		{ items: [{ uid: 'exp_nowhere' }, { uid }, {}], continueOnFail: true },
	);
	expect(output.map(({ json }) => json.error ?? json.uid)).toEqual([
		expect.stringContaining('exp_nowhere'),
		uid,
		expect.stringContaining("'Export'"),
	]);
	expect(output.map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 1 },
		{ item: 2 },
	]);
});

it('what is not understood is refused by name before a request leaves', async () => {
	for (const [operation, parameters, name] of [
		['create', { ...both(), exportFrom: '={{ "task" }}' }, 'Export From'],
		['create', { projectId: byId('={{ {} }}') }, 'Project'],
		[
			'create',
			{ ...ofProject(), options: { waitUntilReady: '={{ "soon" }}' } },
			'Wait Until Ready',
		],
		['create', { ...ofProject(), options: { maxWait: '={{ "long" }}' } }, 'Max Wait (Minutes)'],
		['getAll', { filters: { state: '={{ "done" }}' } }, 'State'],
		['getAll', { filters: { createdAfter: '={{ "soon-ish" }}' } }, 'Created After'],
		[
			'download',
			{ exportId: byId('e'), binaryPropertyName: '={{ {} }}' },
			'Put Output File in Field',
		],
		['download', { exportId: byId('e'), options: { fileName: '={{ {} }}' } }, 'File Name'],
		['download', { exportId: byId('={{ {} }}') }, 'Export'],
		['create', { exportFrom: 'dataset', datasetId: byId('={{ {} }}') }, 'Dataset'],
		['getAll', { filters: { state: '={{ 7 }}' } }, 'State'],
	] as const) {
		expect((await failureOf(run(operation, parameters))).message).toContain(`'${name}'`);
	}
	expect(avala.requests()).toEqual([]);
});
