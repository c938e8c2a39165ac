import '../../support/pauses';

import type { IDataObject } from 'n8n-workflow';

import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';
import { failureOf, jsonOn } from '../../support/resources';

/** What Avala has, by the path below the base URL; a number is a status with which it refuses, 0 no response. */
let resources: Record<string, IDataObject | number>;
let deliveries: IDataObject[];
const requested: string[] = [];
let server: LocalServer;

beforeAll(async () => {
	server = await serve((request, response) => {
		const path = (request.url ?? '').replace('/api/v1', '').replace(/\?.*/, '');
		requested.push(path);
		const found =
			path === '/webhook-deliveries/' ? { results: deliveries, next: null } : resources[path];
		if (found === 0) {
			response.destroy();
			return;
		}
		const [status, body] =
			typeof found === 'number' ? [found, { detail: 'No.' }] : [found ? 200 : 404, found ?? {}];
		// Longer than any request waits before it is tried again.
		response.setHeader('retry-after', '3600');
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	});
});
afterAll(async () => await server.close());
beforeEach(() => {
	resources = { '/tasks/t1/': { uid: 't1', status: 'completed', project: 'p1' } };
	deliveries = [];
	requested.length = 0;
});

/** Missed for good, in the format of the guide, which carries no payload. */
const missed = (given: IDataObject = {}): IDataObject => ({
	uid: 'whd_1',
	webhook_uid: 'wh_1',
	event_type: 'task.completed',
	status: 'failed',
	attempt_count: 5,
	response_status_code: 500,
	created_at: '2026-03-02T12:00:00Z',
	...given,
});

let hints: string[];

const missedEvents = async (...given: IDataObject[]) => await missedWith({}, ...given);

async function missedWith(filters: object, ...given: IDataObject[]): Promise<IDataObject[]> {
	deliveries = given;
	hints = [];
	const parameters = { resource: 'delivery', operation: 'getMissedEvents', filters };
	return await jsonOn({ apiKey: 'k', baseUrl: `${server.url}/api/v1` }, parameters, { hints });
}

describe('a missed event whose delivery carries no payload', () => {
	it('comes back whatever its delivery calls the task', async () => {
		const names = ['task_uid', 'task_id', 'task', 'resource_uid', 'resource_id', 'resource'];
		const ways = [
			...[...names, 'object', 'data'].flatMap((name) => [
				{ [name]: 't1' },
				{ [name]: { uid: 't1', id: 7 } },
				{ [name]: { id: 't1' } },
			]),
			{ resource: { type: 'task', uid: 't1' } },
			{ resource: 'task', object: { id: 't1' } },
			{ task: 'Label the cars', resource_id: ' t1 ' },
			{ event_type: 'Task.Completed', data: { uid: 't1' } },
		];
		const deliveriesOf = ways.map((way, index) => missed({ uid: `whd_${index}`, ...way }));
		const events = await missedEvents(...deliveriesOf);
		expect(events).toHaveLength(ways.length);
		for (const event of events) {
			expect(event).toMatchObject({ data: { uid: 't1' }, recovered: true });
		}
	});

	it('comes back with the export or the dataset that it is about', async () => {
		resources['/exports/e1/'] = { uid: 'e1', status: 'exported' };
		resources['/datasets/d1/'] = { uid: 'd1', name: 'Cars' };
		expect(
			await missedEvents(
				missed({ event_type: 'dataset.updated', dataset_uid: 'd1' }),
				missed({ uid: 'whd_2', event_type: 'export.completed', export_uid: 'e1' }),
			),
		).toMatchObject([{ data: { uid: 'e1' } }, { data: { uid: 'd1' } }]);
	});

	it('has the fields of an event, and says whether it could be recovered', async () => {
		const known = {
			type: 'task.completed',
			created_at: '2026-03-02T12:00:00Z',
			webhook_uid: 'wh_1',
		};
		expect(await missedEvents(missed({ uid: 'whd_2', task_uid: 't1' }), missed())).toEqual([
			{
				...known,
				id: 'whd_1',
				delivery_id: 'whd_1',
				resource_uid: null,
				project_uid: null,
				data: null,
				error_message: 'The target responded 500',
				recoverable: false,
			},
			{
				...known,
				id: 'whd_2',
				delivery_id: 'whd_2',
				resource_uid: 't1',
				project_uid: 'p1',
				data: { uid: 't1', status: 'completed', project: 'p1' },
				recovered: true,
			},
		]);
	});

	it('comes back with the very thing that it names, in any spelling of its ID, and with no other', async () => {
		const uuid = '6f1c2b9e-0a53-4c37-9d0e-5b8f2f6f7a10';
		resources[`/tasks/${uuid.toUpperCase()}/`] = { uid: uuid };
		resources['/tasks/17/'] = { id: 17 };
		resources['/tasks/t2/'] = { uid: 't1' };
		resources['/projects/p1/'] = { uid: 'p1' };
		const events = await missedEvents(
			missed({ uid: 'a', task_uid: uuid.toUpperCase() }),
			missed({ uid: 'b', task_uid: 17 }),
			missed({ uid: 'c', task_uid: 't2' }),
			missed({ uid: 'd', event_type: 'project.updated', project_uid: 'p1' }),
		);
		expect(events.map(({ id, data, recoverable }) => [id, data, recoverable])).toEqual([
			['d', null, false],
			['c', null, false],
			['b', { id: 17, uid: 17 }, undefined],
			['a', { uid: uuid }, undefined],
		]);
	});

	it.each<[string, IDataObject]>([
		['names nothing', {}],
		['names the kind of resource alone', { resource: 'task', object: 'tasks' }],
		['names something that is no ID', { task_uid: '../webhooks/wh_1' }],
		[
			'is about something that cannot be read',
			{ event_type: 'quality.alert', data: { uid: 't1' } },
		],
	])('is told apart without a request when it %s', async (_, fields) => {
		expect(await missedEvents(missed(fields))).toMatchObject([
			{ id: 'whd_1', data: null, recoverable: false },
		]);
		expect(requested).toEqual(['/webhook-deliveries/']);
	});

	it.each([403, 500])(
		'does not keep the others back when its task is refused with %d',
		async (status) => {
			resources['/tasks/t2/'] = status;
			const events = await missedEvents(
				missed({ task_uid: 't1' }),
				missed({ uid: 'whd_2', task_uid: 't2' }),
			);
			expect(events).toMatchObject([
				{ id: 'whd_2', recoverable: false },
				{ id: 'whd_1', recovered: true },
			]);
		},
	);

	it('is counted by a hint when it cannot be recovered', async () => {
		const advice =
			"cannot be recovered: Avala kept no payload with the delivery. Look up what happened by 'type', 'created_at' and 'delivery_id'.";
		await missedEvents(missed({ task_uid: 't1' }));
		expect(hints).toEqual([]);
		await missedEvents(missed({ task_uid: 't1' }), missed({ uid: 'whd_2' }));
		expect(hints).toEqual([`1 event ${advice}`]);
		await missedEvents(missed(), missed({ uid: 'whd_2' }));
		expect(hints).toEqual([`2 events ${advice}`]);
	});

	it.each([
		[401, 'refused the API key'],
		[0, 'No response from 127.0.0.1'],
	])(
		'is an error while Avala responds %d, or not at all, so that no event is given up',
		async (status, words) => {
			resources['/tasks/t1/'] = status;
			const { message } = await failureOf(missedEvents(missed({ task_uid: 't1' })));
			expect(message).toContain(words);
		},
	);
});

it('a missed event whose delivery carries its payload happened when that says so, else when the delivery was made', async () => {
	const time = '2026-03-02T11:00:00Z';
	const payload = { uid: 't1', updated_at: time };
	expect(await missedEvents(missed({ payload }))).toMatchObject([
		{ created_at: time, data: { uid: 't1' }, recovered: true },
	]);
	expect(await missedEvents(missed({ payload: { uid: 't1' } }))).toMatchObject([
		{ created_at: '2026-03-02T12:00:00Z', recovered: true },
	]);
	expect(requested).toEqual(['/webhook-deliveries/', '/webhook-deliveries/']);
});

it('deliveries without any ID stay apart', async () => {
	const unnamed = missed({ uid: null });
	const events = await missedEvents(unnamed, { ...unnamed, created_at: '2026-03-02T12:01:00Z' });
	expect(events).toHaveLength(2);
});

it('an event is missed only in the time that is asked for', async () => {
	const later = missed({ uid: 'whd_2', created_at: '2026-03-02T12:01:00Z' });
	const earlier = missed({ uid: 'whd_0', created_at: '2026-03-02T11:59:00Z' });
	const filters = {
		createdAfter: '2026-03-02T12:00:00Z',
		createdBefore: '2026-03-02T12:01:00Z',
	};
	const events = await missedWith(filters, later, missed(), earlier);
	expect(events.map(({ id }) => id)).toEqual(['whd_1']);
});
