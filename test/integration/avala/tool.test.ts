import type { IDataObject, INodeParameters, INodeProperties } from 'n8n-workflow';

import { RESOURCES } from '../../../nodes/Avala/actions/resources';
import type { WireFormat, Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { BinaryFiles } from '../../support/binaryFiles';
import type { Setup } from '../../support/resources';
import { byId, failureOf, runOn } from '../../support/resources';

const files = new BinaryFiles();
let avala: Sandbox;
beforeAll(async () => {
	await files.init();
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => {
	await avala.stop();
	files.clear();
});

/** Every operation with the switch Simplify, which an agent's tool has n8n's "Output" for. */
const SIMPLIFIED = RESOURCES.flatMap(({ option, operations }) =>
	operations
		.filter(({ properties }) => properties.some(({ name }) => name === 'simplify'))
		.map((operation) => [option.value, operation.option.value] as const),
);

const choicesOf = ({ options = [] }: INodeProperties) =>
	options.map((option) => ('value' in option ? String(option.value) : ''));

function propertyOf(resource: string, operation: string, name: string): INodeProperties {
	const property = RESOURCES.find(({ option }) => option.value === resource)
		?.operations.find(({ option }) => option.value === operation)
		?.properties.find((given) => given.name === name);
	if (property) return property;
	throw new Error(`${resource}: ${operation} has no ${name}.`);
}

/** Runs an operation on one of what the sandbox has. @returns the first item */
async function run(
	resource: string,
	operation: string,
	parameters: object,
	setup: Setup = {},
): Promise<IDataObject> {
	const one = {
		deliveryId: 'd_1',
		taskId: avala.tasks()[0]?.uid ?? '',
		projectId: byId(avala.projects()[0]?.uid ?? ''),
		datasetId: byId(avala.datasets()[0]?.uid ?? ''),
		exportId: byId(avala.exports()[0]?.uid ?? ''),
	};
	const given = { resource, operation, ...one, ...parameters } as INodeParameters;
	const [item] = await runOn(avala, given, setup);
	return item?.json ?? {};
}

describe.each<WireFormat>(['guide', 'older', 'newer'])(
	'an AI agent’s tool in the format "%s"',
	(wireFormat) => {
		beforeEach(() => {
			avala.wireFormat = wireFormat;
			avala.reset();
			avala.addExport({ state: 'ready' });
			avala.addTask({ extra: { further: 1 } });
			avala.addDataset({ extra: { further: 1 } });
			avala.seedDeliveries([{ uid: 'd_1', status: 'failed', responseStatus: 500 }]);
		});

		it.each(SIMPLIFIED)(
			'gives few fields, or with "Raw" all: %s %s',
			async (resource, operation) => {
				const keysOf = async (parameters: object, setup: Setup = {}) =>
					Object.keys(await run(resource, operation, parameters, setup));
				const simple = await keysOf({ simplify: true });
				const all = await keysOf({ simplify: false });
				expect(await keysOf({}, { isTool: true })).toEqual(simple);
				expect(await keysOf({ output: 'raw' }, { isTool: true })).toEqual(all);
				expect(await keysOf({ output: 'raw', simplify: true }, { isTool: true })).toEqual(all);
			},
		);

		it.each(SIMPLIFIED)(
			'gives the ID and the fields that were selected: %s %s',
			async (resource, operation) => {
				const output = 'selectedFields';
				const asTool = { isTool: true };
				const fields = choicesOf(propertyOf(resource, operation, 'fields'));
				const all = await run(resource, operation, { output, fields }, asTool);
				expect(Object.keys(all)).toEqual(['uid', ...fields]);
				const simple = await run(resource, operation, { output: 'simplified' }, asTool);
				expect(Object.keys(all)).toEqual(expect.arrayContaining(Object.keys(simple)));
				const chosen = await run(resource, operation, { output, fields: ['created_at'] }, asTool);
				expect(chosen).toEqual({ uid: expect.any(String), created_at: expect.any(String) });
				expect(Object.keys(await run(resource, operation, { output }, asTool))).toEqual(['uid']);
			},
		);
	},
);

describe('a model’s choice of the output', () => {
	beforeEach(() => avala.reset());

	const tool = async (parameters: object) =>
		await run('task', 'get', parameters, { isTool: true, items: [{ value: 'x' }] });

	it.each([
		{ output: '={{ "Raw" }}' },
		{ output: '={{ "Selected Fields" }}', fields: '={{ "Status, created_at" }}' },
		{ output: '={{ "selected_fields" }}', fields: '={{ ["status", "Created At"] }}' },
	])('is understood as the editor labels it: %j', async (parameters) => {
		const item = await tool(parameters);
		expect(item).toMatchObject({ status: expect.any(String), created_at: expect.any(String) });
		if ('fields' in parameters) expect(Object.keys(item)).toHaveLength(3);
	});

	it('is refused by name when it is none', async () => {
		const wrongOutput = await failureOf(tool({ output: '={{ "short" }}' }));
		expect(wrongOutput.message).toContain("'Output' must be simplified, raw or selectedFields");
		const wrongField = await failureOf(
			tool({ output: 'selectedFields', fields: '={{ ["state"] }}' }),
		);
		expect(wrongField.message).toContain("'Fields' must be");
		expect(wrongField.message).toContain('status');
		expect(wrongField.message).toContain('"state"');
	});
});
