import type { INodeParameters } from 'n8n-workflow';
import fc from 'fast-check';

import { isObject, textOf } from '../../nodes/Avala/shared/values';
import type { Sandbox } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import { executeAvala } from '../support/contexts';
import { ALL_OPERATIONS, parametersOf } from '../support/operations';

jest.setTimeout(120_000);

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

const IDS = {
	webhook: 'wh_1',
	delivery: 'whd_1',
	export: 'exp_1',
	task: 'tsk_1',
	project: 'prj_1',
	dataset: 'dst_1',
	agent: 'agent_1',
	agentExecution: 'exec_1',
	annotationIssue: 'issue_1',
	sequence: 'seq_1',
	tool: 'tool_1',
	problem: 'problem_1',
	qualityTarget: 'target_1',
	autoLabelJob: 'job_1',
};
const OPERATIONS = ALL_OPERATIONS.map(
	([resource, operation]) =>
		[`${resource} ${operation}`, parametersOf(resource, operation, IDS)] as const,
);
/** Each list of Avala's, by an operation that reads all of it and nothing else. */
const LISTS = OPERATIONS.filter(([name]) =>
	/^(?!annotationIssue).*getAll|delivery get(Health|MissedEvents)/.test(name),
);

/** The items, or the error that the node throws. */
async function run(parameters: INodeParameters): Promise<unknown> {
	const credentials = { apiKey: avala.apiKey, baseUrl: avala.baseUrl };
	try {
		return await executeAvala({ parameters, credentials });
	} catch (error) {
		return error;
	}
}

/** What an error says beyond what happened: its description, or the sentences after the first. */
function adviceIn(error: unknown): string {
	if (!isObject(error) || typeof error.message !== 'string') return '';
	return textOf(error.description) ?? error.message.split(/\.\s/).slice(1).join('. ');
}

const wrong = fc.oneof(
	fc.constantFrom<unknown>(null, true, 0, -1, 1e308, '', 'x', [], {}, [[]], { uid: {} }),
	fc.jsonValue({ maxDepth: 3 }),
);
const FIELDS = [
	'uid',
	'target_url',
	'events',
	'is_active',
	'created_at',
	'updated_at',
	'webhook_uid',
	'subscription',
	'event_type',
	'payload',
	'status',
	'response_status',
	'response_status_code',
	'response_body',
	'attempts',
	'next_retry_at',
	'secret',
	'success',
	'id',
	'state',
	'name',
	'slug',
	'type',
	'project',
	'project_uid',
	'dataset',
	'owner',
	'download_url',
	'file_size',
	'__proto__',
	'constructor',
] as const;
/** Some of the fields, each with a value of any type. */
const resource = fc.dictionary(fc.constantFrom(...FIELDS), wrong, { noNullPrototype: true });
const response = fc.oneof(
	wrong,
	resource,
	fc.record({ results: wrong, next: wrong }),
	fc.record({
		results: fc.array(fc.oneof(resource, wrong), { maxLength: 4 }),
		next: fc.constant(null),
	}),
);

describe('whatever Avala responds', () => {
	it.each(OPERATIONS)(
		'%s ends with items or with an error that says what to do, never with a fault of its own',
		async (_name, parameters) => {
			await fc.assert(
				fc.asyncProperty(response, async (body) => {
					avala.fault({ status: 200, body: JSON.stringify(body) });
					const outcome = await run(parameters);
					avala.clearFaults();
					if (Array.isArray(outcome)) return;
					expect(outcome).toMatchObject({
						name: expect.stringMatching(/^Node(Api|Operation)Error$/) as unknown,
						message: expect.not.stringMatching(
							/undefined|(?<!it is )null|is not a function|is not iterable|Cannot read/,
						) as unknown,
					});
					expect(adviceIn(outcome)).not.toBe('');
				}),
				{ numRuns: 200, seed: 6 },
			);
		},
	);

	it.each(LISTS)(
		'%s ends after ten pages without anything new, such as one that points to itself',
		async (_name, parameters) => {
			avala.fault({ status: 200, body: { results: [{ uid: 'd' }], next: '?cursor=self' } });
			expect(await run({ ...parameters, returnAll: true })).toBeInstanceOf(Array);
			expect(avala.requests().length).toBeGreaterThanOrEqual(11);
			expect(avala.requests().length).toBeLessThanOrEqual(22);
		},
	);

	it.each(OPERATIONS.filter(([name]) => /webhook (get|create)$|delivery getAll/.test(name)))(
		'%s cuts off a response of 100 MB',
		async (_name, parameters) => {
			avala.fault({ status: 200, body: JSON.stringify({ uid: 'x'.repeat(100 * 1024 * 1024) }) });
			expect(await run(parameters)).toMatchObject({
				message: expect.stringContaining('larger than 64 MiB') as unknown,
			});
			expect(avala.requests().length).toBeLessThanOrEqual(1);
		},
	);
});
