import type { ILoadOptionsFunctions, INodeListSearchResult, INodeParameters } from 'n8n-workflow';

import { Avala } from '../../../nodes/Avala/Avala.node';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { loadOptionsContext } from '../../support/contexts';
import type { Setup } from '../../support/resources';
import { byId, failureOf, runOn } from '../../support/resources';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.configure({ wireFormat: 'newer', projectsAt: 'byFormat' });
	avala.reset();
});

const run = async (resource: string, operation: string, parameters: object, setup: Setup = {}) =>
	await runOn(avala, { resource, operation, ...parameters } as INodeParameters, setup);

const names = async (resource: string, filters: object) => {
	const output = await run(resource, 'getAll', { returnAll: true, filters });
	return output.map(({ json }) => json.name);
};

const paths = () => avala.requests().map(({ path }) => String(path).split('?')[0]);

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

	it('a project is found however the accents in its name are stored', async () => {
		const { uid } = avala.addProject({ name: 'Große Bäume'.normalize('NFD') });
		const found = await run('project', 'getAll', { filters: { name: 'BÄUME' } });
		expect(found.map(({ json }) => json.uid)).toEqual([uid]);
		expect((await search('searchProjects', 'bäume')).results).toHaveLength(1);
	});

	it.each(['searchProjects', 'searchDatasets'] as const)(
		'%s fills the editor’s list, by any part of the name',
		async (method) => {
			const found = await search(method, 'LIDAR');
			expect(found.results.map(({ name }) => name)).toEqual([
				expect.stringMatching(/^Warehouse lidar/),
			]);
		},
	);
});

const search = async (
	method: 'searchProjects' | 'searchDatasets',
	filter?: string,
	token?: string,
): Promise<INodeListSearchResult> => {
	const { listSearch } = new Avala().methods as {
		listSearch: Record<
			string,
			(
				this: ILoadOptionsFunctions,
				filter?: string,
				token?: string,
			) => Promise<INodeListSearchResult>
		>;
	};
	const context = loadOptionsContext({}, { apiKey: avala.apiKey, baseUrl: avala.baseUrl });
	const searching = listSearch[method]?.call(context, filter, token);
	if (!searching) throw new Error(`The node has no ${method}.`);
	return await searching;
};

it('what Avala can filter by is sent to it, and nothing else', async () => {
	const queryOf = async (resource: string, filters: object) => {
		await run(resource, 'getAll', { returnAll: true, filters });
		const { path } = avala.requests().at(-1) ?? { path: '' };
		return Object.fromEntries(new URL(path, avala.url).searchParams);
	};
	const status = '={{ "In Progress" }}';
	expect(await queryOf('task', { projectId: byId('p1'), status })).toEqual({
		limit: '100',
		project: 'p1',
		status: 'in_progress',
	});
	expect(
		await queryOf('dataset', {
			dataType: 'lidar',
			name: 'Street & park',
			status: 'created',
			visibility: 'private',
		}),
	).toEqual({
		limit: '100',
		data_type: 'lidar',
		name: 'Street & park',
		status: 'created',
		visibility: 'private',
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
])('Get Many of %s says when there are more than the limit', async (resource, plural, add) => {
	for (let index = 0; index < 3; index++) add();
	const all = await run(resource, 'getAll', { returnAll: true });
	const hintsAt = async (limit: number) => {
		const hints: string[] = [];
		expect(await run(resource, 'getAll', { limit }, { hints })).toHaveLength(limit);
		return hints;
	};
	expect(await hintsAt(all.length)).toEqual([]);
	expect(await hintsAt(all.length - 1)).toEqual([
		`There are more ${plural} than the limit of ${all.length - 1}. Raise 'Limit' or turn on 'Return All' to get them.`,
	]);
});

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

it('tasks of a project are not those of another whose ID only looks alike', async () => {
	const results = ['p-1', 'p_1', 'P-1'].map((project) => ({
		uid: project,
		name: project,
		project,
	}));
	avala.fault({ path: '/api/v1/tasks/', status: 200, body: { results, next: null } });
	expect(await names('task', { projectId: byId('p-1') })).toEqual(['p-1']);
});

describe('tasks of a project, on a server that gives those of all projects', () => {
	const tasksOf = async (wanted: string, projects: unknown[], hints: string[] = []) => {
		const results = projects.map((project, index) => ({ uid: `t${index}`, project }));
		avala.fault({ path: '/api/v1/tasks/', status: 200, body: { results, next: null } });
		const filters = { projectId: byId(wanted) };
		const parameters = { resource: 'task', operation: 'getAll', returnAll: true, filters };
		const output = await runOn(avala, parameters, { hints });
		return output.map(({ json }) => json.project);
	};
	const UUID = '6f1c2b9e-0a53-4c37-9d0e-5b8f2f6f7a10';

	it.each([
		['proj_1a2b', 'proj_9z8y'],
		['street-scenes', 'other-project'],
		['aB3xK9', 'Zk3fQ1'],
		['Street', UUID],
		[UUID, UUID.replaceAll('-', '')],
		['17', 18],
	])('are not mixed with those of others: %s and %s', async (wanted, other) => {
		const hints: string[] = [];
		expect(await tasksOf(wanted, [other, wanted, other], hints)).toEqual([wanted]);
		expect(hints).toEqual([]);
	});

	it('are the same when it is a number, text, or an object with its ID', async () => {
		const ofWanted = [17, '17', { uid: 17, name: 'Street' }];
		expect(await tasksOf('17', [...ofWanted, 18, { uid: 18 }])).toEqual(ofWanted);
	});

	it('are told apart by the names that older servers have for the ID of a project', async () => {
		expect(await tasksOf('17', [{ id: 17 }, { id: 18 }])).toEqual([{ id: 17 }]);
		const results = [17, 18].map((id) => ({ uid: `t${id}`, project_id: id }));
		avala.clearFaults();
		avala.fault({ path: '/api/v1/tasks/', status: 200, body: { results, next: null } });
		const found = await run('task', 'getAll', { filters: { projectId: byId('17') } });
		expect(found.map(({ json }) => json)).toEqual([
			expect.objectContaining({ uid: 't17', project: 17 }),
		]);
	});

	it('are kept where they do not say which project they belong to', async () => {
		expect(await tasksOf('proj_1a2b', [null, 'proj_9z8y'])).toEqual([null]);
	});

	it('are explained by a hint when none of them names it', async () => {
		const hints: string[] = [];
		expect(await tasksOf('proj_1a2b', [17, 'Street', 17], hints)).toEqual([]);
		expect(hints).toEqual([
			'Avala sent 3 tasks, but none of them names the project "proj_1a2b": they name "17", "Street". If one of these is the project you mean, enter it as the project’s ID.',
		]);
	});

	it('are explained by a hint that names five projects at most', async () => {
		const hintFor = async (projects: string[]) => {
			const hints: string[] = [];
			avala.clearFaults();
			await tasksOf('proj_1a2b', projects, hints);
			return hints[0] ?? '';
		};
		expect(await hintFor(['a'.repeat(90)])).toContain(
			`Avala sent 1 task, but none of them names the project "proj_1a2b": they name "${'a'.repeat(80)}".`,
		);
		expect(await hintFor([...'abcde'])).toContain('they name "a", "b", "c", "d", "e".');
		expect(await hintFor([...'abcdef'])).toContain('they name "a", "b", "c", "d", "e", others.');
	});

	it('need no hint when there are none', async () => {
		const hints: string[] = [];
		expect(await tasksOf('proj_1a2b', [], hints)).toEqual([]);
		expect(hints).toEqual([]);
	});
});

describe('projects', () => {
	it('come from where older servers keep them when the newer place does not exist', async () => {
		avala.configure({ projectsAt: 'root' });
		expect(await names('project', {})).toHaveLength(3);
		expect(paths().at(-1)).toMatch(/\/api\/v1\/projects\/$/);
		const uid = avala.projects()[0]?.uid ?? '';
		expect(await run('project', 'get', { projectId: byId(uid) })).toHaveLength(1);
	});

	it('cost one request each where the newer place is', async () => {
		const { uid = '' } = avala.projects()[0] ?? {};
		await run('project', 'get', { projectId: byId(uid) });
		await names('project', {});
		expect(paths()).toEqual([`/api/v1/users/me/projects/${uid}/`, '/api/v1/users/me/projects/']);
	});

	it('come one by one although the list is closed to the key', async () => {
		const { uid = '' } = avala.projects()[0] ?? {};
		avala.fault({ path: '/api/v1/users/me/projects/', status: 403, body: { detail: 'No.' } });
		expect(await run('project', 'get', { projectId: byId(uid) })).toHaveLength(1);
	});

	it.each([404, 405])(
		'come from there as well where the newer place responds %s',
		async (status) => {
			avala.configure({ projectsAt: 'root' });
			avala.fault({ path: '/api/v1/users/me/projects/', status, body: { detail: 'No.' } });
			expect(await names('project', {})).toHaveLength(3);
			expect((await search('searchProjects', 'lidar')).results).toHaveLength(1);
		},
	);

	it('do not come from there when a later page is gone', async () => {
		for (let index = 0; index < 150; index++) avala.addProject();
		for (const [failing, nth] of [
			[async () => await names('project', {}), 2],
			// The first request finds the place, the second brings the first page.
			[async () => await search('searchProjects', 'no such name'), 3],
			[async () => await search('searchProjects', '', '/api/v1/users/me/projects/?cursor=x'), 1],
		] as const) {
			avala.clearFaults();
			avala.fault({ every: nth, times: 1, status: 404, body: { detail: 'Invalid cursor' } });
			const { message } = await failureOf(failing());
			expect(message).toMatch(/does not know the projects.*404: Invalid cursor/);
		}
		expect(paths().filter((path) => path === '/api/v1/projects/')).toEqual([]);
	});

	it('of which one is not found anywhere are an error that names it', async () => {
		const { message } = await failureOf(run('project', 'get', { projectId: byId('proj_none') }));
		expect(message).toContain('does not know project proj_none');
	});

	it('that are closed to the key are an error that names the permission', async () => {
		avala.fault({ path: /projects/, status: 403, body: { detail: 'Not allowed.' } });
		expect((await failureOf(names('project', {}))).message).toMatch(/projects\.read/);
	});

	it('that neither place gives to the key are an error that says so of both', async () => {
		avala.fault({ path: '/api/v1/users/me/projects/', status: 404, body: {} });
		avala.fault({ path: '/api/v1/projects/', status: 403, body: { detail: 'Staff only.' } });
		const error = await failureOf(run('project', 'getAll', { returnAll: true }));
		expect(error).toMatchObject({
			message: expect.stringMatching(
				/it has none at \/users\/me\/projects\/, and \/projects\/, .* is closed to the key \(403\)\. .*permission projects\.read/,
			),
			description: 'The requests were GET /users/me/projects/ and GET /projects/.',
		});
	});

	it('that are nowhere are an error', async () => {
		avala.fault({ path: /projects/, status: 404, body: { detail: 'Not found.' } });
		expect((await failureOf(names('project', {}))).message).toMatch(/404|not found|does not/i);
	});
});

describe('an ID', () => {
	const OPERATIONS: Array<[string, string, (id: string) => object]> = [
		['export', 'Export', (id) => ({ exportId: byId(id) })],
		['project', 'Project', (id) => ({ projectId: byId(id) })],
		['dataset', 'Dataset', (id) => ({ datasetId: byId(id) })],
		['task', 'Task ID', (id) => ({ taskId: id })],
		['delivery', 'Delivery ID', (id) => ({ deliveryId: id })],
		['webhook', 'Webhook', (id) => ({ webhookId: byId(id) })],
	];

	it.each(OPERATIONS)(
		'of a wrong kind is refused by Get: %s',
		async (resource, name, parameters) => {
			for (const id of ['', '  ', null, undefined, {}, [], true]) {
				const items = [{ id: id as string }];
				const error = await failureOf(
					run(resource, 'get', parameters('={{ $json.id }}'), { items }),
				);
				expect(error.message).toContain(`'${name}'`);
			}
			expect(avala.requests()).toEqual([]);
		},
	);

	it.each(OPERATIONS)('cannot change the path of Get: %s', async (resource, _, parameters) => {
		for (const id of ['../webhooks', 'a/b', 'a?b', 'a#b', '%2e%2e', '..', 'a\\b', 'a b']) {
			const error = await failureOf(run(resource, 'get', parameters(id)));
			expect(error.message).toContain('is not the ID of');
		}
		expect(avala.requests()).toEqual([]);
	});

	it.each(OPERATIONS)(
		'that an expression made of nothing is refused by Get: %s',
		async (resource, name, parameters) => {
			for (const id of ['undefined', 'null', 'NaN', 'None', ' undefined ', '[object Object]']) {
				const error = await failureOf(run(resource, 'get', parameters(id)));
				expect(error.message).toContain(`'${name}' is "${id.trim()}", which is not the ID of`);
				expect(error.message).toContain('An expression gives this text when it finds no value');
			}
			expect(avala.requests()).toEqual([]);
		},
	);

	it.each(OPERATIONS)('that is a number is taken by Get: %s', async (resource, _, parameters) => {
		const error = await failureOf(
			run(resource, 'get', parameters('={{ $json.id }}'), { items: [{ id: 42 }] }),
		);
		expect(error.message).toContain(`${resource} 42`);
	});
});

describe('a server that responds with something else', () => {
	it.each([
		['a web page', '<html>hello</html>'],
		['null', 'null'],
		['a list', []],
		['a number', 7],
	])('is an error, never an empty result: %s', async (_, body) => {
		for (const resource of ['export', 'task', 'project', 'dataset']) {
			const remove = avala.fault({ status: 200, body });
			const locator = byId('x');
			const one = { taskId: 'x', exportId: locator, projectId: locator, datasetId: locator };
			await failureOf(run(resource, 'get', one));
			remove();
		}
	});

	it('never shows the key in its error', async () => {
		avala.fault({ status: 400, body: { detail: `bad key ${avala.apiKey}` } });
		for (const resource of ['export', 'task', 'project', 'dataset']) {
			const error = await failureOf(run(resource, 'getAll', {}));
			expect(JSON.stringify({ ...error, message: error.message })).not.toContain(avala.apiKey);
		}
	});
});

it.each(['task', 'project', 'dataset'])(
	'with Simplify off, %s gives all that Avala sent',
	async (resource) => {
		avala.addTask({ extra: { further: 1 } });
		avala.addDataset({ extra: { further: 1 } });
		const [item] = await run(resource, 'getAll', { simplify: false });
		if (resource !== 'project') expect(item?.json.further).toBe(1);
		else expect(item?.json).toHaveProperty('owner_name');
	},
);
