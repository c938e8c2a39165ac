import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { byId, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));

const run = async (resource: string, operation: string, parameters: object) =>
	await jsonOn(avala, { resource, operation, ...parameters });

const names = async (resource: string, filters: object) =>
	(await run(resource, 'getAll', { returnAll: true, filters })).map(({ name }) => name);

inEachWireFormat(() => {
	it('a task is found, and tasks by project and status', async () => {
		const [task] = avala.tasks();
		const [item] = await run('task', 'get', { taskId: task?.uid });
		expect(item).toMatchObject({ uid: task?.uid, name: task?.name, project: task?.project });
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
		expect(item).toMatchObject({ uid: project?.uid, name: project?.name });
		expect(await names('project', { name: 'LIDAR' })).toEqual(['Warehouse lidar']);
		expect(await names('project', { status: 'paused' })).toEqual(['Crop health']);
	});

	it('a dataset is found, and datasets by type, name, status and visibility', async () => {
		const [dataset] = avala.datasets();
		const [item] = await run('dataset', 'get', { datasetId: byId(dataset?.uid ?? '') });
		expect(item).toMatchObject({ uid: dataset?.uid, owner: 'ann' });
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
	const project = avala.projects()[0]?.uid ?? '';
	const status = '={{ "In Progress" }}';
	expect(await queryOf('task', { projectId: byId(project), status })).toEqual({
		limit: '100',
		project,
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
	expect(await queryOf('project', { name: 'street', status: 'active' })).toEqual({ limit: '100' });
	expect(await queryOf('export', { state: 'ready' })).toEqual({ limit: '100' });
	expect(await queryOf('delivery', { status: 'failed', eventType: ['task.created'] })).toEqual({
		limit: '100',
		ordering: '-created_at',
	});
});

it('projects without a name or a status are not found by one', async () => {
	const results = [
		{ uid: 'p1', name: 'Street 1', status: 'Active' },
		{ uid: 'p2' },
		{ uid: 'p3', name: 'Street 3', status: 'paused' },
	];
	avala.fault({ path: '/api/v1/users/me/projects/', status: 200, body: { results, next: null } });
	expect(await names('project', { name: 'street' })).toEqual(['Street 1', 'Street 3']);
	expect(await names('project', { name: 'er' })).toEqual([]);
	expect(await names('project', { status: 'active' })).toEqual(['Street 1']);
});

describe('tasks of a project, on a server that gives those of all projects', () => {
	const tasksOf = async (projectId: unknown, projects: unknown[]) => {
		const results = projects.map((project, index) => ({ uid: `t${index}`, project }));
		avala.fault({ path: '/api/v1/tasks/', status: 200, body: { results, next: null } });
		const tasks = await run('task', 'getAll', { returnAll: true, filters: { projectId } });
		return tasks.map(({ project }) => project);
	};
	const UUID = '6f1c2b9e-0a53-4c37-9d0e-5b8f2f6f7a10';

	it.each([
		['aB3xK9', 'ab3xk9'],
		['17', 18],
	])('are not mixed with those of others: %j and %j', async (wanted, other) => {
		expect(await tasksOf(wanted, [other, wanted, other])).toEqual([wanted]);
	});

	it.each([
		[UUID.toUpperCase(), [UUID, UUID.replaceAll('-', ''), { uid: UUID.toUpperCase() }]],
		['17', [17, '17', { uid: 17, name: 'Street' }, { id: 17 }, null]],
	])('are those that name it in any way, or name none: %s', async (wanted, same) => {
		expect(await tasksOf(wanted, [...same, 18, { uid: 18 }, UUID.replace('6', '7')])).toEqual(same);
	});
});

it.each([
	['task', 'uid type name status project assignee completed_at created_at updated_at'],
	['project', 'uid name status task_type is_active visibility owner created_at updated_at'],
	['dataset', 'uid name slug owner item_count data_type status visibility created_at updated_at'],
])(
	'%s has the fields that workflows read, or with Simplify off all that was sent',
	async (resource, fields) => {
		const sent = fields.split(' ').map((name) => [name, `the ${name}`]);
		const simple: IDataObject = { ...Object.fromEntries(sent), uid: 'x_1' };
		const entry = { ...simple, further: 1 };
		avala.fault({ status: 200, body: { results: [entry], next: null } });
		expect(await run(resource, 'getAll', {})).toEqual([simple]);
		expect(await run(resource, 'getAll', { simplify: false })).toEqual([entry]);
	},
);
