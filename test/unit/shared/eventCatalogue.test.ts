import {
	EVENT_CATALOGUE,
	expandEvents,
	isChosenEvent,
	readEventTypes,
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
