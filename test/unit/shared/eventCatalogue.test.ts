import {
	EVENT_CATALOGUE,
	expandEvents,
	isChosenEvent,
	isKnownEventType,
	looksLikeEventType,
	readEventTypes,
	readKnownEventTypes,
} from '../../../nodes/Avala/shared/eventCatalogue';

const ALL = EVENT_CATALOGUE.map(({ value }) => value);

describe('every event type', () => {
	it.each<[unknown, unknown]>([
		[['*'], []],
		['All', []],
		[['*', 'All event types'], []],
		[[], ['*']],
		[[], ['all']],
	])('is meant by %j with the custom types %j, and * is never sent to Avala', (events, custom) => {
		const read = (value: unknown) =>
			value instanceof Array && value.length === 0 ? [] : readEventTypes('x', value);
		const chosen = [read(events), read(custom)] as const;
		expect(expandEvents(...chosen)).toEqual({ required: [], optional: ALL });
		expect(isChosenEvent('quality.alert', ...chosen)).toBe(true);
		expect(isChosenEvent('model.trained', ...chosen)).toBe(false);
	});
});

describe('an event type', () => {
	it.each([
		['Task Completed', 'task.completed'],
		['Task Created', 'task.created'],
		['Task Deleted', 'task.deleted'],
		['Task Rejected', 'task.rejected'],
		['Task Reviewed', 'task.reviewed'],
		['Task Updated', 'task.updated'],
		['Export Completed', 'export.completed'],
		['Export Created', 'export.created'],
		['Export Failed', 'export.failed'],
		['Project Created', 'project.created'],
		['Project Deleted', 'project.deleted'],
		['Project Updated', 'project.updated'],
		['Dataset Created', 'dataset.created'],
		['Dataset Deleted', 'dataset.deleted'],
		['Dataset Updated', 'dataset.updated'],
		['Quality Alert', 'quality.alert'],
		['Result Accepted', 'result.accepted'],
		['Result Rejected', 'result.rejected'],
		['Result Submitted', 'result.submitted'],
	])('%s of the list is %s, however it is written', (label, type) => {
		expect(ALL).toContain(type);
		expect(readKnownEventTypes('x', [label, label.toUpperCase(), type.toUpperCase()])).toEqual([
			type,
			type,
			type,
		]);
		expect(isChosenEvent(type.toUpperCase(), [type], [])).toBe(true);
	});

	it('of the list has one place in it', () => {
		expect(ALL).toHaveLength(19);
		expect(new Set(ALL).size).toBe(19);
	});

	it.each([
		'export.ready',
		'project.completed',
		'project.status_changed',
		'task.approved',
		'task.failed',
		'task.submitted',
	])('that some documents name is no mistake: %s', (type) => {
		expect(isKnownEventType(type)).toBe(true);
		expect(readKnownEventTypes('x', type)).toEqual([type]);
	});

	it.each(['a.b', 'model.test.completed', 'a-b.c_d', 'A.b2'])('looks like %s', (text) => {
		expect(looksLikeEventType(text)).toBe(true);
	});

	it.each(['task', '.task', 'task.', 'task..done', '1.b', 'a b.c', 'a.b c', 'bounding_box', ''])(
		'does not look like %j',
		(text) => {
			expect(looksLikeEventType(text)).toBe(false);
		},
	);

	it('that is unknown is refused with the nearest one and where it may be entered', () => {
		const known = `Known types: ${ALL.join(', ')}.`;
		expect(() => readKnownEventTypes('Event Types', 'task.done', 'Custom Event Types')).toThrow(
			new RegExp(
				`^'Event Types' contains "task\\.done", which is not a known event type\\. Did you mean task\\.completed\\? ${known} Enter a type that is not among them under 'Custom Event Types'\\.$`,
			),
		);
		expect(() => readEventTypes('Event Types', 'x'.repeat(100))).toThrow(
			new RegExp(`"x{80}", which is not a known event type\\. ${known}$`),
		);
		expect(readKnownEventTypes('x', ['*', 'no.such.type'])).toEqual([]);
	});

	it.each([
		['task.complete', 'task.completed'],
		['task.compltd', 'task.completed'],
		['tsk.completed', 'task.completed'],
		['export.faild', 'export.failed'],
		['dataset.create', 'dataset.created'],
		['quality', 'quality.alert'],
		['result.acepted', 'result.accepted'],
		['alert', 'quality.alert'],
		['project.udpated', 'project.updated'],
		['submitted', 'result.submitted'],
		['task.done', 'task.completed'],
		['Task Finished', 'task.completed'],
		['Task  Done', 'task.completed'],
		['export.done', 'export.completed'],
		['export.finished', 'export.completed'],
	])('such as %s is taken for %s', (given, nearest) => {
		expect(() => readKnownEventTypes('x', given)).toThrow(`Did you mean ${nearest}?`);
	});

	it.each([
		'project.finished',
		'dataset.ready',
		'task',
		'completed',
		'task.archived',
		'model.x',
		'task.undeleted',
		'export.fail',
	])('such as %s is taken for no other', (given) => {
		expect(() => readKnownEventTypes('x', given)).toThrow(/not a known event type\. Known types: /);
	});

	it('that nobody chose is not asked for, and starts nothing', () => {
		const chosen = ['task.completed', 'export.failed'];
		expect(expandEvents(chosen)).toEqual({ required: chosen, optional: [] });
		for (const type of chosen) expect(isChosenEvent(type, chosen, [])).toBe(true);
		expect(isChosenEvent('task.created', chosen, [])).toBe(false);
	});

	it('that is selected beside All is required, and asked for once', () => {
		expect(expandEvents(['*', 'quality.alert'], ['task.submitted'])).toEqual({
			required: ['quality.alert', 'task.submitted'],
			optional: ALL.filter((type) => type !== 'quality.alert'),
		});
	});
});
