import type { INodeParameters } from 'n8n-workflow';

import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { limitOf, wantedCount } from '../../../nodes/Avala/actions/parameters';

/** A run with these parameters; n8n gives the fallback for one that is missing. */
const runOf = (parameters: INodeParameters) => {
	const getNodeParameter = (name: string, _: number, fallback: unknown) =>
		parameters[name] ?? fallback;
	return { context: { getNodeParameter }, itemIndex: 0 } as unknown as ItemRun;
};

it('50 results are wanted where nothing was chosen, else the limit, from 1 on, or all', () => {
	expect(wantedCount(runOf({}))).toBe(50);
	expect(wantedCount(runOf({ returnAll: false, limit: 7 }))).toBe(7);
	expect(wantedCount(runOf({ returnAll: true, limit: 7 }))).toBe(Infinity);
	expect(() => limitOf(runOf({ limit: 0 }))).toThrow("'Limit'");
});
