import type { IDataObject, INodeParameters } from 'n8n-workflow';

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
});

const run = async (resource: string, operation: string, parameters: object, setup: Setup = {}) =>
	await runOn(avala, { resource, operation, ...parameters } as INodeParameters, setup);

const names = async (resource: string, filters: object) => {
	const output = await run(resource, 'getAll', { returnAll: true, filters });
	return output.map(({ json }) => json.name);
};

describe.each(['guide', 'older', 'newer'] as const)('in the %s wire format', (wireFormat) => {
	beforeEach(() => {
		avala.wireFormat = wireFormat;
		avala.reset();
	});

	it('a task is found, and tasks by project and status', async () => {
		const [task] = avala.tasks();
		const [item] = await run('task', 'get', { taskId: task?.uid });
		expect(item?.json).toMatchObject({ uid: task?.uid, name: task?.name, project: task?.project });
		const street = avala.projects().find(({ name }) => name === 'Street scenes')?.uid ?? '';
		expect(await names('task', { projectId: byId(street), status: 'completed' })).toEqual([
			'Street scenes 6',
			'Street scenes 5',
		]);
		expect(await names('task', { status: '={{ "In Progress" }}' })).toHaveLength(2);
	});

	it('a project is found, and projects by a part of the name and status', async () => {
		const [project] = avala.projects();
		const [item] = await run('project', 'get', { projectId: byId(project?.uid ?? '') });
		expect(item?.json).toMatchObject({ uid: project?.uid, name: project?.name });
		expect(await names('project', { name: 'LIDAR' })).toEqual(['Warehouse lidar']);
		expect(await names('project', { status: 'paused' })).toEqual(['Crop health']);
	});

	it('a dataset is found, and datasets by type, name, status and visibility', async () => {
		const [dataset] = avala.datasets();
		const [item] = await run('dataset', 'get', { datasetId: byId(dataset?.uid ?? '') });
		expect(item?.json).toMatchObject({ uid: dataset?.uid, owner: 'ann' });
		expect(await names('dataset', { dataType: 'lidar' })).toEqual(['Warehouse lidar']);
		expect(await names('dataset', { name: 'crop' })).toEqual(['Crop photos']);
		expect(await names('dataset', { status: 'creating' })).toEqual(['Night drives']);
		expect(await names('dataset', { visibility: 'public' })).toEqual(['Crop photos']);
	});
});

it('what Avala can filter by is sent to it, and nothing else', async () => {
	const queryOf = async (resource: string, filters: object) => {
		await run(resource, 'getAll', { returnAll: true, filters });
		const { path } = avala.requests().findLast((request) => request.path.includes('?')) ?? {
			path: '',
		};
		return Object.fromEntries(new URL(path, avala.url).searchParams);
	};
	const status = '={{ "In Progress" }}';
	const [project] = avala.projects();
	expect(await queryOf('task', { projectId: byId(project?.uid ?? ''), status })).toEqual({
		limit: '100',
		project: project?.uid,
		status: 'in_progress',
	});
	expect(
		await queryOf('dataset', {
			dataType: 'lidar',
			name: 'Bäume & Park'.normalize('NFD'),
			status: 'created',
			visibility: 'unlisted',
		}),
	).toEqual({
		limit: '100',
		data_type: 'lidar',
		name: 'Bäume & Park'.normalize('NFC'),
		status: 'created',
		visibility: 'unlisted',
	});
	expect(await queryOf('task', {})).toEqual({ limit: '100' });
	expect(await queryOf('project', { name: 'street', status: 'active' })).toEqual({ limit: '100' });
	expect(await queryOf('export', { state: 'ready' })).toEqual({ limit: '100' });
	expect(await queryOf('delivery', { status: 'failed', eventType: ['task.created'] })).toEqual({
		limit: '100',
		ordering: '-created_at',
	});
});

it.each([
	['dataset', 'datasets', () => avala.addDataset()],
	['export', 'exports', () => avala.addExport({ state: 'ready' })],
	['project', 'projects', () => avala.addProject()],
	['task', 'tasks', () => avala.addTask()],
	['webhook', 'webhooks', () => avala.addWebhook({})],
])(
	'Get Many of %s tells an AI agent when there are more than the limit, and people nothing',
	async (resource, plural, add) => {
		for (let index = 0; index < 3; index++) add();
		const all = await run(resource, 'getAll', { returnAll: true });
		const notesAt = async (limit: number) => {
			const hints: string[] = [];
			expect(await run(resource, 'getAll', { limit }, { hints })).toHaveLength(limit);
			expect(hints).toEqual([]);
			const told = await run(resource, 'getAll', { limit }, { isTool: true });
			return told.slice(limit).map(({ json }) => json);
		};
		expect(await notesAt(all.length)).toEqual([]);
		expect(await notesAt(all.length - 1)).toEqual([
			{
				note: `There are more ${plural} than the limit of ${all.length - 1}. Raise 'Limit' or turn on 'Return All' to get them.`,
			},
		]);
	},
);

it('a server that ignores the filters, and writes words and projects its own way, narrows nothing', async () => {
	const of = (uid: string, fields: object) => ({ uid, name: uid, ...fields });
	const results = [
		of('t1', { project: { uid: 'p1' }, status: 'In Progress' }),
		of('t2', { project: { uid: 'p2' }, status: 'In Progress' }),
		of('t3', { project: 17, project_uid: 'p1', status: 'in-progress' }),
		of('t4', { project: { uid: 'p1' }, status: 'Completed' }),
		of('t5', { status: 'in_progress' }),
	];
	avala.fault({ path: '/api/v1/tasks/', status: 200, body: { results, next: null } });
	const filters = { projectId: byId('p1'), status: 'in_progress' };
	expect(await names('task', filters)).toEqual(['t1', 't3', 't5']);
});

it('datasets that a server gives although others were asked for are left out', async () => {
	const results = ['image', 'lidar'].map((data_type) => ({ uid: data_type, name: 'a', data_type }));
	avala.fault({ path: '/api/v1/datasets/', status: 200, body: { results, next: null } });
	const uids = async (filters: object) =>
		(await run('dataset', 'getAll', { limit: 5, filters })).map(({ json }) => json.uid);
	expect(await uids({ dataType: 'lidar' })).toEqual(['lidar']);
	expect(await uids({})).toEqual(['image', 'lidar']);
	const limits = avala.requests().map(({ path }) => new URL(path, avala.url).searchParams);
	expect(limits.map((query) => query.get('limit'))).toEqual(['100', '5']);
});

it('projects without a name or a status are not found by one', async () => {
	const results = [
		{ uid: 'p1', name: 'Street 1', status: 'Active' },
		{ uid: 'p2' },
		{ uid: 'p3', name: 'Street 3', status: 'paused' },
	];
	avala.fault({ path: '/api/v1/users/me/projects/', status: 200, body: { results, next: null } });
	const uids = async (filters: object) =>
		(await run('project', 'getAll', { returnAll: true, filters })).map(({ json }) => json.uid);
	expect(await uids({ name: 'street' })).toEqual(['p1', 'p3']);
	expect(await uids({ name: 'er' })).toEqual([]);
	expect(await uids({ status: 'active' })).toEqual(['p1']);
});

describe('tasks of a project, on a server that gives those of all projects', () => {
	const tasksOf = async (wanted: unknown, projects: unknown[]) => {
		const results = projects.map((project, index) => ({ uid: `t${index}`, project }));
		avala.fault({ path: '/api/v1/tasks/', status: 200, body: { results, next: null } });
		const filters = { projectId: byId('={{ $json.wanted }}') };
		const parameters = { resource: 'task', operation: 'getAll', returnAll: true, filters };
		const output = await runOn(avala, parameters, { items: [{ wanted } as IDataObject] });
		return output.map(({ json }) => json.project);
	};
	const UUID = '6f1c2b9e-0a53-4c37-9d0e-5b8f2f6f7a10';

	it.each([
		['proj_1a2b', 'proj_9z8y'],
		['aB3xK9', 'ab3xk9'],
		['p-1', 'p_1'],
		['Street', UUID],
		['17', 18],
		[17, '18'],
	])('are not mixed with those of others: %j and %j', async (wanted, other) => {
		expect(await tasksOf(wanted, [other, wanted, other])).toEqual([wanted]);
	});

	it.each([
		[UUID.toUpperCase(), [UUID, UUID.replaceAll('-', ''), { uid: UUID.toUpperCase() }]],
		[` ${UUID} `, [UUID]],
		['17', [17, '17', { uid: 17, name: 'Street' }, { id: 17 }, null]],
	])('are those that name it in any way, or name none: %s', async (wanted, same) => {
		expect(await tasksOf(wanted, [...same, 18, { uid: 18 }, UUID.replace('6', '7')])).toEqual(same);
	});
});

it.each([
	['export', 'Export', (id: string) => ({ exportId: byId(id) })],
	['project', 'Project', (id: string) => ({ projectId: byId(id) })],
	['dataset', 'Dataset', (id: string) => ({ datasetId: byId(id) })],
	['task', 'Task ID', (id: string) => ({ taskId: id })],
	['delivery', 'Delivery ID', (id: string) => ({ deliveryId: id })],
	['webhook', 'Webhook', (id: string) => ({ webhookId: byId(id) })],
])('an ID of a wrong kind is refused by Get before a request: %s', async (resource, name, of) => {
	for (const id of ['', null, undefined, {}, [], true, '../x', ' undefined ', '[object Object]']) {
		const items = [{ id: id as string }];
		const error = await failureOf(run(resource, 'get', of('={{ $json.id }}'), { items }));
		expect(error.message).toMatch(`'${name}' `);
	}
	expect(avala.requests()).toEqual([]);
	const error = await failureOf(
		run(resource, 'get', of('={{ $json.id }}'), { items: [{ id: 42 }] }),
	);
	expect(error.message).toContain(`Avala does not know ${resource} 42.`);
});

it.each([
	['task', 'uid type name status project assignee completed_at created_at updated_at'],
	['project', 'uid name status task_type is_active visibility owner created_at updated_at'],
	['dataset', 'uid name slug owner item_count data_type status visibility created_at updated_at'],
])(
	'%s has the fields that workflows read, or with Simplify off all that was sent',
	async (resource, fields) => {
		const names = fields.split(' ');
		const sent = Object.fromEntries([...names, 'further'].map((name) => [name, `the ${name}`]));
		const entry = { ...sent, uid: 'x_1' };
		avala.fault({ status: 200, body: { results: [entry], next: null } });
		const shown = async (parameters: object) =>
			(await run(resource, 'getAll', parameters)).map(({ json }) => json);
		const { further, ...simple } = entry as IDataObject;
		expect(further).toBeDefined();
		expect(await shown({})).toEqual([simple]);
		expect(await shown({ simplify: false })).toEqual([entry]);
	},
);
