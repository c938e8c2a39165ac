import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { RESOURCES } from '../../../nodes/Avala/actions/resources';
import type { Sandbox } from '../../../sandbox';
import { BinaryFiles } from '../../support/binaryFiles';
import { firstIds, parametersOf } from '../../support/operations';
import type { Setup } from '../../support/resources';
import { byId, failureOf, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

const files = new BinaryFiles();
let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));
beforeAll(async () => await files.init());
afterAll(() => files.clear());

/** Every operation with the switch Simplify, which an agent's tool has n8n's "Output" for, and the fields that it offers. */
const SIMPLIFIED = RESOURCES.flatMap(({ value: resource, operations }) =>
	operations
		.filter(({ properties }) => properties.some(({ name }) => name === 'simplify'))
		.map(({ value, properties }) => [resource, value, fieldsIn(properties)] as const),
);

function fieldsIn(properties: INodeProperties[]): string[] {
	const options = properties.find(({ name }) => name === 'fields')?.options ?? [];
	return options.map((option) => ('value' in option ? String(option.value) : ''));
}

/** Runs an operation on one of what the sandbox has. @returns the first item */
async function run(
	resource: string,
	operation: string,
	parameters: object,
	setup: Setup = {},
): Promise<IDataObject> {
	const given = { ...parametersOf(resource, operation, firstIds(avala)), ...parameters };
	const [item = {}] = await jsonOn(avala, given, setup);
	return item;
}

inEachWireFormat(() => {
	beforeEach(() => {
		avala.addExport({ state: 'ready' });
		avala.addTask({ extra: { further: 1 } });
		avala.addDataset({ extra: { further: 1 } });
		avala.seedDeliveries([{ uid: 'd_1', status: 'failed', responseStatus: 500 }]);
	});

	it.each(SIMPLIFIED)(
		'an AI agent’s tool gives few fields, or with "Raw" all: %s %s',
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
		'an AI agent’s tool gives the ID and the fields that were selected: %s %s',
		async (resource, operation, fields) => {
			const output = 'selectedFields';
			const asTool = { isTool: true };
			const all = await run(resource, operation, { output, fields }, asTool);
			const [id = ''] = Object.keys(all);
			expect(id).toMatch(/uid$/);
			expect(Object.keys(all)).toEqual([id, ...fields]);
			const simple = await run(resource, operation, { output: 'simplified' }, asTool);
			expect(Object.keys(all)).toEqual(expect.arrayContaining(Object.keys(simple)));
			const [first = ''] = fields;
			const chosen = await run(resource, operation, { output, fields: [first] }, asTool);
			expect(Object.keys(chosen)).toEqual([id, first]);
			expect(Object.keys(await run(resource, operation, { output }, asTool))).toEqual([id]);
		},
	);
});

/** What a model is given: the JSON of each item. */
const ask = async (resource: string, operation: string, parameters: object) => {
	const hints: string[] = [];
	const given = { resource, operation, ...parameters };
	const output = await jsonOn(avala, given, { isTool: true, hints });
	expect(hints).toEqual([]);
	return output;
};

describe('a tool of an AI agent', () => {
	it('says why nothing was found', async () => {
		expect(await ask('task', 'getAll', { filters: { status: 'approved' } })).toEqual([
			{ note: expect.stringContaining(`Nothing was found for 'Status' "approved"`) },
		]);
	});

	it('is told of an error in one text, since a model sees no description', async () => {
		const error = await failureOf(ask('task', 'get', { taskId: 'gone' }));
		expect(error).toMatchObject({
			heading: expect.stringMatching(
				/^Avala does not know task gone\. .*Check the ID.*The request/,
			),
		});
	});

	it('tells of a file what it cannot be given', async () => {
		const { uid } = avala.addExport({ state: 'ready', plan: { file: { size: 3_000_000 } } });
		expect(await ask('export', 'download', { exportId: byId(uid) })).toEqual([
			expect.objectContaining({ uid, state: 'ready' }),
			{
				note: expect.stringMatching(
					new RegExp(
						`^The file ${uid}.\\w+ \\(3 MB\\) was downloaded.*n8n cannot hand a file to an AI agent`,
					),
				),
			},
		]);
	});
});

describe('a filter that a model has to fill in, but does not want', () => {
	it('of an ID is none when it stands for everything', async () => {
		const every = await ask('task', 'getAll', { returnAll: true });
		for (const projectId of [byId('all'), '={{ " Any " }}']) {
			const filters = { projectId };
			expect(await ask('task', 'getAll', { returnAll: true, filters })).toEqual(every);
		}
		avala.seedDeliveries([{ uid: 'd_1' }, { uid: 'd_2', webhookUid: 'wh_2' }]);
		const filters = { webhookId: byId('*') };
		expect(await ask('delivery', 'getAll', { returnAll: true, filters })).toHaveLength(2);
		expect(JSON.stringify(avala.requests())).not.toContain('project=');
	});

	it('of an ID that must be given is an error', async () => {
		await failureOf(ask('project', 'get', { projectId: byId('all') }));
	});
});
