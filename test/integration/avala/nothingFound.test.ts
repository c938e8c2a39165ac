import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { failureOf, jsonOn, runOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
useSandbox((started) => (avala = started));

const hints: string[] = [];

/** Each filter comes from an expression, as an AI agent gives it: the editor has a list. */
async function run(operation: string, filters: IDataObject): Promise<IDataObject[]> {
	const [resource = '', name = ''] = operation.split(' ');
	const given = Object.keys(filters).map((field) => [field, `={{ $json.${field} }}`]);
	const parameters = {
		resource,
		operation: name,
		...(name !== 'getHealth' && { returnAll: true }),
		filters: Object.fromEntries(given),
	};
	hints.length = 0;
	return await jsonOn(avala, parameters, { items: [filters], hints });
}

const TASKS = 'task getAll';
const PROJECTS = 'project getAll';
const DATASETS = 'dataset getAll';
const DELIVERIES = 'delivery getAll';
const HEALTH = 'delivery getHealth';
const MISSED = 'delivery getMissedEvents';

describe('when nothing was found for a word that Avala does not document', () => {
	it.each<[string, IDataObject, string, string]>([
		[TASKS, { status: 'done' }, `'Status' "done"`, 'active, completed, in_progress, pending.'],
		[DELIVERIES, { customEvents: ['task.created', 'x.y'] }, `'Custom Event Types' "x.y"`, 'task.'],
		[HEALTH, { customEvents: 'task.done' }, `'Custom Event Types' "task.done"`, 'task.completed, '],
	])('a hint names it and those that Avala has: %s %j', async (operation, filters, word, known) => {
		await run(operation, filters);
		expect(hints).toEqual([
			expect.stringMatching(
				`^Nothing was found for ${word}, which Avala does not document. Known values: ${known}`,
			),
		]);
	});

	it('each such word is named', async () => {
		await run(DATASETS, { status: 'x'.repeat(99), visibility: 'secret' });
		expect(hints).toEqual([
			expect.stringContaining(`'Status' "${'x'.repeat(59)}…, which`),
			expect.stringContaining(`'Visibility' "secret", which`),
		]);
	});

	it.each<[string, IDataObject]>([
		[PROJECTS, { status: 'Pending Approval' }],
		[DELIVERIES, { eventType: 'task.completed' }],
	])('and nothing is said of one that it does, however it is written: %s %j', async (...given) => {
		expect(await run(...given)).toEqual([]);
		expect(hints).toEqual([]);
	});

	it('and nothing is said of one for which something was found', async () => {
		avala.addTask({ status: 'complete' });
		const event = { id: 'e', type: 'task.done', created_at: '2026-03-02T10:30:00Z', data: {} };
		avala.seedDeliveries([{ event, status: 'delivered' }]);
		expect(await run(TASKS, { status: 'complete' })).toHaveLength(1);
		for (const operation of [DELIVERIES, HEALTH, MISSED]) {
			await run(operation, { customEvents: 'task.done' });
			expect(hints).toEqual([]);
		}
	});
});

describe('when nothing was found for an ID', () => {
	const expectNone = async (operation: string, filters: IDataObject) => {
		const found = await run(operation, filters);
		expect(operation === HEALTH ? found[0]?.total : found.length).toBe(0);
		return hints;
	};

	it.each([
		[TASKS, { projectId: 'Street' }, 'project Street'],
		[HEALTH, { webhookId: 'wh_none' }, 'webhook wh_none'],
	])(
		'that Avala does not know either, that is an error: %s %j',
		async (operation, filters, what) => {
			avala.seedDeliveries([{ uid: 'd_1', webhookUid: 'wh_1' }]);
			const { message } = await failureOf(run(operation, filters));
			expect(message).toContain(`Avala does not know ${what}.`);
		},
	);

	it('that Avala knows, nothing is said, unless it sent entries of others alone', async () => {
		const { uid } = avala.addWebhook({});
		const project = avala.addProject().uid;
		expect(await expectNone(TASKS, { projectId: project })).toEqual([]);
		expect(await expectNone(DELIVERIES, { webhookId: uid })).toEqual([]);
		avala.seedDeliveries([
			{ uid: 'd_1', webhookUid: 'wh_1' },
			{ uid: 'd_2', webhookUid: 'wh_1' },
		]);
		for (const operation of [DELIVERIES, HEALTH, MISSED]) {
			expect(await expectNone(operation, { webhookId: uid })).toEqual([
				`Nothing was found for 'Webhook' "${uid}". Avala knows it, but none of 2 entries that it sent names it.`,
			]);
		}
		avala.seedDeliveries([{ uid: 'd_3', webhookUid: uid, status: 'delivered' }]);
		expect(await expectNone(DELIVERIES, { webhookId: uid, status: 'failed' })).toEqual([]);
	});

	it('it is asked for once, however many items look for it', async () => {
		const { uid } = avala.addProject();
		const filters = { projectId: uid };
		const parameters = { resource: 'task', operation: 'getAll', returnAll: true, filters };
		await runOn(avala, parameters, { items: [{}, {}, {}] });
		expect(avala.requests()).toHaveLength(2);
	});

	it('that could not be checked, a hint says why', async () => {
		avala.fault({ path: /projects/, status: 403, body: { detail: 'No.' } });
		expect(await expectNone(TASKS, { projectId: 'proj_1' })).toEqual([
			expect.stringMatching(
				/^Nothing was found for 'Project' "proj_1"\. Whether it exists could not be checked: The API key may not access project proj_1\..*projects\.read/,
			),
		]);
	});
});
