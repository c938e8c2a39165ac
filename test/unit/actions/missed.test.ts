import type { IDataObject } from 'n8n-workflow';

import { MissedEvents } from '../../../nodes/Avala/actions/delivery/missed';
import { normaliseDelivery } from '../../../nodes/Avala/shared/delivery';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-02T12:00:00Z');
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

/** A delivery of so many hours ago that failed for good. */
const failed = (hoursAgo: number, given: IDataObject = {}): IDataObject => ({
	uid: `d_${hoursAgo}`,
	webhook_uid: 'wh_a',
	event_type: 'task.completed',
	status: 'failed',
	attempts: 5,
	created_at: at(-hoursAgo),
	...given,
});

function missed(deliveries: IDataObject[], createdBefore = Infinity): unknown[] {
	const events = new MissedEvents(NOW);
	for (const sent of deliveries) events.add(normaliseDelivery({ ...sent }));
	return events.list(createdBefore).map(({ delivery }) => delivery.uid);
}

const envelope = (id: unknown): IDataObject => ({
	payload: { id, type: 'task.completed', created_at: at(-9), data: { uid: 't' } } as IDataObject,
});
/** As the newest servers send it: the resource alone. */
const bare = (data: IDataObject): IDataObject => ({ payload: data });
/** As older servers send it. */
const older = (timestamp: number): IDataObject => ({
	payload: { event: 'task.completed', timestamp, data: { uid: 't' } },
});
const arrived = { status: 'delivered' };

describe('an event was missed', () => {
	it('when it was created before the end of the time that is asked for, the oldest first', () => {
		const deliveries = [failed(1), failed(2), failed(3), failed(4, { created_at: 'unknown' })];
		expect(missed(deliveries, NOW - 2 * HOUR)).toEqual(['d_4', 'd_3']);
		expect(missed([failed(3), failed(1), failed(2)])).toEqual(['d_3', 'd_2', 'd_1']);
	});

	it.each([
		['the same ID', envelope('evt_1'), envelope('evt_1')],
		['the same time and content', older(1), older(1)],
		[
			'a payload as text',
			envelope('evt_1'),
			{ payload: JSON.stringify(envelope('evt_1').payload) },
		],
		[
			'a webhook in capitals',
			{ webhook_uid: 'A'.repeat(32), ...older(1) },
			{ webhook_uid: 'a'.repeat(32), ...older(1) },
		],
	])('unless a delivery of it arrived, before or after: %s', (_, one, other) => {
		for (const order of [
			[0, 1],
			[1, 0],
		]) {
			const deliveries = [failed(1, { ...one, ...arrived }), failed(3, other)];
			expect(missed(order.map((place) => deliveries[place] ?? {}))).toEqual([]);
			expect(missed([failed(1, other), failed(3, { ...one, ...arrived })], NOW - 2 * HOUR)).toEqual(
				[],
			);
		}
		expect(missed([failed(1, one), failed(3, other), failed(2, one)])).toEqual(['d_3']);
	});

	it.each([
		['another resource', bare({ uid: 't' }), bare({ uid: 'u' })],
		['another type', bare({ uid: 't' }), { ...bare({ uid: 't' }), event_type: 'task.updated' }],
		['another time', older(1), older(2)],
		['the same content at another time', bare({ uid: 't' }), bare({ uid: 't' })],
		['no payload', {}, {}],
		['another webhook', { ...envelope('evt_1'), webhook_uid: 'wh_b' }, envelope('evt_1')],
	])('although one arrived that has %s', (_, one, other) => {
		expect(missed([failed(1, { ...one, ...arrived }), failed(2, other)])).toEqual(['d_2']);
	});

	it('once, though a payload without a time was sent to two webhooks minutes apart', () => {
		const first = failed(1, bare({ uid: 't', n: 1 }));
		const second = failed(1.05, { ...bare({ n: 1, uid: 't' }), webhook_uid: 'wh_b' });
		expect(missed([first, second])).toEqual(['d_1.05']);
	});

	it('twice, when a webhook was to get the same payload without an ID and a time twice', () => {
		const first = failed(1.05, bare({ uid: 't', n: 1 }));
		const second = failed(1, bare({ uid: 't', n: 1 }));
		expect(missed([second, first])).toEqual(['d_1.05', 'd_1']);
		expect(missed([second, { ...first, ...arrived }])).toEqual(['d_1']);
	});

	it('once, though new deliveries have pushed its own onto the next page as well', () => {
		const unnamed = failed(2, { uid: null });
		expect(missed([failed(1), failed(1), unnamed, unnamed])).toEqual(['', 'd_1']);
	});

	it.each(['{', '[1]', 7, deeplyNested()])(
		'also when its payload cannot be read, which spoils only itself',
		(payload) => {
			const odd = [failed(2, { payload }), failed(3, { payload, uid: null })];
			expect(missed([failed(1, envelope('evt_1')), ...odd])).toEqual(['', 'd_2', 'd_1']);
		},
	);

	it('only when it is no test, and no try is to come', () => {
		const test = failed(2, { event_type: 'webhook.test', payload: null });
		const marked = failed(3, { payload: { ...Object(envelope('e').payload), test: true } });
		const pending = failed(4, { status: 'pending' });
		const retried = failed(0.1, { attempts: 2 });
		expect(missed([failed(1), test, marked, pending, retried])).toEqual(['d_1']);
	});
});

/** Deeper than JSON can write it. */
function deeplyNested(): IDataObject {
	let nested: IDataObject = { uid: 't' };
	for (let level = 0; level < 20_000; level++) nested = { nested };
	return nested;
}
