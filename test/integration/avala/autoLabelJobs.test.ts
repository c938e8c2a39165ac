import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox, WireFormat } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { byId, failureOf, runOn } from '../../support/resources';

/** Nothing is waited for here: a job goes on each time it is read. */
jest.mock('n8n-workflow', () => ({
	...jest.requireActual<object>('n8n-workflow'),
	sleep: async () => await Promise.resolve(),
}));

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());
const reset = (wireFormat: WireFormat) => {
	avala.wireFormat = wireFormat;
	avala.reset();
	avala.planJobs({ goesOnWhenRead: true });
};
beforeEach(() => reset('newer'));

const run = async (operation: string, parameters: object) => {
	const all = { resource: 'autoLabelJob', operation, ...parameters } as INodeParameters;
	return (await runOn(avala, all)).map(({ json }) => json);
};
const ofProject = () => ({ projectId: byId(avala.projects()[0]?.uid ?? '') });
const create = async (options: object = {}) => await run('create', { ...ofProject(), options });
const newest = () => avala.all('jobs')[0];

describe.each(['guide', 'older', 'newer'] as const)('in the %s wire format', (wireFormat) => {
	beforeEach(() => reset(wireFormat));

	it('a job is created with its options, found and cancelled', async () => {
		const [job] = await create({
			modelType: 'yolo',
			confidenceThreshold: '={{ "0.5" }}',
			labels: ['car', 'truck'],
			dryRun: true,
		});
		expect(job).toMatchObject({
			status: 'pending',
			model_type: 'yolo',
			confidence_threshold: 0.5,
			labels: ['car', 'truck'],
			dry_run: true,
		});
		const jobId = job?.uid;
		expect(await run('get', { jobId })).toMatchObject([{ uid: jobId, total_items: 12 }]);
		const filters = { ...ofProject(), status: 'running' };
		expect(await run('getAll', { filters })).toMatchObject([{ uid: jobId, progress_pct: 50 }]);
		expect(await run('cancel', { jobId })).toEqual([{ uid: jobId, cancelled: true }]);
		expect(newest()?.state).toBe('cancelled');
	});

	it('Create gives the job when it is done', async () => {
		expect(await create({ waitUntilDone: true })).toMatchObject([
			{ uid: newest()?.uid, status: 'completed', successful_items: 12 },
		]);
	});
});

describe('waiting for a job', () => {
	it('ends with the reason that Avala gives when the job fails', async () => {
		avala.planJobs({ outcome: 'failed' });
		const { message } = await failureOf(create({ waitUntilDone: true }));
		expect(message).toContain(`Auto-label job ${newest()?.uid} will not become done.`);
		expect(message).toContain('its state is failed: The model could not be loaded.');
	});

	it.each(['cancelled', 'Canceled'])(
		'ends with an error, not as if the execution were stopped, when it is %s',
		async (status) => {
			const body = { uid: 'job_1', status };
			avala.fault({ path: '/api/v1/auto-label-jobs/job_1/', status: 200, body });
			avala.fault({ method: 'POST', status: 202, body: { uid: 'job_1', status: 'pending' } });
			const error = await failureOf(create({ waitUntilDone: true }));
			expect(error.message).toMatch(/job_1 will not become done.*"cancelled"/i);
			expect(JSON.stringify(error)).not.toMatch(/canceled/i);
		},
	);

	it('goes on through statuses that nobody knows', async () => {
		const body = (status: string) => ({ uid: 'job_1', status });
		avala.fault({ method: 'POST', status: 202, body: body('queued') });
		avala.fault({ method: 'GET', times: 3, status: 200, body: body('warming up') });
		avala.fault({ method: 'GET', status: 200, body: body('completed') });
		expect(await create({ maxWait: 5 })).toEqual([body('completed')]);
		expect(avala.requests()).toHaveLength(5);
	});

	it('ends with an error that says how to go on when it takes too long', async () => {
		const { message } = await failureOf(create({ maxWait: 0 }));
		expect(message).toMatch(/was not done within 0 minutes.*may still become done/);
	});

	it('never shows a secret that the reason of a failure repeats', async () => {
		const failed = { uid: 'job_1', status: 'failed', error_message: `token=${avala.apiKey}` };
		avala.fault({ method: 'POST', status: 202, body: failed });
		const { message } = await failureOf(create({ waitUntilDone: true }));
		expect(message).toContain('(withheld for safety)');
		expect(message).not.toContain(avala.apiKey);
	});
});

it('a job that has ended is not cancelled, and the error says so', async () => {
	const { uid: jobId } = newest() ?? {};
	const { message } = await failureOf(run('cancel', { jobId }));
	expect(message).toMatch(/conflict for auto-label job .*The job has ended/);
});

it('a key that may not label is an error that names no permission, since none is documented', async () => {
	avala.fault({ method: 'POST', status: 403, body: { detail: 'Not allowed.' } });
	const { message } = await failureOf(create());
	expect(message).toMatch(
		/may not access the auto-label jobs of project .*Have its owner grant it/,
	);
	expect(message).not.toContain('permission');
});

it('a job of an unknown project is an error that names it', async () => {
	const creating = run('create', { projectId: byId('proj_none') });
	expect((await failureOf(creating)).message).toContain('of project proj_none');
});

it('what is not understood is refused by name before a request leaves', async () => {
	for (const [options, name] of [
		[{ confidenceThreshold: '={{ "high" }}' }, 'Confidence Threshold'],
		[{ confidenceThreshold: 1.5 }, 'Confidence Threshold'],
		[{ labels: '={{ [] }}' }, 'Labels'],
		[{ labels: '={{ [true] }}' }, 'Labels'],
		[{ dryRun: '={{ "no idea" }}' }, 'Dry Run'],
		[{ waitUntilDone: '={{ "soon" }}' }, 'Wait Until Done'],
	] as const) {
		expect((await failureOf(create(options))).message).toContain(`'${name}'`);
	}
	expect(avala.requests()).toEqual([]);
});
