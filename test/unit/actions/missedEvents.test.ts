import type { IDataObject } from 'n8n-workflow';

import { findMissed } from '../../../nodes/Avala/actions/delivery/missedEvents';
import { recover } from '../../../nodes/Avala/actions/delivery/recover';
import { normaliseDelivery } from '../../../nodes/Avala/shared/delivery';
import type { Connection } from '../../../nodes/Avala/transport/connection';

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

async function missed(deliveries: IDataObject[], createdBefore = Infinity): Promise<unknown[]> {
	async function* pages() {
		for (const sent of deliveries) {
			yield await Promise.resolve({ found: [normaliseDelivery({ ...sent })], hasMore: true });
		}
	}
	const found = await findMissed(pages(), createdBefore, NOW);
	return found.map(({ delivery }) => delivery.uid);
}

const resource = (uid: string): IDataObject => ({ payload: { uid, status: 'completed' } });
const named = (id: string): IDataObject => ({
	payload: { id, type: 'task.completed', created_at: at(-9), data: { uid: 't' } },
});

describe('an event was missed', () => {
	it('when it was created before the end of the time that is asked for', async () => {
		const deliveries = [failed(1), failed(2), failed(3), failed(4, { created_at: 'unknown' })];
		expect(await missed(deliveries, NOW - 2 * HOUR)).toEqual(['d_4', 'd_3']);
	});

	it('unless it arrived, be it after that time', async () => {
		const arrived = failed(1, { ...named('evt_1'), status: 'delivered' });
		expect(await missed([arrived, failed(3, named('evt_1'))], NOW - 2 * HOUR)).toEqual([]);
	});

	it('once, as often as its deliveries failed, when Avala gave it an ID', async () => {
		expect(await missed([1, 2, 3].map((hours) => failed(hours, named('evt_1'))))).toEqual(['d_3']);
		const arrived = failed(1, { ...named('evt_1'), status: 'delivered' });
		expect(await missed([arrived, failed(2, named('evt_1')), failed(3, named('evt_1'))])).toEqual(
			[],
		);
	});

	it('once, though new deliveries have pushed its own onto the next page as well', async () => {
		const unnamed = failed(2, { uid: null });
		expect(await missed([failed(1), failed(1), unnamed, unnamed])).toEqual(['', 'd_1']);
	});

	it('once, though several webhooks missed it, at the place of its oldest delivery', async () => {
		const deliveries = [
			failed(1, named('evt_1')),
			failed(2, named('evt_2')),
			failed(3, { ...named('evt_1'), webhook_uid: 'wh_b' }),
		];
		expect(await missed(deliveries)).toEqual(['d_3', 'd_2']);
	});

	it('as often as it happened, when nothing tells two apart', async () => {
		expect(await missed([failed(1, resource('t')), failed(2, resource('t'))])).toEqual([
			'd_2',
			'd_1',
		]);
		const arrived = failed(1, { ...resource('t'), status: 'delivered' });
		expect(await missed([arrived, failed(2, resource('t')), failed(3, resource('t'))])).toEqual([
			'd_3',
		]);
		expect(await missed([arrived, failed(2, resource('another'))])).toEqual(['d_2']);
		expect(
			await missed([arrived, failed(2, { ...resource('t'), event_type: 'task.updated' })]),
		).toEqual(['d_2']);
	});

	it('although one with the same content but another time arrived', async () => {
		const older = (timestamp: number): IDataObject => ({
			payload: { event: 'task.completed', timestamp, data: { uid: 't' } },
		});
		const arrived = failed(1, { ...older(2), status: 'delivered' });
		expect(await missed([arrived, failed(2, older(1))])).toEqual(['d_2']);
		expect(await missed([failed(1, older(2)), failed(2, older(2))])).toEqual(['d_2', 'd_1']);
	});

	it('also when its payload is text, or cannot be read', async () => {
		const asText = { payload: JSON.stringify(named('evt_1').payload) };
		expect(await missed([failed(1, named('evt_1')), failed(2, asText)])).toEqual(['d_2']);
		const unread = ['{', '[1]', '7', 7, null].map((payload, index) => failed(index, { payload }));
		expect(await missed(unread)).toEqual(['d_4', 'd_3', 'd_2', 'd_1', 'd_0']);
	});

	it('only when it is no test', async () => {
		const test = failed(2, { event_type: 'webhook.test', payload: null });
		expect(await missed([failed(1), test])).toEqual(['d_1']);
	});
});

it('a missed event is not given up while Avala is out of reach', async () => {
	const unreachable = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
	const connection = {
		context: {
			getNode: () => ({ name: 'Avala', type: 'avala' }),
			logger: { debug: () => {} },
			helpers: { httpRequestWithAuthentication: async () => await Promise.reject(unreachable) },
		},
		credential: {},
		baseUrl: 'https://avala.example.com',
		secrets: [],
		deadline: Infinity,
	} as unknown as Connection;
	const delivery = normaliseDelivery(failed(1, { task_uid: 't1' }));
	await expect(recover(connection, { delivery })).rejects.toThrow('the connection was refused');
});
