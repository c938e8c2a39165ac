import type { INodeParameters } from 'n8n-workflow';

import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { outputOf, outputProperties } from '../../../nodes/Avala/actions/output';

const FORMS = {
	simplify: ({ uid }: { uid?: string }) => ({ uid }),
	fields: ['uid', 'created_at'],
};

/** What is chosen with these parameters; n8n gives the fallback for one that is missing. */
const chosen = (parameters: INodeParameters, type = 'n8n-nodes-avala.avala') => {
	const context = {
		getNode: () => ({ type }),
		getNodeParameter: (name: string, _: number, fallback: unknown) => parameters[name] ?? fallback,
	};
	return outputOf({ context, itemIndex: 0 } as unknown as ItemRun, FORMS).choice;
};
const ofTool = (parameters: INodeParameters) => chosen(parameters, 'n8n-nodes-avala.avalaTool');

it('is simplified unless that is turned off', () => {
	expect(chosen({})).toEqual(['simplified']);
	expect(chosen({ simplify: true })).toEqual(['simplified']);
	expect(chosen({ simplify: false })).toEqual(['raw']);
	expect(chosen({ simplify: false, output: 'simplified' })).toEqual(['raw']);
	expect(() => chosen({ simplify: 'a bit' })).toThrow("'Simplify'");
});

it('of the node as a tool is what the AI agent chose, in any case', () => {
	expect(ofTool({})).toEqual(['simplified']);
	expect(ofTool({ output: ' Simplified ', simplify: false })).toEqual(['simplified']);
	expect(ofTool({ output: 'RAW', simplify: true })).toEqual(['raw']);
});

it('of a tool with selected fields differs by the fields', () => {
	const fields = ['Created At'];
	expect(ofTool({ output: 'selectedFields' })).toEqual(['selectedFields', 'uid']);
	expect(ofTool({ output: 'selectedFields', fields })).toEqual([
		'selectedFields',
		'uid',
		'created_at',
	]);
});

it.each(['everything', 5])('of the node as a tool is never guessed: %j', (output) => {
	expect(() => ofTool({ output })).toThrow(`'Output' must be simplified, raw or selectedFields`);
});

it('of a tool with selected fields has none but those that there are', () => {
	const output = 'selectedFields';
	expect(() => ofTool({ output, fields: ['Owner'] })).toThrow(
		`'Fields' must be a list of these: uid, created_at, but is "Owner"`,
	);
	expect(() => ofTool({ output, fields: 5 })).toThrow("'Fields' must be a list of texts");
});

it('offers the fields under readable names, but not the ID, which is always there', () => {
	const fields = ['uid', 'webhook_uid', 'target_url', 'created_at'];
	const [choice] = outputProperties({ fields }).filter(({ name }) => name === 'fields');
	expect(choice?.options).toEqual([
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Target URL', value: 'target_url' },
		{ name: 'Webhook UID', value: 'webhook_uid' },
	]);
});
