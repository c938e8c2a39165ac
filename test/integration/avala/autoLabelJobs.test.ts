import '../../support/pauses';

import type { Sandbox } from '../../../sandbox';
import { byId, failureOf, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));
/** Nothing is waited for here: a job goes on each time it is read. */
beforeEach(() => avala.planJobs({ goesOnWhenRead: true }));

const run = async (operation: string, parameters: object) =>
	await jsonOn(avala, { resource: 'autoLabelJob', operation, ...parameters });
const ofProject = () => ({ projectId: byId(avala.projects()[0]?.uid ?? '') });
const create = async (options: object = {}) => await run('create', { ...ofProject(), options });
const newest = () => avala.all('jobs')[0];

inEachWireFormat(() => {
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

	it('ends with an error, not as if the execution were stopped, when it is cancelled', async () => {
		avala.fault({ method: 'POST', status: 202, body: { uid: 'job_1', status: 'Canceled' } });
		const error = await failureOf(create({ waitUntilDone: true }));
		expect(error.message).toMatch(/job_1 will not become done.*"cancelled"/i);
		expect(JSON.stringify(error)).not.toMatch(/canceled/i);
	});

	it('goes on through statuses that nobody knows', async () => {
		const body = (status: string) => ({ uid: 'job_1', status });
		avala.fault({ method: 'POST', status: 202, body: body('queued') });
		avala.fault({ method: 'GET', times: 3, status: 200, body: body('warming up') });
		avala.fault({ method: 'GET', status: 200, body: body('completed') });
		expect(await create({ maxWait: 5 })).toEqual([body('completed')]);
		expect(avala.requests()).toHaveLength(5);
	});

	it('never shows a secret that the reason of a failure repeats', async () => {
		const failed = { uid: 'job_1', status: 'failed', error_message: `token=${avala.apiKey}` };
		avala.fault({ method: 'POST', status: 202, body: failed });
		const { message } = await failureOf(create({ waitUntilDone: true }));
		expect(message).toContain('(withheld for safety)');
		expect(message).not.toContain(avala.apiKey);
	});
});
