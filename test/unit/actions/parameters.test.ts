import type { INodeParameters } from 'n8n-workflow';

import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import {
	collectionOf,
	limitOf,
	momentReader,
	wantedCount,
} from '../../../nodes/Avala/actions/parameters';

/** A run whose only parameter is the collection as an expression gave it. */
const runWith = (value: unknown) =>
	({ context: { getNodeParameter: () => value }, itemIndex: 0 }) as unknown as ItemRun;

const fieldsOf = (value: unknown) =>
	collectionOf(runWith(value), 'filters', 'Filters', ['eventType', 'status']);

describe('a collection of fields', () => {
	it('gives the fields that were added', () => {
		expect(fieldsOf({ status: 'failed' })).toEqual({ status: 'failed' });
		expect(fieldsOf({})).toEqual({});
	});

	it('refuses a field that the operation does not have, and names those it has', () => {
		expect(() => fieldsOf({ evenType: 'task.completed' })).toThrow(
			`'Filters' has no field "evenType" for this operation. It has eventType, status.`,
		);
	});

	it.each(['status', 5, null, ['status']])('is never %j', (value) => {
		expect(() => fieldsOf(value)).toThrow("'Filters' must be a collection of fields");
	});
});

/** A run with these parameters; n8n gives the fallback for one that is missing. */
const runOf = (parameters: INodeParameters) => {
	const context = {
		getTimezone: () => 'America/New_York',
		getNodeParameter: (name: string, _: number, fallback: unknown) => parameters[name] ?? fallback,
	};
	return { context, itemIndex: 0 } as unknown as ItemRun;
};

describe('how many results are wanted', () => {
	it('is 50 where nothing was chosen, the limit, or all', () => {
		expect(wantedCount(runOf({}))).toBe(50);
		expect(wantedCount(runOf({ returnAll: false, limit: 7 }))).toBe(7);
		expect(wantedCount(runOf({ returnAll: true, limit: 7 }))).toBe(Infinity);
		expect(limitOf(runOf({ limit: 1 }))).toBe(1);
		expect(() => limitOf(runOf({ limit: 0 }))).toThrow("'Limit'");
		expect(() => wantedCount(runOf({ returnAll: 'perhaps' }))).toThrow("'Return All'");
	});
});

it('a time without a zone is in the time zone of the workflow', () => {
	const read = momentReader(runOf({}), 'Created After');
	expect(read('2026-03-02T10:30:00')).toBe(Date.parse('2026-03-02T15:30:00Z'));
	expect(read('2026-03-02T10:30:00Z')).toBe(Date.parse('2026-03-02T10:30:00Z'));
	expect(() => read('soon')).toThrow("'Created After'");
});
