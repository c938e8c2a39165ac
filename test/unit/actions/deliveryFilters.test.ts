import type { IDataObject } from 'n8n-workflow';

import type { DeliveryFilters } from '../../../nodes/Avala/actions/delivery/filters';
import {
	deliveryFilters,
	explainNoDeliveries,
	filtersWithoutStatus,
	isFiltered,
	matches,
	readFilters,
} from '../../../nodes/Avala/actions/delivery/filters';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { normaliseDelivery } from '../../../nodes/Avala/shared/delivery';

const runWith = (filters: IDataObject, hints: string[] = []) => {
	const context = { getNodeParameter: () => filters, getTimezone: () => 'Europe/Berlin' };
	const hint = (message: string) => hints.push(message);
	return { context, itemIndex: 0, hint } as unknown as ItemRun;
};
const read = async (filters: IDataObject, property = deliveryFilters) =>
	await readFilters(runWith(filters), property);

describe('filters of deliveries', () => {
	it('restrict nothing when none was added', async () => {
		expect(isFiltered(await read({}))).toBe(false);
		expect(matches(normaliseDelivery({ uid: 'd' }), await read({}))).toBe(true);
	});

	it.each<[IDataObject, Partial<DeliveryFilters>]>([
		[{ createdAfter: '2026-03-02T10:30:00' }, { createdAfter: Date.parse('2026-03-02T09:30Z') }],
		[{ createdBefore: '2026-03-02T10:30Z' }, { createdBefore: Date.parse('2026-03-02T10:30Z') }],
		[{ webhookId: { mode: 'id', value: ' wh_1 ' } }, { webhookId: 'wh_1' }],
		[{ eventType: ['task.completed'] }, { eventTypes: ['task.completed'] }],
		[{ customEvents: ['Task.Submitted'] }, { eventTypes: ['task.submitted'] }],
		[{ eventType: ['task.created'], customEvents: 'x.y' }, { eventTypes: ['task.created', 'x.y'] }],
		[{ status: 'delivered' }, { status: 'delivered' }],
		[{ status: 'Success ' }, { status: 'delivered' }],
		[{ status: ' FAILED' }, { status: 'failed' }],
		[{ status: 'pending' }, { status: 'pending' }],
	])('are read from what was added: %j', async (given, expected) => {
		const filters = await read(given);
		expect(filters).toEqual({ eventTypes: [], ...expected });
		expect(isFiltered(filters)).toBe(true);
	});

	it.each([
		{ eventType: ['*'] },
		{ eventType: ['*'], customEvents: ['x.y'] },
		{ customEvents: ['x.y', '*'] },
		{ status: 'all' },
	])('restrict nothing when all is chosen: %j', async (given) => {
		expect(isFiltered(await read(given))).toBe(false);
	});

	it('between which no time lies are refused, with both times', async () => {
		const noon = '2026-03-02T12:00:00Z';
		const problem =
			"'Created After' (2026-03-02T12:00:00.000Z) must be earlier than 'Created Before' (2026-03-02T12:00:00.000Z): no delivery can be between them.";
		await expect(read({ createdAfter: noon, createdBefore: noon })).rejects.toThrow(problem);
		await read({ createdAfter: noon, createdBefore: '2026-03-02T12:00:01Z' });
	});

	it('are refused by name when they are not understood, or when the operation lacks them', async () => {
		await expect(read({ status: 'broken' })).rejects.toThrow(
			"'Status' must be delivered, failed, pending or all",
		);
		await expect(read({ status: ['failed'] })).rejects.toThrow("'Status'");
		await expect(read({ createdAfter: 'soon' })).rejects.toThrow("'Created After'");
		await expect(read({ createdBefore: 'soon' })).rejects.toThrow("'Created Before'");
		await expect(read({ eventType: [7] })).rejects.toThrow("'Event Types'");
		await expect(read({ eventType: ['task.x'] })).rejects.toThrow("'Custom Event Types'");
		await expect(read({ customEvents: [7] })).rejects.toThrow("'Custom Event Types'");
		await expect(read({ status: 'failed' }, filtersWithoutStatus)).rejects.toThrow(
			`'Filters' has no field "status"`,
		);
	});
});

describe('a delivery', () => {
	const delivery = normaliseDelivery({
		uid: 'd',
		webhook_uid: 'wh_1',
		event_type: 'Task.Completed',
		status: 'delivered',
	});
	const isFound = (filters: Partial<DeliveryFilters>) =>
		matches(delivery, { eventTypes: [], ...filters });

	it('is found by its webhook, by its event type in any case, and by its status', () => {
		expect(isFound({ webhookId: 'wh_1' })).toBe(true);
		expect(isFound({ webhookId: 'wh_2' })).toBe(false);
		expect(isFound({ eventTypes: ['x.y', 'task.completed'] })).toBe(true);
		expect(isFound({ eventTypes: ['x.y'] })).toBe(false);
		expect(isFound({ status: 'delivered' })).toBe(true);
		expect(isFound({ status: 'failed' })).toBe(false);
	});

	it('has to pass all of them', () => {
		expect(isFound({ webhookId: 'wh_1', status: 'failed' })).toBe(false);
		expect(isFound({ webhookId: 'wh_2', status: 'delivered' })).toBe(false);
	});
});

it('an event type that Avala does not document is named when no delivery was found for it', () => {
	const hintsOf = (count: number, eventTypes: string[]) => {
		const hints: string[] = [];
		explainNoDeliveries(runWith({}, hints), count, { eventTypes });
		return hints;
	};
	expect(hintsOf(0, ['model.trained', 'task.completed'])).toEqual([
		expect.stringMatching(/^Nothing was found for 'Custom Event Types' "model\.trained",.*task\./),
	]);
	expect(hintsOf(0, ['task.completed', 'task.submitted'])).toEqual([]);
	expect(hintsOf(1, ['model.trained'])).toEqual([]);
});
