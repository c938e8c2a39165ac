import type { IDataObject } from 'n8n-workflow';

import { normaliseEvent } from '../../../nodes/Avala/shared/event';

const data: IDataObject = {
	uid: 'task_xyz789',
	status: 'completed',
	project_uid: 'proj_abc123',
	completed_at: '2026-03-02T10:29:55Z',
};

describe('normaliseEvent', () => {
	it('gives an event without an id of its own the same id on each try, and another event another one', () => {
		const at = (timestamp: string) =>
			normaliseEvent({ event: 'task.completed', timestamp, data }, {})?.id;
		expect(at('2026-03-02T10:30:00Z')).toBe(at('2026-03-02T10:30:00Z'));
		expect(at('2026-03-02T10:30:00Z')).not.toBe(at('2026-03-02T10:30:01Z'));
	});

	it.each<[IDataObject]>([
		[{ id: 'evt_1', type: 'task.created', created_at: '2026-03-02T10:30:00Z', data }],
		[{ event: 'task.created', timestamp: '2026-03-02T10:30:00Z', data }],
	])('believes the signed body, not the header, about the type: %j', (body) => {
		const event = normaliseEvent(body, { type: 'export.completed' });
		expect(event).toMatchObject({ type: 'task.created', data });
	});

	it.each<[IDataObject]>([
		[{ id: 7, type: 'task.completed', status: 'read' }],
		[{ event: 'task.completed', timestamp: 1, status: 'read' }],
	])('loses nothing of a resource that names an event type: %j', (resource) => {
		for (const type of ['task.completed', 'export.completed'])
			expect(normaliseEvent(resource, { type })).toMatchObject({ type, data: resource });
	});

	it.each(['test', 'ping', 'webhook.test'])('marks an event of the type %s as a test', (type) => {
		expect(normaliseEvent({ type, data: {} }, {})?.test).toBe(true);
	});

	it.each(['ping.late', 'task.latest'])('does not take %s for a test', (type) => {
		expect(normaliseEvent({ type, data }, {})).not.toHaveProperty('test');
	});

	it('reads a complete envelope although its type is one word and its data null', () => {
		const body = { id: 'evt_1', type: 'TASK_COMPLETED', created_at: null, data: null };
		expect(normaliseEvent(body, {})).toMatchObject({ type: 'TASK_COMPLETED', data: null });
	});

	it.each<[string, IDataObject]>([
		['an empty type', { type: '', data }],
		['a bare resource with a type of its own', { ...data, type: 'bounding_box' }],
	])('finds no event type in %s', (_, body) => {
		expect(normaliseEvent(body, {})).toBeUndefined();
	});

	it('takes a body for a bare resource although it has every field of an envelope, but of no event type', () => {
		const resource = { id: 7, type: 'image.box', created_at: '2026', data: { a: 1 } };
		expect(normaliseEvent(resource, { type: 'task.completed', deliveryId: 'd-1' })).toMatchObject({
			id: 'd-1',
			type: 'task.completed',
			data: resource,
		});
	});

	it.each<[string, IDataObject]>([
		['no data', { id: 'evt_1', type: 'task.completed', created_at: '2026-03-02T10:30:00Z' }],
		['no id and no time', { type: 'task.completed', data }],
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
		expect(normaliseEvent(nested(500), {})).toBeUndefined();
		expect(normaliseEvent(nested(499), {})).toBeDefined();
	});

	const derived = (sent: unknown) =>
		normaliseEvent({ event: 'task.completed', timestamp: 1, data: sent } as IDataObject, {})?.id;
	it.each<[unknown, unknown]>([
		[{}, []],
		[{ a: 1 }, [['a', 1]]],
		[1, '1'],
		[{ a: null }, {}],
		[JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":2}')],
	])('gives two events with the data %j and %j different IDs', (one, other) => {
		expect(derived(one)).not.toBe(derived(other));
	});

	it.each([[''], [' '], [{}]])('derives an ID where %j stands in its place', (id) => {
		const event = (uid: string) =>
			normaliseEvent({ id, type: 'task.completed', data: { uid } } as IDataObject, {})?.id;
		expect(event('a')).toMatch(/^evt_[0-9a-f]{32}$/);
		expect(event('a')).not.toBe(event('b'));
	});

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
		['1772447400', '2026-03-02T10:30:00.000Z'],
		[1772447400.125, '2026-03-02T10:30:00.125Z'],
		[1772447400000000, '1772447400000000'],
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

	it.each<[IDataObject, string]>([
		[{ created_at: '2026-01-01', updated_at: '2026-03-01' }, '2026-03-01'],
		[{ updated_at: 0, completed_at: '', created_at: 1772447400 }, '2026-03-02T10:30:00.000Z'],
	])('takes the latest time of a bare resource for the time of the event: %j', (resource, time) => {
		expect(normaliseEvent(resource, { type: 'task.completed' })?.created_at).toBe(time);
	});
});

describe('the IDs beside the data', () => {
	const idsOf = (type: string, sent: IDataObject[string]) => {
		const { resource_uid, project_uid } = normaliseEvent({ type, data: sent }, {}) ?? {};
		return [resource_uid, project_uid];
	};

	it.each<[string, IDataObject[string], string | null]>([
		['task.completed', { uid: 't', id: 7, task_uid: 'other' }, 't'],
		['result.submitted', { task_uid: 't', result_uid: 'r' }, 'r'],
		['result.accepted', { task_uid: 't' }, 't'],
		['Result.Accepted', { task_uid: 't', result_uid: 'r' }, 'r'],
		['quality.alert', { metric: 'issue_rate' }, null],
		['task.completed', null, null],
		['task.completed', [{ uid: 't' }], null],
	])('name what the event is about: %s with %j', (type, sent, uid) => {
		expect(idsOf(type, sent)[0]).toBe(uid);
	});

	it.each<[string, IDataObject[string], string | null]>([
		['task.completed', { project_uid: 'p' }, 'p'],
		['task.completed', { project_uid: 'p', project: { uid: 'p' } }, 'p'],
		['export.completed', { projects: ['p', 'q'] }, null],
		['export.completed', { projects: 'p' }, null],
		['project.updated', { uid: 'p' }, 'p'],
		['projects.x', { uid: 'p' }, null],
		['project.deleted', { project_uid: 'p' }, 'p'],
		['task.completed', { project: null }, null],
		['task.completed', 'p', null],
	])('name the one project that the event names: %s with %j', (type, sent, uid) => {
		expect(idsOf(type, sent)[1]).toBe(uid);
	});
});
