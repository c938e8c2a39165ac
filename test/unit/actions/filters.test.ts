import type { IDataObject } from 'n8n-workflow';

import { deliveryFilters } from '../../../nodes/Avala/actions/delivery/filters';
import { isWord, wordField } from '../../../nodes/Avala/actions/fields';
import type { Filters } from '../../../nodes/Avala/actions/filters';
import { partFilter, readFilters, wordFilter } from '../../../nodes/Avala/actions/filters';
import { hasPart } from '../../../nodes/Avala/shared/values';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { normaliseDelivery } from '../../../nodes/Avala/shared/delivery';

const runWith = (filters: unknown) => {
	const context = { getNodeParameter: () => filters, getTimezone: () => 'America/New_York' };
	return { context, itemIndex: 0 } as unknown as ItemRun;
};
const RUN = runWith({});

const KNOWN = [
	{ name: 'In Progress', value: 'in_progress' },
	{ name: '3D Image', value: 'image_3d' },
];
const WORDS: Filters = {
	status: wordFilter('things', 'status', KNOWN, ''),
	name: partFilter('Name', ['name', 'slug'], {}, 'name_part'),
};

describe('a word', () => {
	const { read } = wordField('Status', 'status', KNOWN);

	it.each([
		[' IN-PROGRESS ', 'in_progress'],
		['3d image', 'image_3d'],
		[' On Hold ', 'On Hold'],
	])(
		'is sent as Avala writes it, and as it is where Avala does not document it: %j',
		(given, sent) => {
			expect(read(given, RUN)).toBe(sent);
		},
	);

	it('is the same in any case and with any signs between its parts', () => {
		expect(isWord('In-Progress', ' in  progress')).toBe(true);
		expect(isWord('inprogress', 'in_progress')).toBe(false);
		expect(isWord('in_progress_2', 'in_progress')).toBe(false);
	});
});

describe('filters', () => {
	it('are sent to Avala under its own names, and looked at by the node as well', async () => {
		const { query, isNarrow, passes } = await readFilters(
			runWith({ status: 'In Progress', name: ' Street ' }),
			WORDS,
		);
		expect(query).toEqual({ status: 'in_progress', name_part: 'Street' });
		expect(isNarrow).toBe(true);
		const found = (entry: IDataObject) =>
			passes({ status: 'IN PROGRESS', slug: 'a-street', ...entry });
		expect(found({})).toBe(true);
		expect(found({ status: 'done' })).toBe(false);
		expect(found({ slug: 'a-park' })).toBe(false);
		for (const status of [undefined, null, 7, ['done']]) expect(found({ status })).toBe(true);
	});

	it('for a part of a name take * alone for everything', async () => {
		const namedBy = async (name: string) => (await readFilters(runWith({ name }), WORDS)).values;
		expect(await namedBy(' * ')).toEqual({});
		expect(await namedBy('all')).toEqual({ name: 'all' });
	});

	it.each<[unknown, string]>([
		['status', "'Filters' cannot be"],
		[{ evenType: 'x' }, `'Filters' has no field "evenType" for this operation.`],
		[{ constructor: 'x' }, `'Filters' has no field "constructor"`],
		[{ status: ['a'] }, "'Status'"],
	])('are refused by name where they are not understood: %j', async (filters, message) => {
		await expect(readFilters(runWith(filters), WORDS)).rejects.toThrow(message);
	});

	it('find a text in any case, and however its accents are stored', () => {
		expect(hasPart('Große BÄUME'.normalize('NFD'), 'bäume')).toBe(true);
		expect(hasPart('Große Bäume', 'BÄUME'.normalize('NFD'))).toBe(true);
		expect(hasPart('Straße', 'park')).toBe(false);
	});
});

describe('filters of deliveries', () => {
	const delivery = normaliseDelivery({
		uid: 'd',
		webhook_uid: '6F1C2B9E-0A53-4C37-9D0E-5B8F2F6F7A10',
		event_type: 'Task.Completed',
		status: 'delivered',
	});
	const isFound = async (given: IDataObject) =>
		(await readFilters(runWith(given), deliveryFilters)).passes(delivery);

	it.each<[IDataObject, boolean]>([
		[{ webhookId: ' 6f1c2b9e0a534c379d0e5b8f2f6f7a10' }, true],
		[{ eventType: ['task.created', 'Task Completed'] }, true],
		[{ eventType: ['task.created'], customEvents: ['TASK.COMPLETED'] }, true],
		[{ eventType: ['*'], customEvents: ['x.y'] }, true],
		[{ status: 'failed', webhookId: 'all' }, false],
		[{ status: 'delivered', webhookId: 'wh_2' }, false],
	])('must all pass, but one of those by event type: %j finds it: %s', async (given, found) => {
		expect(await isFound(given)).toBe(found);
	});

	it('by time are in the time zone of the workflow where they name none', async () => {
		const given = { createdAfter: '2026-03-02T05:30:00', createdBefore: '2026-03-02T10:30:01Z' };
		const { createdAfter, createdBefore } = await readFilters(runWith(given), deliveryFilters);
		expect([createdAfter, createdBefore]).toEqual(
			['2026-03-02T10:30:00Z', '2026-03-02T10:30:01Z'].map(Date.parse),
		);
	});
});
