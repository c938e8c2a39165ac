import { endPauses, firstPause } from '../../support/pauses';

import type { Sandbox } from '../../../sandbox';
import type { Setup } from '../../support/resources';
import { byId, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

const FOR_EVER = { requestedMs: 600_000, processingMs: 600_000 };

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));
beforeEach(() => avala.planExports({ requestedMs: 0, processingMs: 0 }));
afterEach(endPauses);

const run = async (operation: string, parameters: object, setup: Setup = {}) =>
	await jsonOn(avala, { resource: 'export', operation, ...parameters }, setup);

const ofProject = () => ({ projectId: byId(avala.projects()[0]?.uid ?? '') });
const WAIT = { options: { waitUntilReady: true } };

inEachWireFormat(() => {
	it('Create gives the export of a project as it was requested', async () => {
		avala.planExports(FOR_EVER);
		const [item] = await run('create', ofProject());
		const [stored] = avala.exports();
		expect(item).toMatchObject({ uid: stored?.uid, state: 'running' });
		expect(stored?.projects).toEqual([avala.projects()[0]?.uid]);
	});

	it('Create gives the export of a dataset when it is ready', async () => {
		const uid = avala.datasets()[0]?.uid ?? '';
		const [item] = await run('create', { exportFrom: 'dataset', datasetId: byId(uid), ...WAIT });
		expect(item).toMatchObject({ state: 'ready', download_url: expect.any(String) });
		expect(avala.exports()[0]?.datasets).toEqual([uid]);
	});

	it('Get and Get Many say the state by the same words, whether or not there is a link', async () => {
		avala.planExports(FOR_EVER);
		for (const [given, state] of [
			[{ state: 'requested' }, 'running'],
			[{ state: 'processing' }, 'running'],
			[{ state: 'ready', downloadUrl: null }, 'running'],
			[{ state: 'ready' }, 'ready'],
			[{ state: 'failed' }, 'failed'],
		] as const) {
			const { uid } = avala.addExport(given);
			const [item] = await run('get', { exportId: byId(uid) });
			expect(item).toMatchObject({ uid, state });
			expect(Object.keys(item ?? {}).length).toBeLessThanOrEqual(10);
			const link = item?.download_url;
			expect(state === 'ready' ? new URL(String(link)).protocol : link).toBe(
				state === 'ready' ? 'http:' : null,
			);
		}
		expect(await run('getAll', { returnAll: true })).toHaveLength(5);
		for (const [state, count] of [
			['running', 3],
			['ready', 1],
			['Failed', 1],
		] as const) {
			expect(await run('getAll', { filters: { state: `={{ "${state}" }}` } })).toHaveLength(count);
		}
	});
});

it('Created After of Get Many ends the walk, since Avala lists the newest first', async () => {
	const day = (index: number) => new Date(Date.UTC(2026, 0, index)).toISOString();
	for (let index = 0; index < 300; index++) {
		avala.addExport({ state: 'ready', createdAt: day(index) });
	}
	const filters = { createdAfter: day(250) };
	expect(await run('getAll', { returnAll: true, filters })).toHaveLength(50);
	expect(avala.requests()).toHaveLength(1);
});

describe('Wait Until Ready', () => {
	it('is what a Max Wait alone means as well', async () => {
		const [item] = await run('create', { ...ofProject(), options: { maxWait: 5 } });
		expect(item?.state).toBe('ready');
	});

	it('ends at once when the user stops the execution', async () => {
		avala.planExports(FOR_EVER);
		let stop = () => {};
		const paused = firstPause();
		const running = run(
			'create',
			{ ...ofProject(), ...WAIT },
			{ onRunning: (cancel) => (stop = cancel) },
		).then(
			() => undefined,
			() => undefined,
		);
		await paused;
		stop();
		await running;
		expect(avala.requests().map(({ method }) => method)).toEqual(['POST']);
	});

	it('goes on while an export is done and has no link yet', async () => {
		const done = { uid: 'exp_1', status: 'exported', download_url: null };
		avala.fault({ method: 'POST', status: 201, body: { id: 'exp_1', status: 'completed' } });
		avala.fault({ times: 2, status: 200, body: done });
		avala.fault({ status: 200, body: { ...done, download_url: '/files/exp_1.json' } });
		const [item] = await run('create', { ...ofProject(), ...WAIT });
		expect(item).toMatchObject({
			uid: 'exp_1',
			state: 'ready',
			download_url: `${avala.url}/files/exp_1.json`,
		});
	});
});
