import type { INodeParameters } from 'n8n-workflow';

import { isSimplified } from '../../../nodes/Avala/actions/fields';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { limitOf, momentReader, wantedCount } from '../../../nodes/Avala/actions/parameters';

/** A run with these parameters; n8n gives the fallback for one that is missing. */
const runOf = (parameters: INodeParameters, type = 'n8n-nodes-avala.avala') => {
	const context = {
		getNode: () => ({ type }),
		getTimezone: () => 'America/New_York',
		getNodeParameter: (name: string, _: number, fallback: unknown) => parameters[name] ?? fallback,
	};
	return { context, itemIndex: 0 } as unknown as ItemRun;
};

describe('the output', () => {
	const ofTool = (parameters: INodeParameters) =>
		isSimplified(runOf(parameters, 'n8n-nodes-avala.avalaTool'));

	it('is simplified unless that is turned off', () => {
		expect(isSimplified(runOf({}))).toBe(true);
		expect(isSimplified(runOf({ simplify: true }))).toBe(true);
		expect(isSimplified(runOf({ simplify: false }))).toBe(false);
		expect(isSimplified(runOf({ simplify: false, output: 'simplified' }))).toBe(false);
		expect(() => isSimplified(runOf({ simplify: 'a bit' }))).toThrow("'Simplify'");
	});

	it('of the node as a tool is what the AI agent chose, in any case', () => {
		expect(ofTool({})).toBe(true);
		expect(ofTool({ output: ' Simplified ', simplify: false })).toBe(true);
		expect(ofTool({ output: 'RAW', simplify: true })).toBe(false);
	});

	it.each(['everything', 5])('of the node as a tool is never guessed: %j', (output) => {
		expect(() => ofTool({ output })).toThrow(`'Output' must be simplified or raw`);
	});
});

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
