import type { Sandbox, SandboxOptions, WireFormat } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import type { Json } from './api';
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
		expect(Object.keys(project ?? {})).not.toContain('created_at');
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

	it('have items, each with a path of its own', async () => {
		await open({ wireFormat: 'newer' });
		const path = '/datasets/ann/crop-photos/items/';
		const items = await listAll(avala, path);
		expect(new Set(items.map(({ uid }) => uid)).size).toBe(240);
		const { json } = await call(avala, 'GET', `${path}${String(items[7]?.uid)}/`);
		expect(json).toEqual({
			...items[7],
			dataset_owner_name: 'ann',
			dataset_slug: 'crop-photos',
		});
		avala.wireFormat = 'guide';
		expect((await listAll(avala, path))[7]).toMatchObject({ uid: json.uid, status: 'created' });
		expect((await call(avala, 'GET', '/datasets/ann/none/items/')).status).toBe(404);
	});

	it('have sequences unless they are of images, and a health report that counts them', async () => {
		await open({ wireFormat: 'newer' });
		const sequences = await listAll(avala, '/datasets/ann/warehouse-lidar/sequences/');
		const [lidar, photos, drives] = await Promise.all(
			['warehouse-lidar', 'crop-photos', 'night-drives'].map(
				async (slug) => (await call(avala, 'GET', `/datasets/ann/${slug}/health/`)).json,
			),
		);
		expect(lidar).toMatchObject({
			dataset_slug: 'warehouse-lidar',
			is_sequence: true,
			sequence_count: 4,
			total_frames: 80,
			ingest_ok: true,
			issues: [],
		});
		const uids = (list: unknown) => (list as Json[]).map(({ uid }) => uid).sort();
		expect(uids(lidar?.sequences)).toEqual(uids(sequences));
		expect(photos).toMatchObject({ is_sequence: false, sequence_count: 0, sequences: [] });
		expect(drives).toMatchObject({ ingest_ok: false, issues: [expect.any(String)] });
	});

	it('are found by uid in capitals, and by name', async () => {
		await open({ wireFormat: 'newer' });
		const byName = (await call(avala, 'GET', '/datasets/ann/crop-photos/')).json;
		const path = `/datasets/${String(byName.uid).toUpperCase()}/`;
		expect((await call(avala, 'GET', path)).json).toEqual(byName);
		expect(byName).toMatchObject({ owner_name: 'ann', visibility: 'public', project_count: 1 });
		expect(await listAll(avala, '/datasets/?visibility=unlisted')).toHaveLength(1);
		expect(Object.keys(byName)).not.toContain('created_at');
	});
});

describe('an event', () => {
	it.each(WIRE_FORMATS)(
		'carries the resource as the API shows it, in the format "%s"',
		async (wireFormat) => {
			await open({ wireFormat });
			for (const [type, path] of [
				['task.completed', '/tasks'],
				...(wireFormat === 'newer' ? [] : [['export.completed', '/exports']]),
				['dataset.created', '/datasets'],
			]) {
				const { data } = avala.emit(String(type));
				const shown = (await call(avala, 'GET', `${path}/${String(data.uid)}/`)).json;
				expect(shown).toEqual(data);
			}
		},
	);

	it('about an export has other words than the API on the newest servers, and a link on its origin', async () => {
		await open({ wireFormat: 'newer' });
		const { data } = avala.emit('export.completed');
		expect(data).toEqual({
			uid: avala.exports()[0]?.uid,
			status: 'completed',
			download_url: `${avala.baseUrl}/exports/${String(data.uid)}/download`,
			format: 'avala_json',
			created_at: expect.any(String),
		});
	});

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
		type: 'customer',
		is_staff_privileged: false,
		scopes: ['tasks.read'],
		capabilities: [],
		toolsets: [],
	});
	expect((await call(avala, 'GET', '/users/me/')).json.uid).toEqual(expect.any(String));
	avala.wireFormat = 'older';
	expect((await call(avala, 'GET', '/users/me/permissions/')).status).toBe(404);
});
