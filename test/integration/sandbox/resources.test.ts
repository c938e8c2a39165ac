import type { Sandbox, SandboxOptions, WireFormat } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { call, listAll } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, ...options });
}

const WIRE_FORMATS: WireFormat[] = ['guide', 'older', 'newer'];

describe('tasks', () => {
	it.each(WIRE_FORMATS)('belong to projects, in the format "%s"', async (wireFormat) => {
		await open({ wireFormat });
		const tasks = await listAll(avala, '/tasks/?limit=5');
		const field = wireFormat === 'guide' ? 'project_uid' : 'project';
		const projects = new Set(avala.projects().map(({ uid }) => uid));
		expect(tasks.length).toBeGreaterThan(5);
		for (const task of tasks) expect(projects).toContain(task[field]);
		const uid = String(tasks[0]?.uid);
		expect((await call(avala, 'GET', `/tasks/${uid}/`)).json).toEqual(tasks[0]);
		expect((await call(avala, 'GET', '/tasks/none/')).status).toBe(404);
	});

	it('are filtered by project and status', async () => {
		await open({ sampleData: false });
		const first = avala.addProject().uid;
		const done = avala.addTask({ status: 'completed' }).uid;
		const open_ = avala.addTask().uid;
		avala.addProject();
		avala.addTask();
		const uids = async (query: string) =>
			(await listAll(avala, `/tasks/?${query}`)).map(({ uid }) => uid);
		expect(await uids(`project=${first}`)).toEqual([open_, done]);
		expect(await uids(`project=${first}&status=completed`)).toEqual([done]);
		expect(await uids('limit=1&status=pending')).toHaveLength(2);
	});
});

describe('projects', () => {
	it.each(WIRE_FORMATS)('are those of the key’s owner, in the format "%s"', async (wireFormat) => {
		await open({ wireFormat });
		const uid = avala.projects()[0]?.uid;
		for (const suffix of ['', `${uid}/`]) {
			expect((await call(avala, 'GET', `/users/me/projects/${suffix}`)).status).toBe(200);
			expect((await call(avala, 'GET', `/projects/${suffix}`)).status).toBe(403);
		}
	});

	it('have the further fields of the newest servers', async () => {
		await open({ wireFormat: 'newer' });
		const [project] = await listAll(avala, '/users/me/projects/');
		expect(project).toMatchObject({ is_active: false, status: 'paused', owner_name: 'ann' });
	});
});

describe('datasets', () => {
	it.each([
		['data_type=lidar', 1],
		['name=STREET', 1],
		['status=creating', 1],
		['visibility=public', 1],
		['data_type=image&visibility=private', 1],
		['data_type=splat', 0],
		['', 4],
	])('are filtered by %s', async (query, count) => {
		await open();
		expect(await listAll(avala, `/datasets/?limit=2&${query}`)).toHaveLength(count);
	});

	it('have items and a health report', async () => {
		await open();
		const items = await listAll(avala, '/datasets/ann/crop-photos/items/');
		expect(items).toHaveLength(240);
		expect(new Set(items.map(({ uid }) => uid)).size).toBe(240);
		expect((await call(avala, 'GET', '/datasets/ann/crop-photos/health/')).json).toMatchObject({
			item_count: 240,
			ingest_ok: true,
			issues: [],
		});
		const { json } = await call(avala, 'GET', '/datasets/ann/night-drives/health/');
		expect(json).toMatchObject({ ingest_ok: false, issues: [expect.any(String)] });
		expect((await call(avala, 'GET', '/datasets/ann/none/items/')).status).toBe(404);
	});
});

describe('an event', () => {
	it.each(WIRE_FORMATS)(
		'carries the resource as the API shows it, in the format "%s"',
		async (wireFormat) => {
			await open({ wireFormat });
			for (const [type, path] of [
				['task.completed', '/tasks'],
				['export.completed', '/exports'],
				['export.failed', '/exports'],
				['dataset.created', '/datasets'],
			]) {
				const { data } = avala.emit(String(type));
				const shown = (await call(avala, 'GET', `${path}/${String(data.uid)}/`)).json;
				// A link to the storage differs each time it is read.
				const withoutLink = { download_url: expect.anything() };
				expect(shown).toEqual({ ...data, ...(data.download_url ? withoutLink : {}) });
			}
		},
	);

	it('completes the oldest open task, and a task that it names', async () => {
		await open();
		const open_ = avala.tasks().filter(({ status }) => status === 'pending');
		expect(avala.emit('task.completed').data.uid).toBe(open_.at(-1)?.uid);
		const uid = open_[0]?.uid;
		avala.emit('task.completed', { uid });
		expect((await call(avala, 'GET', `/tasks/${uid}/`)).json).toMatchObject({
			status: 'completed',
		});
	});

	it('finishes an export that is under way', async () => {
		await open();
		const { uid } = avala.addExport();
		expect(avala.emit('export.completed').data).toMatchObject({ uid, status: 'completed' });
	});

	it('keeps the fields that it was given', async () => {
		await open({ wireFormat: 'newer' });
		const given = { uid: 'task_1', project: 'proj_1', priority: 3 };
		expect(avala.emit('task.reviewed', given).data).toMatchObject(given);
		expect((await call(avala, 'GET', '/tasks/task_1/')).json).toMatchObject(given);
	});

	it('deletes what it says is deleted', async () => {
		await open();
		const uid = avala.tasks()[0]?.uid;
		avala.emit('task.deleted', { uid });
		expect((await call(avala, 'GET', `/tasks/${uid}/`)).status).toBe(404);
	});
});

it('tells webhooks of an export that was created and got ready by itself', async () => {
	await open({ exports: { requestedMs: 0, processingMs: 0 } });
	avala.addWebhook({ events: ['export.created', 'export.completed'] });
	await call(avala, 'POST', '/exports/', { project: avala.projects()[0]?.uid });
	await avala.exportsDone();
	expect(avala.deliveries().map(({ event }) => event.type)).toEqual([
		'export.completed',
		'export.created',
	]);
});

it('says what the key may do, on the newest servers', async () => {
	await open({ wireFormat: 'newer', scopes: ['tasks.read'] });
	expect((await call(avala, 'GET', '/users/me/permissions/')).json).toEqual({
		permissions: ['tasks.read'],
	});
	avala.wireFormat = 'older';
	expect((await call(avala, 'GET', '/users/me/permissions/')).status).toBe(404);
});
