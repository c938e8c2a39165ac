import type { IDataObject } from 'n8n-workflow';

import { normaliseEvent } from '../../../nodes/Avala/shared/event';

const data: IDataObject = {
	uid: 'task_xyz789',
	status: 'completed',
	project_uid: 'proj_abc123',
	completed_at: '2026-03-02T10:29:55Z',
};

describe('normaliseEvent', () => {
	it('gives the same item for the three wire formats', () => {
		const time = '2026-03-02T10:29:55Z';
		const guide = normaliseEvent(
			{ id: 'evt_1', type: 'task.completed', created_at: time, data },
			{},
		);
		const older = normaliseEvent({ event: 'task.completed', timestamp: time, data }, {});
		const newer = normaliseEvent(data, { type: 'task.completed', deliveryId: 'd-1' });
		const common = {
			type: 'task.completed',
			created_at: time,
			resource_uid: 'task_xyz789',
			project_uid: 'proj_abc123',
			data,
		};
		expect(guide).toStrictEqual({ id: 'evt_1', ...common });
		expect(older).toStrictEqual({ id: expect.stringMatching(/^evt_[0-9a-f]{32}$/), ...common });
		expect(newer).toStrictEqual({ id: 'd-1', delivery_id: 'd-1', ...common });
	});

	it('gives an event without an id of its own the same id on each try, and another event another one', () => {
		const at = (timestamp: string) =>
			normaliseEvent({ event: 'task.completed', timestamp, data }, {})?.id;
		expect(at('2026-03-02T10:30:00Z')).toBe(at('2026-03-02T10:30:00Z'));
		expect(at('2026-03-02T10:30:00Z')).not.toBe(at('2026-03-02T10:30:01Z'));
	});

	it('gives an envelope the same id whether or not its delivery is known, so that a missed event is known again', () => {
		const envelope = { event: 'task.completed', timestamp: '2026-03-02T10:30:00Z', data };
		expect(normaliseEvent(envelope, { deliveryId: 'd-1' })).toEqual({
			...normaliseEvent(envelope, {}),
			delivery_id: 'd-1',
		});
	});

	it('takes the latest time of a bare resource for the time of the event', () => {
		const resource = {
			uid: 'ds_1',
			created_at: '2026-01-01T00:00:00Z',
			updated_at: '2026-03-01T00:00:00Z',
		};
		expect(normaliseEvent(resource, { type: 'dataset.updated' })?.created_at).toBe(
			'2026-03-01T00:00:00Z',
		);
	});

	it.each<[IDataObject]>([
		[{ id: 'evt_1', type: 'task.created', created_at: '2026-03-02T10:30:00Z', data }],
		[{ event: 'task.created', timestamp: '2026-03-02T10:30:00Z', data }],
	])('believes the signed body, not the header, about the type: %j', (body) => {
		const event = normaliseEvent(body, { type: 'export.completed' });
		expect(event).toMatchObject({ type: 'task.created', data });
	});

	it('keeps the resource as it was sent, fields named type and event included', () => {
		const resource = { uid: 'p_1', type: 'image', event: 'x', nested: { a: [1, null] } };
		expect(normaliseEvent(resource, { type: 'project.created' })).toMatchObject({
			type: 'project.created',
			data: resource,
		});
	});

	it.each<[IDataObject]>([
		[{ uid: 'l_1', type: 'task.completed', status: 'read' }],
		[{ id: 7, type: 'task.completed', status: 'read' }],
		[{ uid: 'l_1', event: 'task.completed', status: 'read' }],
		[{ event: 'task.completed', timestamp: 1, status: 'read' }],
	])('loses nothing of a resource that names an event type: %j', (resource) => {
		for (const type of ['task.completed', 'export.completed'])
			expect(normaliseEvent(resource, { type })).toMatchObject({ type, data: resource });
	});

	it.each<[string, IDataObject]>([
		['a type named test', { type: 'test', data: {} }],
		['a type named webhook.test', { event: 'webhook.test', data: {} }],
		['a ping', { type: 'ping', data: {} }],
		['a flag on the envelope', { type: 'task.completed', test: true, data }],
	])('marks a test event by %s', (_, body) => {
		expect(normaliseEvent(body, {})?.test).toBe(true);
	});

	it.each(['task.completed', 'contest.created', 'test.passed', 'ping.late', 'task.latest'])(
		'does not take %s for a test',
		(type) => {
			expect(normaliseEvent({ type, data }, {})).not.toHaveProperty('test');
		},
	);

	it.each<[string, IDataObject]>([
		['in words', { id: 'evt_1', type: 'Task was completed', created_at: '2026', data }],
		['of one word', { id: 'evt_1', type: 'TASK_COMPLETED', created_at: null, data: null }],
		['in the older format', { event: 'COMPLETED', timestamp: 1, data }],
	])('reads a complete envelope whatever its type looks like: %s', (_, body) => {
		expect(normaliseEvent(body, {})).toMatchObject({
			type: body.type ?? body.event,
			data: body.data,
		});
	});

	it.each<[string, IDataObject]>([
		['nothing', {}],
		['an empty type', { type: '', data }],
		['a type that is no text', { type: 5, data }],
		['a bare resource without a header', data],
		['a bare resource with a type of its own', { ...data, type: 'bounding_box' }],
	])('finds no event type in %s', (_, body) => {
		expect(normaliseEvent(body, {})).toBeUndefined();
	});

	it.each<[string, IDataObject]>([
		[
			'every field of an envelope',
			{ id: 7, type: 'image.box', created_at: '2026', data: { a: 1 } },
		],
		['every field of an older envelope', { event: 'frame.tagged', timestamp: 1, data: {} }],
	])('takes a body for a bare resource although it has %s, but of no event type', (_, resource) => {
		expect(normaliseEvent(resource, { type: 'task.completed', deliveryId: 'd-1' })).toMatchObject({
			id: 'd-1',
			type: 'task.completed',
			data: resource,
		});
	});

	it.each<[string, IDataObject]>([
		['no data', { id: 'evt_1', type: 'task.completed', created_at: '2026-03-02T10:30:00Z' }],
		['no id and no time', { type: 'task.completed', data }],
		['no data, in the older format', { event: 'task.completed', timestamp: 1 }],
		['no time, in the older format', { event: 'task.completed', data }],
		['no time, but a mark as a test', { type: 'task.completed', test: true, data }],
	])(
		'reads an envelope with %s the same whether or not its type is known from elsewhere',
		(_, body) => {
			const alone = normaliseEvent(body, {});
			expect(alone?.data).toEqual(body.data ?? null);
			expect(normaliseEvent(body, { type: 'task.completed', deliveryId: 'd-1' })).toEqual({
				...alone,
				delivery_id: 'd-1',
			});
		},
	);

	it('does without the type of a delivery that names none', () => {
		const envelope = { type: 'task.completed', data };
		expect(normaliseEvent(envelope, { type: '', deliveryId: '' })).toEqual(
			normaliseEvent(envelope, {}),
		);
		expect(normaliseEvent(data, { type: '', deliveryId: 'd-1' })).toBeUndefined();
	});

	it('finds no event in a payload that is nested thousands deep, which n8n could not store', () => {
		const nested = (levels: number): IDataObject =>
			JSON.parse(`{"type":"task.completed","data":${'['.repeat(levels)}${']'.repeat(levels)}}`);
		expect(normaliseEvent(nested(100_000), { type: 'task.completed' })).toBeUndefined();
		expect(normaliseEvent(nested(500), {})).toBeUndefined();
		expect(normaliseEvent(nested(499), {})).toBeDefined();
	});

	const derived = (sent: unknown) =>
		normaliseEvent({ event: 'task.completed', timestamp: 1, data: sent } as IDataObject, {})?.id;
	it.each<[unknown, unknown]>([
		[{}, []],
		[{ a: 1 }, [['a', 1]]],
		[{ a: { b: 1 } }, { a: [['b', 1]] }],
		[1, '1'],
		[null, 'null'],
		[{ a: null }, {}],
		[JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":2}')],
	])('gives two events with the data %j and %j different IDs', (one, other) => {
		expect(derived(one)).not.toBe(derived(other));
	});

	it.each([[''], [' '], [null], [true], [{}], [Number.NaN]])(
		'derives an ID where %j stands in its place',
		(id) => {
			const event = (uid: string) =>
				normaliseEvent({ id, type: 'task.completed', data: { uid } } as IDataObject, {})?.id;
			expect(event('a')).toMatch(/^evt_[0-9a-f]{32}$/);
			expect(event('a')).not.toBe(event('b'));
		},
	);

	it('derives an ID where the event has one that JavaScript cannot hold', () => {
		const event = (id: string, uid: string) =>
			normaliseEvent(
				JSON.parse(`{"id":${id},"type":"task.completed","created_at":1,"data":{"uid":"${uid}"}}`),
				{},
			)?.id;
		expect(event('12345', 't')).toBe('12345');
		expect(event('"9007199254740993001"', 't')).toBe('9007199254740993001');
		expect(event('9007199254740993001', 'a')).toMatch(/^evt_[0-9a-f]{32}$/);
		expect(event('9007199254740993001', 'a')).not.toBe(event('9007199254740993002', 'b'));
	});

	it.each<[unknown, string | null]>([
		['2026-03-02T10:30:00Z', '2026-03-02T10:30:00Z'],
		['2026-03-02 10:30:00', '2026-03-02 10:30:00'],
		[1772447400, '2026-03-02T10:30:00.000Z'],
		[1772447400000, '2026-03-02T10:30:00.000Z'],
		['1772447400', '2026-03-02T10:30:00.000Z'],
		[1772447400.125, '2026-03-02T10:30:00.125Z'],
		[1772447400000000, '1772447400000000'],
		['the day before', 'the day before'],
		['', null],
		[null, null],
		[{ seconds: 1 }, null],
	])(
		'gives the time %j as %j: a Unix time in ISO 8601, anything else as it was sent',
		(time, text) => {
			const event = normaliseEvent(
				{ id: 'e', type: 'task.completed', created_at: time, data } as IDataObject,
				{},
			);
			expect(event?.created_at).toBe(text);
		},
	);

	it('passes over what is no time in a bare resource', () => {
		const resource = { uid: 't', updated_at: 0, completed_at: '', created_at: 1772447400 };
		expect(normaliseEvent(resource, { type: 'task.completed' })?.created_at).toBe(
			'2026-03-02T10:30:00.000Z',
		);
	});
});

describe('the IDs beside the data', () => {
	const idsOf = (type: string, sent: IDataObject[string]) => {
		const { resource_uid, project_uid } = normaliseEvent({ type, data: sent }, {}) ?? {};
		return [resource_uid, project_uid];
	};

	it.each<[string, IDataObject[string], string | null]>([
		['task.completed', { uid: 't', id: 7, task_uid: 'other' }, 't'],
		['task.completed', { id: 7 }, '7'],
		['task.completed', { task_uid: 't', task_name: 'box' }, 't'],
		['result.submitted', { task_uid: 't', result_uid: 'r' }, 'r'],
		['result.accepted', { task_uid: 't' }, 't'],
		['Result.Accepted', { task_uid: 't', result_uid: 'r' }, 'r'],
		['dataset.updated', { dataset_uid: 'd' }, 'd'],
		['export.failed', { export_uid: 'e', project_uid: 'p' }, 'e'],
		['quality.alert', { metric: 'issue_rate' }, null],
		['task.completed', { uid: null, id: {} }, null],
		['task.completed', null, null],
		['task.completed', 'task_1', null],
		['task.completed', [{ uid: 't' }], null],
	])('name what the event is about: %s with %j', (type, sent, uid) => {
		expect(idsOf(type, sent)[0]).toBe(uid);
	});

	it.each<[string, IDataObject[string], string | null]>([
		['task.completed', { project_uid: 'p' }, 'p'],
		['task.completed', { project: 'p' }, 'p'],
		['task.completed', { project_id: 7 }, '7'],
		['task.completed', { project: { uid: 'p', id: 7 } }, 'p'],
		['task.completed', { project: { id: 'p' } }, 'p'],
		['task.completed', { project_uid: 'p', project: { uid: 'p' } }, 'p'],
		['export.completed', { projects: ['p'] }, 'p'],
		['export.completed', { projects: [{ uid: 'p' }] }, 'p'],
		['export.completed', { projects: ['p', 'q'] }, null],
		['export.completed', { projects: [] }, null],
		['project.updated', { uid: 'p' }, 'p'],
		['project.deleted', { project_uid: 'p' }, 'p'],
		['task.completed', { uid: 't' }, null],
		['task.completed', { project: null }, null],
		['task.completed', 'p', null],
	])('name the one project that the event names: %s with %j', (type, sent, uid) => {
		expect(idsOf(type, sent)[1]).toBe(uid);
	});

	it('stand before the data, in each event', () => {
		const event = normaliseEvent({ type: 'task.completed', data: {} }, { deliveryId: 'd-1' });
		expect(Object.keys(event ?? {})).toEqual([
			'id',
			'type',
			'created_at',
			'resource_uid',
			'project_uid',
			'data',
			'delivery_id',
		]);
	});
});
