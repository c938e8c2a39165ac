import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Sandbox, StoredDelivery } from '../../../sandbox';
import { serveTrigger } from '../../support/contexts';
import type { Setup } from '../../support/resources';
import { byId, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started), {
	allowHttpLoopbackTargets: true,
});

const run = async (operation: string, parameters: object = {}, setup: Setup = {}) =>
	await jsonOn(avala, { resource: 'delivery', operation, ...parameters }, setup);

const MINUTE = 60_000;
const NOON = Date.parse('2026-03-02T12:00:00Z');
const at = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString();

/** A delivery made so many minutes after noon. */
function delivery(
	minutes: number,
	given: Partial<StoredDelivery> = {},
	type = 'task.completed',
): Partial<StoredDelivery> {
	return {
		uid: `d_${minutes}`,
		webhookUid: 'wh_a',
		createdAt: at(minutes),
		event: {
			id: `evt_${minutes}`,
			type,
			created_at: at(minutes),
			data: { uid: `task_${minutes}`, updated_at: at(minutes) },
		},
		...given,
	};
}

const failed: Partial<StoredDelivery> = {
	status: 'failed',
	responseStatus: 500,
	responseBody: 'oops',
	attempts: 5,
};

inEachWireFormat((wireFormat) => {
	it('Get gives ten fields, or with Simplify off those beside what the server sent', async () => {
		avala.seedDeliveries([delivery(1, failed)]);
		const named = {
			uid: 'd_1',
			webhook_uid: 'wh_a',
			event_type: 'task.completed',
			response_status_code: 500,
			attempt_count: 5,
			status: 'failed',
		};
		const [simple] = await run('get', { deliveryId: 'd_1' });
		expect(Object.keys(simple ?? {})).toHaveLength(10);
		expect(simple).toMatchObject(named);
		const sent = { subscription: 'wh_a', response_status: 500, attempts: 5 };
		expect(await run('get', { deliveryId: 'd_1', simplify: false })).toMatchObject([
			{ ...named, ...(wireFormat !== 'guide' && sent) },
		]);
	});

	it('Get Many narrows to status, event type, webhook and time, newest first', async () => {
		avala.seedDeliveries([
			delivery(1),
			delivery(2, failed),
			delivery(3, { webhookUid: 'wh_b' }, 'export.completed'),
			delivery(4, { status: 'pending' }),
			delivery(5),
		]);
		const uids = async (filters: INodeParameters) =>
			(await run('getAll', { returnAll: true, filters })).map(({ uid }) => uid);
		expect(await uids({})).toEqual(['d_5', 'd_4', 'd_3', 'd_2', 'd_1']);
		expect(await uids({ status: 'delivered' })).toEqual(['d_5', 'd_3', 'd_1']);
		expect(await uids({ status: 'failed' })).toEqual(['d_2']);
		expect(await uids({ status: 'pending' })).toEqual(['d_4']);
		expect(await uids({ eventType: ['export.completed'] })).toEqual(['d_3']);
		expect(await uids({ webhookId: byId('wh_b') })).toEqual(['d_3']);
		expect(await uids({ createdAfter: at(2), createdBefore: at(4) })).toEqual(['d_3', 'd_2']);
		expect(await uids({ createdAfter: at(2), eventType: ['task.completed'] })).toEqual([
			'd_5',
			'd_4',
			'd_2',
		]);
	});

	it('Get Health reports counts, rates, the split and the failures with their cause in one item', async () => {
		avala.seedDeliveries([
			delivery(1),
			delivery(2, { attempts: 2 }),
			delivery(3, { ...failed, webhookUid: 'wh_b' }, 'export.completed'),
			delivery(4, { status: 'pending', attempts: 1, responseStatus: 404 }),
		]);
		avala.addWebhook({ uid: 'wh_a', targetUrl: 'https://a.example.com/' });
		const counts = (given: object) => ({
			succeeded: 0,
			failed: 0,
			pending: 0,
			retrying: 0,
			retried: 1,
			...given,
		});
		const retrying = counts({
			total: 3,
			succeeded: 2,
			pending: 1,
			retrying: 1,
			success_rate: 66.7,
		});
		const lost = counts({ total: 1, failed: 1, success_rate: 0 });
		expect(await run('getHealth')).toEqual([
			{
				...counts({ total: 4, succeeded: 2, failed: 1, pending: 1, retrying: 1, retried: 2 }),
				success_rate: 50,
				from: at(1),
				to: at(4),
				by_event: [
					{ event_type: 'task.completed', ...retrying },
					{ event_type: 'export.completed', ...lost },
				],
				by_webhook: [
					{ webhook_uid: 'wh_a', target_url: 'https://a.example.com/', ...retrying },
					{ webhook_uid: 'wh_b', target_url: null, ...lost },
				],
				recent_failures: [
					expect.objectContaining({
						uid: 'd_4',
						retrying: true,
						error_message: 'The target responded 404',
					}),
					expect.objectContaining({
						uid: 'd_3',
						retrying: false,
						webhook_uid: 'wh_b',
						response_status_code: 500,
						error_message: expect.any(String),
					}),
				],
			},
		]);
	});

	it('Get Missed Events gives what failed for good, oldest first, each once, or says that it cannot', async () => {
		avala.seedDeliveries([
			delivery(1, failed),
			delivery(2),
			delivery(3, failed),
			delivery(4, { status: 'pending', attempts: 3 }),
		]);
		const missed = await run('getMissedEvents', { returnAll: true });
		expect(missed).toMatchObject(
			[1, 3].map((minutes) => ({
				type: 'task.completed',
				created_at: at(minutes),
				resource_uid: wireFormat === 'guide' ? null : `task_${minutes}`,
				project_uid: null,
				delivery_id: `d_${minutes}`,
				webhook_uid: 'wh_a',
				...(wireFormat === 'guide'
					? { recoverable: false }
					: { recovered: true, data: { uid: `task_${minutes}`, updated_at: at(minutes) } }),
			})),
		);
		expect(await run('getMissedEvents', { returnAll: false, limit: 1 })).toEqual(
			missed.slice(0, 1),
		);
	});
});

it.each(['older', 'newer'] as const)(
	'missed events are the items that the trigger gives, by the same id (%s)',
	async (wireFormat) => {
		avala.wireFormat = wireFormat;
		const { apiKey, baseUrl } = avala;
		const secret = 'known to both';
		const trigger = await serveTrigger({
			parameters: { events: ['task.completed'], options: {} },
			staticData: { webhookId: 'wh_a', webhookSecret: secret },
			credentials: { apiKey, baseUrl },
		});
		avala.addWebhook({ targetUrl: trigger.url, events: ['task.completed'], secret });
		avala.emit('task.completed');
		await avala.idle();
		await trigger.close();
		const [received] = trigger.started;
		const sent = avala.deliveries();
		expect(sent).toHaveLength(1);

		avala.reset();
		avala.seedDeliveries(sent.map((one) => ({ ...one, ...failed })));
		expect(await run('getMissedEvents')).toEqual([
			{
				...received?.json,
				delivery_id: sent[0]?.uid,
				webhook_uid: sent[0]?.webhookUid,
				recovered: true,
			},
		]);
	},
);

describe('Get Health', () => {
	it('of nothing is a report of zeros with a null rate', async () => {
		const [report] = await run('getHealth');
		expect(report).toMatchObject({
			total: 0,
			failed: 0,
			success_rate: null,
			from: null,
			to: null,
			recent_failures: [],
		});
		avala.seedDeliveries([delivery(1, { status: 'pending', attempts: 0, responseStatus: null })]);
		expect((await run('getHealth'))[0]).toMatchObject({
			total: 1,
			pending: 1,
			success_rate: null,
		});
	});

	it('looks at as many deliveries as asked for, the newest that match', async () => {
		avala.seedDeliveries([delivery(1, failed), delivery(2), delivery(3, failed), delivery(4)]);
		expect((await run('getHealth', { limit: 3 }))[0]).toMatchObject({ total: 3, from: at(2) });
	});

	it('rounds no rate up to 100', async () => {
		avala.seedDeliveries(
			Array.from({ length: 3000 }, (_, minute) => delivery(minute, minute === 0 ? failed : {})),
		);
		const [report] = await run('getHealth', { limit: 3000 });
		expect(report).toMatchObject({ succeeded: 2999, failed: 1, success_rate: 99.9 });
		const [newest] = await run('getHealth', { limit: 2999 });
		expect(newest).toMatchObject({ succeeded: 2999, success_rate: 100 });
	});

	it('lists no more than the ten latest failures', async () => {
		avala.seedDeliveries(Array.from({ length: 12 }, (_, minute) => delivery(minute, failed)));
		const [report] = await run('getHealth');
		expect(report).toMatchObject({ total: 12, failed: 12, success_rate: 0 });
		expect((report?.recent_failures as IDataObject[]).map(({ created_at }) => created_at)).toEqual(
			[11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map(at),
		);
	});

	it('needs no list of webhooks, and says why the target URLs are missing', async () => {
		avala.seedDeliveries([delivery(1), delivery(2, { ...failed, webhookUid: 'wh_b' })]);
		avala.fault({ path: '/api/v1/webhooks/', status: 403, body: { detail: 'No.' } });
		const hints: string[] = [];
		const [report] = await run('getHealth', {}, { hints });
		expect(report).toMatchObject({
			total: 2,
			by_webhook: [
				{ webhook_uid: 'wh_b', target_url: null },
				{ webhook_uid: 'wh_a', target_url: null },
			],
		});
		expect(hints).toEqual([
			expect.stringMatching(
				/^The report has no target URLs: The API key may not access the webhooks\..*webhooks\.read/,
			),
		]);
	});
});

describe('the note for an AI agent that there are more than the limit', () => {
	const noteAt = async (limit: number, filters: object = {}, operation = 'getAll') => {
		const parameters = { returnAll: false, limit, filters };
		const output = await run(operation, parameters, { isTool: true });
		return output.slice(limit).map(({ note }) => note);
	};
	const note = (limit: number, plural = 'deliveries') => [
		`There are more ${plural} than the limit of ${limit}. Raise 'Limit' or turn on 'Return All' to get them.`,
	];
	const seed = (count: number, given: Partial<StoredDelivery> = {}) =>
		avala.seedDeliveries(Array.from({ length: count }, (_, minute) => delivery(minute, given)));

	it('is given when more follow on the same page or on the next, and not to people', async () => {
		seed(3);
		expect(await noteAt(2)).toEqual(note(2));
		expect(await noteAt(2, { status: 'delivered' })).toEqual(note(2));
		seed(150);
		expect(await noteAt(100, { status: 'delivered' })).toEqual(note(100));
		const hints: string[] = [];
		expect(await run('getAll', { limit: 2 }, { hints })).toHaveLength(2);
		expect(hints).toEqual([]);
		seed(2, failed);
		expect(await noteAt(1, {}, 'getMissedEvents')).toEqual(note(1, 'missed events'));
	});

	it('is not given when all have come, or the others are older than wanted', async () => {
		seed(3);
		expect(await noteAt(3)).toEqual([]);
		expect(await noteAt(3, { status: 'delivered' })).toEqual([]);
		seed(150);
		expect(await noteAt(50, { createdAfter: at(100) })).toEqual([]);
		expect(await noteAt(49, { createdAfter: at(100) })).toEqual(note(49));
	});
});

describe('the requests of Get Many', () => {
	const pages = () => avala.requests().map(({ path }) => path);
	const shows = (times: number[][]) => {
		const path = '/api/v1/webhook-deliveries/';
		times.forEach((minutes, page) => {
			const results = minutes.map((minute, index) => ({
				uid: `d_${minute}.${page}.${index}`,
				created_at: at(minute),
			}));
			const next = page < times.length - 1 ? `${avala.url}${path}?page=${page + 2}` : null;
			avala.fault({ path, times: 1, status: 200, body: { results, next } });
		});
	};
	const timesOf = async (createdAfter: string) => {
		const found = await run('getAll', { returnAll: true, filters: { createdAfter } });
		return found.map(({ created_at }) => created_at);
	};

	it('are 100 for Return All over 10,000 deliveries, which all come, each once, with one look at the credential', async () => {
		avala.seedDeliveries(Array.from({ length: 10_000 }, (_, index) => ({ uid: `d_${index}` })));
		const counter = { decrypted: 0 };
		const found = await run('getAll', { returnAll: true }, { counter });
		expect(new Set(found.map(({ uid }) => uid)).size).toBe(10_000);
		expect(pages()).toHaveLength(100);
		expect(pages()[0]).toContain('ordering=-created_at');
		expect(counter.decrypted).toBe(1);
	});

	it.each([
		['with many on a page', [[7, 6, 5], [4, 3, 0], [-1]], 2],
		['with one on a page', [[5], [4], [0], [-1]], 3],
	])('end where nothing more can match, %s', async (_, times, count) => {
		shows(times);
		const wanted = times.flat().filter((minute) => minute >= 1);
		expect(await timesOf(at(1))).toEqual(wanted.map(at));
		expect(pages()).toHaveLength(count);
	});

	it.each([
		[
			'mixes them',
			[
				[5, 1, 4],
				[0, 6],
			],
		],
		['gives the oldest first, one on a page', [[0], [1], [4]]],
		['begins anew between two pages', [[4, 3], [6, 5], [2, 0], [7]]],
		[
			'has others of the same time on the next page',
			[
				[5, 1],
				[1, 1],
			],
		],
	])('go on to the end when the server %s', async (_, times) => {
		shows(times);
		const wanted = times.flat().filter((minute) => minute >= 1);
		expect(await timesOf(at(1))).toEqual(wanted.map(at));
	});

	it('keep a delivery without a time that can be read, whatever time is asked for', async () => {
		const results = [
			{ uid: 'd_3', created_at: at(3) },
			{ uid: 'd_none', created_at: null },
			{ uid: 'd_odd', created_at: 'yesterday' },
			{ uid: 'd_1', created_at: at(1) },
		];
		avala.fault({ path: '/api/v1/webhook-deliveries/', status: 200, body: { results } });
		for (const [filters, timed] of [
			[{ createdAfter: at(2) }, 'd_3'],
			[{ createdBefore: at(2) }, 'd_1'],
		] as const) {
			const found = await run('getAll', { returnAll: true, filters });
			expect(found.map(({ uid }) => uid).sort()).toEqual([timed, 'd_none', 'd_odd']);
		}
	});

	it('find a webhook by its target URL once for all items', async () => {
		const { uid, targetUrl } = avala.addWebhook({});
		avala.seedDeliveries([delivery(1, { webhookUid: uid }), delivery(2)]);
		const filters = { webhookId: { __rl: true, mode: 'url', value: targetUrl } };
		const found = await run('getAll', { returnAll: true, filters }, { items: [{}, {}] });
		expect(found.map(({ webhook_uid }) => webhook_uid)).toEqual([uid, uid]);
		expect(pages()).toHaveLength(2);
	});
});
