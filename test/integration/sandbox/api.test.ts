import type { Sandbox, WireFormat } from '../../../sandbox';
import { WIRE_FORMATS } from '../../../sandbox/wireFormat';
import { executeAvala } from '../../support/contexts';
import { ALL_OPERATIONS, firstIds, parametersOf } from '../../support/operations';
import { failureOf } from '../../support/resources';
import type { Json } from './api';
import { call, open } from './api';

let avala: Sandbox;
afterEach(async () => await avala?.stop());

/** The path with the IDs of the first things in the place of `{project}` and the like. */
const filled = (path: string) => {
	const ids: Record<string, string> = { ...firstIds(avala) };
	return path.replace(/\{(\w+)\}/g, (_, kind: string) => ids[kind] ?? '');
};
const get = async (path: string) => (await call(avala, 'GET', filled(path))).json;
const results = async (path: string) => (await get(path)).results as Json[];

describe('the API', () => {
	it('refuses a wrong key, an unknown path, a method that a path does not have, and broken JSON', async () => {
		avala = await open();
		const { status } = await call(avala, 'GET', '/webhooks/', undefined, {
			'x-avala-api-key': 'wrong',
		});
		const broken = await fetch(`${avala.baseUrl}/webhooks/`, {
			method: 'POST',
			headers: { 'x-avala-api-key': avala.apiKey, 'content-type': 'application/json' },
			body: '{',
		});
		expect([
			status,
			(await call(avala, 'GET', '/nothing/')).status,
			(await call(avala, 'PUT', '/webhooks/', {})).status,
			broken.status,
		]).toEqual([401, 404, 405, 400]);
	});

	it('limits requests, and says how many are left and how long to wait', async () => {
		avala = await open({ rateLimit: { perMinute: 2, perSecond: 20 } });
		const responses = [];
		for (let count = 0; count < 3; count++) responses.push(await call(avala, 'GET', '/webhooks/'));
		expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
		const left = responses.map(({ headers }) => headers.get('x-ratelimit-remaining'));
		expect(left).toEqual(['1', '0', '0']);
		expect(Number(responses[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
	});

	it.each<[string, Json, string]>([
		['/webhooks/', { target_url: 'http://example.com/' }, 'target_url'],
		['/webhooks/', { target_url: 'https://example.com/', events: [] }, 'events'],
		['/exports/', {}, 'non_field_errors'],
		['/exports/', { dataset: 'none' }, 'dataset'],
		['/agents/', { name: ' ' }, 'name'],
		['/agents/', { callback_url: 'http://example.com/' }, 'callback_url'],
		['/projects/{project}/quality-targets/', { threshold: '0.1' }, 'threshold'],
		['/projects/{project}/auto-label/', { confidence_threshold: 2 }, 'confidence_threshold'],
		['/projects/{project}/auto-label/', { model_type: 'gpt', labels: 'car' }, 'labels'],
	])('refuses at %s the body %j: 400 names %s', async (path, body, field) => {
		avala = await open();
		const { status, json } = await call(avala, 'POST', filled(path), body);
		expect(status).toBe(400);
		expect(json).toMatchObject({ [field]: [expect.any(String)] });
	});

	it.each([
		['/tasks/?status=in_progress', 2],
		['/tasks/?project={project}&status=completed', 2],
		['/datasets/?data_type=lidar', 1],
		['/datasets/?name=STREET', 1],
		['/datasets/?status=creating', 1],
		['/datasets/?data_type=image&visibility=private', 1],
		['/agents/{agent}/executions/?status=pending', 2],
		['/agents/{agent}/executions/?project=none', 0],
		['/agents/{agent}/executions/?task_types=polygon,image-annotation', 3],
		['/agents/{agent}/executions/?task_types=polygon', 0],
		['/auto-label-jobs/?project={project}&status=failed', 1],
	])('filters what it lists: %s', async (path, count) => {
		avala = await open();
		expect(await results(path)).toHaveLength(count);
	});

	it('finds a UUID in capitals too, as a database does', async () => {
		avala = await open({ wireFormat: 'newer' });
		const { task } = firstIds(avala);
		expect(await get(`/tasks/${task.toUpperCase()}/`)).toMatchObject({ uid: task });
	});

	// No permission is documented for auto-label jobs.
	it.each(ALL_OPERATIONS.filter(([resource]) => resource !== 'autoLabelJob'))(
		'wants for %s %s the permission that the node’s error names',
		async (resource, operation) => {
			// The issues of a dataset are found through the dataset.
			const scopes = resource === 'annotationIssue' ? (['datasets.read'] as const) : [];
			avala = await open({ keys: [{ key: 'limited', scopes }] });
			avala.addWebhook({});
			avala.addExport();
			avala.seedDeliveries([{}]);
			const parameters = parametersOf(resource, operation, firstIds(avala));
			const credentials = { apiKey: 'limited', baseUrl: avala.baseUrl };
			const error = await failureOf(executeAvala({ parameters, credentials }));
			expect(error).toMatchObject({
				description: expect.stringMatching(
					/lacks the permission "([a-z.]+)".* It needs the permission \1:/,
				) as unknown,
			});
		},
	);
});

/** Avala's names of what it lists, where its documents differ. */
const FIELDS = {
	guide: {
		'/tasks/': 'uid type name status project_uid assignee completed_at created_at updated_at',
		'/exports/': 'uid status download_url format created_at updated_at',
		'/webhook-deliveries/':
			'uid webhook_uid event_type status response_status_code response_body attempt_count error_message created_at',
	},
	older: {
		'/tasks/': 'uid type name status project created_at updated_at',
		'/exports/': 'uid status download_url created_at updated_at',
		'/users/me/projects/': 'uid name status created_at updated_at',
		'/datasets/':
			'uid name slug owner item_count data_type status visibility created_at updated_at',
		'/datasets/ann/crop-photos/items/':
			'uid key dataset status data_url thumbnail_url annotations_count created_at updated_at',
		'/webhook-deliveries/':
			'uid subscription event_type payload response_status response_body attempts next_retry_at status created_at updated_at',
	},
	newer: {
		'/exports/':
			'uid status download_url created_at name format filter_query_string total_task_count exported_task_count datasets slices projects organization',
		'/users/me/projects/':
			'uid name status task_type is_active visibility owner_name is_imported short_description industry_icon',
		'/datasets/':
			'uid name slug owner_name item_count data_type status visibility is_sequence predefined_labels project_count size_bytes annotations_count',
		'/datasets/ann/crop-photos/items/':
			'uid id key dataset url thumbnails video_thumbnail gpu_texture_url metadata annotations export_snippet crop_data related_items related_sequence_uid is_hidden created_at updated_at',
		'/webhook-deliveries/':
			'uid subscription event_type payload response_status response_preview response_body_size response_body_sha256 attempts next_retry_at status created_at updated_at',
	},
};

it.each(WIRE_FORMATS)(
	'what is listed in the format "%s" has the fields of Avala’s documents',
	async (wireFormat) => {
		avala = await open({ wireFormat });
		avala.addExport();
		avala.seedDeliveries([{}]);
		for (const [path, fields] of Object.entries(FIELDS[wireFormat])) {
			const [first = {}] = await results(path);
			expect([path, ...Object.keys(first).sort()]).toEqual([path, ...fields.split(' ').sort()]);
		}
	},
);

it('a delivery is shown in the format in which it was sent, also when later ones are sent in another', async () => {
	avala = await open();
	for (const wireFormat of ['guide', 'newer'] as const) {
		avala.wireFormat = wireFormat;
		avala.seedDeliveries([{}]);
	}
	const [newer, guide] = await results('/webhook-deliveries/');
	expect(newer).toMatchObject({ status: 'delivered', response_status: 200 });
	expect(guide).toMatchObject({ status: 'success', response_status_code: 200 });
});

it.each([
	'/sequences/{sequence}/annotation-issues/',
	'/datasets/ann/warehouse-lidar/annotation-issues/',
])('annotation issues come as a list without pages: %s', async (path) => {
	avala = await open();
	expect(await get(path)).toHaveLength(3);
});

describe('pages', () => {
	it('are refused with 404 for a broken cursor, never empty as if the list had ended', async () => {
		avala = await open();
		const { status, json } = await call(avala, 'GET', '/webhooks/?cursor=zzz');
		expect({ status, json }).toEqual({ status: 404, json: { detail: 'Invalid cursor' } });
	});

	it('join without a gap though entries come and go meanwhile', async () => {
		avala = await open();
		const made = Array.from({ length: 10 }, () => avala.addWebhook({}).uid).reverse();
		const first = await call(avala, 'GET', '/webhooks/?limit=3');
		avala.addWebhook({});
		await call(avala, 'DELETE', `/webhooks/${made[5]}/`);
		const second = await call(avala, 'GET', String(first.json.next));
		const third = await call(avala, 'GET', String(second.json.next));
		const uids = [first, second, third].flatMap(({ json }) =>
			(json.results as Json[]).map(({ uid }) => uid),
		);
		expect(uids).toEqual(made.filter((uid) => uid !== made[5]));
		expect(third.json.next).toBeNull();
		const back = await call(avala, 'GET', String(third.json.previous));
		expect(back.json.results).toEqual(second.json.results);
	});
});

it('a webhook shows its secret once, and a later one changes nothing', async () => {
	avala = await open();
	const body = { target_url: 'https://example.com/', events: ['task.completed'] };
	const { json: created } = await call(avala, 'POST', '/webhooks/', body);
	expect(created.secret).toMatch(/^\w{20,}$/);
	const path = `/webhooks/${String(created.uid)}/`;
	const patched = await call(avala, 'PATCH', path, { secret: 'other', is_active: false });
	for (const { json } of [patched, await call(avala, 'GET', path)])
		expect(json).not.toHaveProperty('secret');
	expect(avala.webhooks()).toMatchObject([{ secret: created.secret, isActive: false }]);
});

describe('an export', () => {
	const create = async () =>
		await call(avala, 'POST', '/exports/', { project: firstIds(avala).project });

	it.each<[WireFormat, string, string]>([
		['guide', 'pending', 'completed'],
		['older', 'pending', 'completed'],
		['newer', 'requested', 'exported'],
	])('in the format "%s" goes from %s over processing to %s', async (wireFormat, first, last) => {
		avala = await open({ wireFormat, exports: { goesOnWhenRead: true } });
		const { json } = await create();
		expect(json).toMatchObject({ status: first, download_url: null });
		const path = `/exports/${String(json.uid)}/`;
		const readings = [await get(path), await get(path), await get(path)];
		expect(readings.map(({ status }) => status)).toEqual([first, 'processing', last]);
		expect(readings.map(({ download_url }) => download_url === null)).toEqual([true, true, false]);
	});

	it('is the sixth at once: 429, until one has ended', async () => {
		avala = await open();
		for (let count = 0; count < 5; count++) expect((await create()).status).toBe(201);
		const sixth = await create();
		expect(sixth.status).toBe(429);
		expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
		avala.emit('export.completed');
		expect((await create()).status).toBe(201);
	});

	it('tells webhooks that it was created and got ready', async () => {
		avala = await open({ exports: { requestedMs: 0, processingMs: 0 } });
		avala.addWebhook({ events: ['export.created', 'export.completed'] });
		await create();
		await avala.exportsDone();
		const types = avala.deliveries().map(({ event }) => event.type);
		expect(types).toEqual(['export.completed', 'export.created']);
	});

	it('has other words in an event than in the API on the newest servers, and a link on its origin', async () => {
		avala = await open({ wireFormat: 'newer' });
		const { data } = avala.emit('export.completed');
		expect(data).toEqual({
			uid: avala.exports()[0]?.uid,
			status: 'completed',
			download_url: `${avala.baseUrl}/exports/${String(data.uid)}/download`,
			format: 'avala_json',
			created_at: expect.any(String),
		});
	});

	it('lies in a storage of another origin, which refuses and records a request with the key or a forged link', async () => {
		avala = await open({ exports: { link: 'storage' } });
		const { uid } = avala.addExport({ state: 'ready' });
		const link = String((await get(`/exports/${uid}/`)).download_url);
		expect(new URL(link).origin).toBe(avala.storage.url);
		const responses = [
			await fetch(link),
			await fetch(link, { headers: { 'x-avala-api-key': 'any' } }),
			await fetch(link, { headers: { authorization: `Bearer ${avala.apiKey}` } }),
			await fetch(`${link}&key=${avala.apiKey}`),
			await fetch(link.replace('exp_', 'exp_0')),
		];
		expect(responses.map(({ status }) => status)).toEqual([200, 400, 400, 400, 403]);
		const recorded = avala.storage.requests().map(({ carriesKey }) => carriesKey);
		expect(recorded).toEqual([false, true, true, true, false]);
	});
});

describe('an agent', () => {
	it('gets an execution for each event that concerns it, with the event’s own words', async () => {
		avala = await open();
		const other = avala.addProject().uid;
		const agents = [{}, { project: other }, { task_types: ['box'] }, { is_active: false }].map(
			(fields) =>
				avala.add('agents', { events: ['result.submitted', 'task.completed'], ...fields }).uid,
		);
		const [result] = [avala.emit('result.submitted'), avala.emit('task.completed')];
		const executions = avala
			.all('executions')
			.filter(({ registration }) => agents.includes(registration));
		expect(executions).toMatchObject([
			{
				registration: agents[0],
				event_type: 'task.completed',
				event_payload: { task_status: 'completed' },
			},
			{
				registration: agents[0],
				status: 'pending',
				task: result.data.task_uid,
				event_payload: result.data,
			},
		]);
	});

	it('is told of a result what Avala’s documents say, without a time', async () => {
		avala = await open();
		const { data } = avala.emit('result.submitted');
		expect(Object.keys(data)).toEqual([
			'task_uid',
			'result_uid',
			'result_data',
			'result_metadata',
			'task_name',
			'task_type',
			'project_uid',
		]);
	});

	it.each([
		['approve', ['result.accepted']],
		['reject', ['result.rejected']],
		['skip', []],
	])('that decides to %s tells webhooks: %j', async (action, types) => {
		avala = await open();
		avala.addWebhook({ events: ['result.accepted', 'result.rejected'] });
		const [execution] = avala.all('executions');
		await call(avala, 'POST', '/agent-actions/', { execution: execution?.uid, action });
		const events = avala.deliveries().map(({ event: { type, data } }) => [type, data]);
		expect(events).toEqual(types.map((type) => [type, execution?.event_payload]));
	});
});

it('quality targets are evaluated, and send quality.alert when one is breached that is to tell webhooks', async () => {
	avala = await open({ sampleData: false });
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
	const path = `/projects/${projectUid}/quality-targets/evaluate/`;
	const { json } = await call(avala, 'POST', path);
	const evaluated = (json as unknown as Json[]).map(({ operator, is_breached }) => [
		operator,
		is_breached,
	]);
	expect(evaluated).toEqual([
		['gt', false],
		['gte', true],
		['lt', true],
		['lte', false],
	]);
	expect(avala.deliveries().map(({ event }) => event.data)).toEqual([
		expect.objectContaining({ project_uid: projectUid, current_value: 0.08, threshold: 0.09 }),
	]);
});
