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
		const common = { type: 'task.completed', created_at: time, data };
		expect(guide).toEqual({ id: 'evt_1', ...common });
		expect(older).toEqual({ id: expect.stringMatching(/^evt_[0-9a-f]{32}$/), ...common });
		expect(newer).toEqual({ id: 'd-1', delivery_id: 'd-1', ...common });
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

	it('believes the signed body, not the header, about the type', () => {
		const body = { id: 'evt_1', type: 'task.created', created_at: '2026-03-02T10:30:00Z', data };
		expect(normaliseEvent(body, { type: 'export.completed' })?.type).toBe('task.created');
	});

	it('keeps the resource as it was sent, fields named type and event included', () => {
		const resource = { uid: 'p_1', type: 'image', event: 'x', nested: { a: [1, null] } };
		expect(normaliseEvent(resource, { type: 'project.created' })).toMatchObject({
			type: 'project.created',
			data: resource,
		});
	});

	it.each<[string, IDataObject]>([
		['a type named test', { type: 'test', data: {} }],
		['a type named webhook.test', { event: 'webhook.test', data: {} }],
		['a ping', { type: 'ping', data: {} }],
		['a flag on the envelope', { type: 'task.completed', test: true, data }],
	])('marks a test event by %s', (_, body) => {
		expect(normaliseEvent(body, {})?.test).toBe(true);
	});

	it.each(['task.completed', 'contest.created', 'shipping.updated', 'task.latest'])(
		'does not take %s for a test',
		(type) => {
			expect(normaliseEvent({ type, data }, {})).not.toHaveProperty('test');
		},
	);

	it.each<[string, IDataObject]>([
		['nothing', {}],
		['an empty type', { type: '', data }],
		['a type that is no text', { type: 5, data }],
		['a bare resource without a header', data],
	])('finds no event type in %s', (_, body) => {
		expect(normaliseEvent(body, {})).toBeUndefined();
	});
});
