import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { byId, failureOf, runOn } from '../../support/resources';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, wireFormat: 'newer' });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

/** Each field comes from an expression, as an AI agent gives it: the editor has a list. */
async function run(
	[resource, operation]: readonly [string, string],
	filters: IDataObject,
	hints: string[] = [],
) {
	const given = Object.keys(filters).map((name) => [name, `={{ $json.${name} }}`]);
	const parameters = {
		resource,
		operation,
		...(operation !== 'getHealth' && { returnAll: true }),
		filters: Object.fromEntries(given) as INodeParameters,
	};
	const output = await runOn(avala, parameters, { items: [filters], hints });
	return output.map(({ json }) => json);
}

const TASKS = ['task', 'getAll'] as const;
const PROJECTS = ['project', 'getAll'] as const;
const DATASETS = ['dataset', 'getAll'] as const;
const DELIVERIES = ['delivery', 'getAll'] as const;
const HEALTH = ['delivery', 'getHealth'] as const;
const MISSED = ['delivery', 'getMissedEvents'] as const;

describe('a word that Avala does not document, for which nothing is found', () => {
	it.each([
		[TASKS, 'status', 'complted', 'Status', 'completed', 'active, completed, in_progress, pending'],
		[TASKS, 'status', 'done', 'Status', 'completed', 'active, completed, in_progress, pending'],
		[PROJECTS, 'status', 'finished', 'Status', 'completed', 'active, archived, canceled, '],
		[PROJECTS, 'status', 'cancelled', 'Status', 'canceled', 'active, archived, canceled, '],
		[DATASETS, 'visibility', 'pubic', 'Visibility', 'public', 'private, public.'],
		[DATASETS, 'dataType', 'vidoe', 'Data Type', 'video', 'image_3d, image, lidar, '],
		[DATASETS, 'status', 'create', 'Status', 'created', 'created, creating.'],
		[DELIVERIES, 'customEvents', ['x.y', 'task.done'], 'Custom Event Types', 'task.completed', ''],
		[HEALTH, 'customEvents', 'task.complted', 'Custom Event Types', 'task.completed', ''],
		[MISSED, 'customEvents', 'export.done', 'Custom Event Types', 'export.completed', ''],
	] as const)('is an error that names the one that is meant: %j, %s %j', async (...given) => {
		const [operation, field, value, name, meant, known] = given;
		const word = typeof value === 'string' ? value : value[1];
		expect((await failureOf(run(operation, { [field]: value }))).message).toContain(
			`Nothing was found for '${name}' ${JSON.stringify(word)}. Did you mean ${meant}? Known values: ${known}`,
		);
	});

	it.each([
		[TASKS, 'status', 'in review', 'Status', 'active, completed, in_progress, pending.'],
		[TASKS, 'status', 'ready', 'Status', 'active, completed, in_progress, pending.'],
		[PROJECTS, 'status', 'stopped', 'Status', 'active, archived, canceled, '],
		[PROJECTS, 'status', 'inactive', 'Status', 'active, archived, canceled, '],
		[PROJECTS, 'status', 'reactive', 'Status', 'active, archived, canceled, '],
		[DATASETS, 'dataType', 'image_2d', 'Data Type', 'image_3d, image, lidar, '],
		[DATASETS, 'dataType', 'video2', 'Data Type', 'image_3d, image, lidar, '],
		[DELIVERIES, 'customEvents', 'task.undeleted', 'Custom Event Types', 'task.completed, '],
		[DATASETS, 'dataType', 'point cloud', 'Data Type', 'image_3d, image, lidar, '],
		[DELIVERIES, 'customEvents', 'model.trained', 'Custom Event Types', 'task.completed, '],
		[HEALTH, 'customEvents', 'model.trained', 'Custom Event Types', 'task.completed, '],
		[MISSED, 'customEvents', 'model.trained', 'Custom Event Types', 'task.completed, '],
	] as const)(
		'is named by a hint when it may be a word of the server: %j, %s %j',
		async (...given) => {
			const [operation, field, value, name, known] = given;
			const hints: string[] = [];
			await run(operation, { [field]: value }, hints);
			expect(hints).toEqual([
				expect.stringContaining(
					`Nothing was found for '${name}' ${JSON.stringify(value)}, which Avala does not document. Known values: ${known}`,
				),
			]);
		},
	);
});

describe('no hint and no error', () => {
	const expectNone = async (operation: readonly [string, string], filters: IDataObject) => {
		const hints: string[] = [];
		const found = await run(operation, filters, hints);
		expect(hints).toEqual([]);
		return found;
	};

	it('comes with a word of the server that something is found for', async () => {
		const { uid } = avala.addTask({ status: 'complete' });
		expect(await expectNone(TASKS, { status: 'complete' })).toEqual([
			expect.objectContaining({ uid }),
		]);
		const event = { id: 'e', type: 'task.done', created_at: '2026-03-02T10:30:00Z', data: {} };
		avala.seedDeliveries([{ event, status: 'delivered' }]);
		for (const operation of [DELIVERIES, HEALTH, MISSED]) {
			await expectNone(operation, { customEvents: 'task.done' });
		}
	});

	it('comes with a documented word, however it is written, for which nothing is found', async () => {
		for (const status of ['Pending Approval', 'pending_approval', 'PENDING-APPROVAL']) {
			expect(await expectNone(PROJECTS, { status })).toEqual([]);
		}
		expect(
			await expectNone(TASKS, { status: 'pending', projectId: byId('proj_none').value }),
		).toEqual([]);
		expect(await expectNone(DELIVERIES, { customEvents: 'task.submitted' })).toEqual([]);
	});
});
