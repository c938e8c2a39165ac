import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { collectionOf } from '../../../nodes/Avala/actions/parameters';

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
