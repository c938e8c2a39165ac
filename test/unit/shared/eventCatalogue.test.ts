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
		['Quality Alert', 'quality.alert'],
	])('%s of the list is %s, however it is written', (label, type) => {
		expect(ALL).toContain(type);
		expect(readKnownEventTypes('x', [label, label.toUpperCase(), type.toUpperCase()])).toEqual([
			type,
			type,
			type,
		]);
		expect(isChosenEvent(type.toUpperCase(), [type], [])).toBe(true);
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

	it.each(['model.test.completed', 'A-b.c_d2'])('looks like %s', (text) => {
		expect(looksLikeEventType(text)).toBe(true);
	});

	it.each(['task', '.task', 'task.', '1.b', 'a b.c', 'a.b c'])('does not look like %j', (text) => {
		expect(looksLikeEventType(text)).toBe(false);
	});

	it('that is unknown is refused with those that are known, and where to enter another one', () => {
		const description = (elsewhere?: string) =>
			expect.objectContaining({
				message: expect.stringMatching(/^'X' contains ".+", which is not a known event type\.$/),
				description: `Known types: ${ALL.join(', ')}.${elsewhere === undefined ? '' : ` Enter a type that is not among them under '${elsewhere}'.`}`,
			});
		expect(() => readKnownEventTypes('X', 'a.b', 'Y')).toThrow(description('Y'));
		expect(() => readKnownEventTypes('X', 'a.b')).toThrow(description());
		expect(() => readEventTypes('X', 'no type')).toThrow(description());
		expect(readEventTypes('X', 'a.b')).toEqual(['a.b']);
		expect(readKnownEventTypes('X', ['*', 'no.such.type'])).toEqual([]);
	});

	it('that is selected beside All is required, and asked for once', () => {
		expect(expandEvents(['*', 'quality.alert'], ['task.submitted'])).toEqual({
			required: ['quality.alert', 'task.submitted'],
			optional: ALL.filter((type) => type !== 'quality.alert'),
		});
	});
});
