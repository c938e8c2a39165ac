import type { Sandbox, SandboxOptions, WireFormat } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import type { Json } from './api';
import { call, listAll } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false, ...options });
}

const get = async (path: string) => (await call(avala, 'GET', path)).json;
const list = async (path: string) => (await get(path)) as unknown as Json[];
const uidsOf = (entries: Json[]) => entries.map(({ uid }) => uid);
const firstProject = () => avala.projects().at(-1)?.uid ?? '';

describe('an agent', () => {
	it('is created with Avala’s defaults, changed and deleted; the server makes its secret', async () => {
		await open();
		const body = { name: 'Chat', events: ['result.submitted'], secret: '' };
		const { status, json } = await call(avala, 'POST', '/agents/', body);
		expect({ status, json }).toMatchObject({
			status: 201,
			json: { callback_url: null, is_active: true, project: null, task_types: [] },
		});
		expect(json.secret).toMatch(/^[0-9a-f]{64}$/);
		const path = `/agents/${String(json.uid)}/`;
		expect((await call(avala, 'PATCH', path, { is_active: false })).json.is_active).toBe(false);
		expect(await get(path)).toMatchObject({ name: 'Chat', execution_stats: {} });
		expect((await call(avala, 'DELETE', path)).status).toBe(204);
		expect((await call(avala, 'GET', path)).status).toBe(404);
	});

	it.each<[Json, string, string]>([
		[{ name: ' ' }, 'name', 'This field may not be blank.'],
		[{ events: [] }, 'events', 'This list may not be empty.'],
		[{ events: ['task.created'] }, 'events', '"task.created" is not a valid choice.'],
		[{ callback_url: 'http://example.com/' }, 'callback_url', 'Enter a valid HTTPS URL.'],
		[{ project: 'none' }, 'project', 'Invalid pk "none" - object does not exist.'],
		[{ is_active: 'yes' }, 'is_active', 'Must be a valid boolean.'],
		[{ task_types: 'box' }, 'task_types', 'Expected a list of items.'],
	])('is refused with %j: 400 names the field', async (fields, field, message) => {
		await open();
		const body = { name: 'Chat', events: ['result.submitted'], ...fields };
		const { status, json } = await call(avala, 'POST', '/agents/', body);
		expect({ status, json }).toEqual({ status: 400, json: { [field]: [message] } });
	});

	it('gets an execution for each event that concerns it, with the event’s own words', async () => {
		await open();
		const other = avala.addProject().uid;
		const agents = [{}, { project: other }, { task_types: ['box'] }, { is_active: false }].map(
			(fields) =>
				avala.add('agents', { events: ['result.submitted', 'task.completed'], ...fields }),
		);
		const [result] = [avala.emit('result.submitted'), avala.emit('task.completed')];
		const executions = await Promise.all(
			agents.map(async ({ uid }) => await listAll(avala, `/agents/${uid}/executions/`)),
		);
		expect(executions.map(({ length }) => length)).toEqual([2, 0, 0, 0]);
		expect(executions[0]).toMatchObject([
			{ event_type: 'task.completed', event_payload: { task_status: 'completed' } },
			{ status: 'pending', task: result.data.task_uid, event_payload: result.data },
		]);
	});

	it('has executions that are filtered by status, project and task types, in pages or as a list', async () => {
		await open({ sampleData: false });
		const { uid } = avala.add('agents');
		const add = (project_uid: string, task_type: string, status = 'pending') =>
			avala.add('executions', {
				registration: uid,
				status,
				event_payload: { project_uid, task_type },
			}).uid;
		const [box, cuboid, done] = [
			add('p1', 'box'),
			add('p2', 'cuboid'),
			add('p1', 'box', 'success'),
		];
		const found = async (query: string) =>
			uidsOf(await listAll(avala, `/agents/${uid}/executions/?${query}`));
		expect(await found('status=pending')).toEqual([cuboid, box]);
		expect(await found('project=p1')).toEqual([done, box]);
		expect(await found('task_types=cuboid,polygon')).toEqual([cuboid]);
		avala.configure({ executionsAre: 'list' });
		expect(uidsOf(await list(`/agents/${uid}/executions/?project=p2`))).toEqual([cuboid]);
		expect((await call(avala, 'GET', '/agents/none/executions/')).status).toBe(404);
	});
});

describe('a decision', () => {
	it.each([
		['approve', 'result.accepted'],
		['reject', 'result.rejected'],
		['flag', undefined],
		['skip', undefined],
	])('to %s is stored, and tells webhooks: %s', async (action, event) => {
		await open();
		avala.addWebhook({ events: ['result.accepted', 'result.rejected'] });
		const [execution] = avala.all('executions');
		const body = { execution: execution?.uid, action, reason: 'The box is loose.' };
		const { status, json } = await call(avala, 'POST', '/agent-actions/', body);
		expect({ status, json }).toEqual({ status: 200, json: { status: 'ok' } });
		expect(avala.all('executions')[0]).toMatchObject({
			action,
			status: 'success',
			response_payload: { action, reason: 'The box is loose.' },
		});
		expect(avala.deliveries().map(({ event: { type, data } }) => [type, data])).toEqual(
			event === undefined ? [] : [[event, execution?.event_payload]],
		);
	});

	it('is refused a second time, for an unknown execution, and with an unknown word', async () => {
		await open();
		const uid = avala.all('executions')[0]?.uid;
		const decide = async (execution: unknown, action: string) =>
			await call(avala, 'POST', '/agent-actions/', { execution, action });
		expect((await decide(uid, 'approve')).status).toBe(200);
		expect((await decide(uid, 'reject')).status).toBe(409);
		expect(await decide('none', 'approve')).toMatchObject({
			status: 400,
			json: { execution: [expect.stringContaining('none')] },
		});
		expect((await decide(uid, 'accept')).json).toEqual({
			action: ['"accept" is not a valid choice.'],
		});
	});
});

describe('annotation issues', () => {
	const lidar = () => avala.datasets().find(({ dataType }) => dataType === 'lidar');
	const tools = async (type: string) => await list(`/qc-available-tools/?dataset_type=${type}`);
	/** A body that is accepted, for the second sequence of the lidar dataset. */
	const goodIssue = async () => {
		const [tool] = await tools('lidar');
		const [problem] = tool?.problems as Json[];
		const dataset = lidar();
		const sequence_uid = dataset && String(avala.sequences(dataset)[1]?.uid);
		return { sequence_uid, tool_uid: tool?.uid, problem_uid: problem?.uid };
	};

	it('are listed for a dataset and for a sequence as lists without pages', async () => {
		await open();
		const all = await list('/datasets/ann/warehouse-lidar/annotation-issues/');
		expect(all).toHaveLength(3);
		const uid = String(all[0]?.sequence_uid);
		expect(await list(`/sequences/${uid}/annotation-issues/`)).toEqual(all);
		const [last] = avala.sequences(lidar() ?? avala.addDataset()).slice(-1);
		const query = `sequence_uid=${String(last?.uid)}`;
		expect(await list(`/datasets/ann/warehouse-lidar/annotation-issues/?${query}`)).toEqual([]);
		expect((await call(avala, 'GET', '/sequences/none/annotation-issues/')).status).toBe(404);
	});

	it('are filed with a tool and one of its problems, changed, closed and deleted', async () => {
		await open();
		const body = { ...(await goodIssue()), project_uid: firstProject(), priority: 'highest' };
		const path = `/sequences/${body.sequence_uid}/annotation-issues/`;
		const { status, json } = await call(avala, 'POST', path, body);
		expect({ status, json }).toMatchObject({
			status: 201,
			json: {
				status: 'open',
				priority: 'highest',
				severity: null,
				tool: { uid: body.tool_uid, default: true },
				problem: { uid: body.problem_uid, title: expect.any(String) },
				project: { uid: body.project_uid, name: 'Street scenes' },
				reporter: { username: expect.any(String) },
				closed_at: null,
			},
		});
		const own = `${path}${String(json.uid)}/`;
		const closed = await call(avala, 'PATCH', own, { status: 'no_action_taken' });
		expect(closed.json).toMatchObject({ priority: 'highest', closed_at: expect.any(String) });
		expect(await list(`${path}?project_uid=${body.project_uid}`)).toEqual([closed.json]);
		expect((await call(avala, 'DELETE', own)).status).toBe(204);
		expect(await list(path)).toEqual([]);
	});

	it.each<[string, () => Promise<Json>, string]>([
		[
			'of a tool for other data',
			async () => ({ tool_uid: (await tools('image'))[0]?.uid }),
			'tool_uid',
		],
		['of an unknown tool', async () => ({ tool_uid: 'none' }), 'tool_uid'],
		[
			'of a problem that the tool does not have',
			async () => ({ problem_uid: 'none' }),
			'problem_uid',
		],
		['of another sequence', async () => ({ sequence_uid: 'none' }), 'sequence_uid'],
		['of an unknown item', async () => ({ dataset_item_uid: 'none' }), 'dataset_item_uid'],
		['of an unknown project', async () => ({ project_uid: 'none' }), 'project_uid'],
		['with an unknown priority', async () => ({ priority: 'urgent' }), 'priority'],
		['with an unknown severity', async () => ({ severity: 'minor' }), 'severity'],
	])('%s are refused: 400 names the field', async (_, wrong, field) => {
		await open();
		const good = await goodIssue();
		const path = `/sequences/${good.sequence_uid}/annotation-issues/`;
		const refused = await call(avala, 'POST', path, { ...good, ...(await wrong()) });
		expect(refused).toMatchObject({ status: 400, json: { [field]: [expect.any(String)] } });
	});
});

describe('quality targets', () => {
	const path = () => `/projects/${firstProject()}/quality-targets/`;

	it('are created, changed and deleted, and refused by field', async () => {
		await open();
		const body = { name: 'Few', metric: 'rejection_rate', threshold: 0.1 };
		const { status, json } = await call(avala, 'POST', path(), body);
		const defaults = { operator: 'gt', severity: 'warning', is_active: true, notify_emails: [] };
		expect({ status, json }).toMatchObject({ status: 201, json: { ...body, ...defaults } });
		const own = `${path()}${String(json.uid)}/`;
		expect((await call(avala, 'PATCH', own, { threshold: 0.2 })).json.threshold).toBe(0.2);
		const wrong = { name: '', metric: 'speed', threshold: '0.1', operator: '>' };
		expect(await call(avala, 'PATCH', own, wrong)).toMatchObject({
			status: 400,
			json: {
				name: ['This field may not be blank.'],
				metric: ['"speed" is not a valid choice.'],
				threshold: ['A valid number is required.'],
				operator: ['">" is not a valid choice.'],
			},
		});
		expect((await call(avala, 'DELETE', own)).status).toBe(204);
		expect(await listAll(avala, path())).toHaveLength(2);
		expect((await call(avala, 'GET', '/projects/none/quality-targets/')).status).toBe(404);
	});

	it('are evaluated, and send quality.alert when one is breached that is to tell webhooks', async () => {
		await open({ sampleData: false });
		avala.addWebhook({ events: ['quality.alert'] });
		const projectUid = avala.addProject().uid;
		for (const [operator, threshold] of [
			['gt', 0.08],
			['gte', 0.08],
			['lt', 0.09],
			['lte', 0.07],
		] as const)
			avala.add('targets', { projectUid, operator, threshold, notify_webhook: operator === 'lt' });
		avala.add('targets', { projectUid, is_active: false });
		const results = (await call(avala, 'POST', `${path()}evaluate/`)).json as unknown as Json[];
		expect(results.map(({ operator, is_breached }) => [operator, is_breached])).toEqual([
			['gt', false],
			['gte', true],
			['lt', true],
			['lte', false],
		]);
		expect(Object.keys(results[0] ?? {})).toHaveLength(8);
		expect(avala.deliveries().map(({ event }) => event.data)).toEqual([
			expect.objectContaining({ project_uid: projectUid, current_value: 0.08, threshold: 0.09 }),
		]);
		expect(avala.all('targets')[2]).toMatchObject({ breach_count: 1, last_value: 0.08 });
	});
});

describe('an auto-label job', () => {
	const create = async (body: Json = {}) =>
		await call(avala, 'POST', `/projects/${firstProject()}/auto-label/`, body);

	it('goes from pending over running to completed, or fails with a reason', async () => {
		await open();
		for (const [outcome, last, error] of [
			['ready', 'completed', null],
			['failed', 'failed', expect.any(String)],
		] as const) {
			avala.planJobs({ goesOnWhenRead: true, outcome });
			const { status, json } = await create({ model_type: 'yolo', dry_run: true });
			expect({ status, json }).toMatchObject({
				status: 202,
				json: { status: 'pending', confidence_threshold: 0.5, labels: [], progress_pct: 0 },
			});
			const path = `/auto-label-jobs/${String(json.uid)}/`;
			const readings = [await get(path), await get(path), await get(path)];
			expect(readings.map((reading) => reading.status)).toEqual(['pending', 'running', last]);
			expect(readings[2]).toMatchObject({ error_message: error, completed_at: expect.any(String) });
		}
	});

	it('is cancelled by DELETE while it is under way, and not after', async () => {
		await open();
		const path = `/auto-label-jobs/${String((await create()).json.uid)}/`;
		expect((await call(avala, 'DELETE', path)).status).toBe(204);
		expect(await get(path)).toMatchObject({ status: 'cancelled' });
		expect((await call(avala, 'DELETE', path)).status).toBe(409);
	});

	it('is listed by project and status, and refused by field', async () => {
		await open();
		const found = async (query: string) =>
			(await listAll(avala, `/auto-label-jobs/?${query}`)).map(({ status }) => status);
		await create();
		expect(await found(`project=${firstProject()}`)).toEqual(['pending', 'failed', 'completed']);
		expect(await found('status=failed')).toEqual(['failed']);
		const refused = await create({ model_type: 'gpt', confidence_threshold: 2, labels: 'car' });
		expect(refused).toMatchObject({
			status: 400,
			json: {
				model_type: ['"gpt" is not a valid choice.'],
				confidence_threshold: ['Ensure this value is less than or equal to 1.'],
				labels: ['Expected a list of items.'],
			},
		});
		expect((await call(avala, 'POST', '/projects/none/auto-label/', {})).status).toBe(404);
	});
});

describe('an event about a result or a quality target', () => {
	it.each<WireFormat>(['guide', 'older', 'newer'])(
		'names its project, and has neither a time nor a uid, in the format "%s"',
		async (wireFormat) => {
			await open({ wireFormat });
			const types = ['result.submitted', 'result.accepted', 'result.rejected', 'quality.alert'];
			for (const { data } of types.map((type) => avala.emit(type))) {
				expect(avala.projects().map(({ uid }) => uid)).toContain(data.project_uid);
				expect(Object.keys(data).filter((field) => /^uid$|_at$/.test(field))).toEqual([]);
			}
			expect(Object.keys(avala.emit('result.submitted').data)).toEqual([
				'task_uid',
				'result_uid',
				'result_data',
				'result_metadata',
				'task_name',
				'task_type',
				'project_uid',
			]);
		},
	);
});
