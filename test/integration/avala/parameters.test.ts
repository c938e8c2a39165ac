import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Sandbox, StoredDelivery } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { executeAvala } from '../../support/contexts';
import { failureOf } from '../../support/resources';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false, pingOnCreate: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

const run = async (parameters: object, items?: IDataObject[]): Promise<IDataObject[]> => {
	const output = await executeAvala({
		parameters: parameters as INodeParameters,
		credentials: { apiKey: avala.apiKey, baseUrl: avala.baseUrl },
		items,
	});
	return output.map(({ json }) => json);
};

/** Each parameter comes from an expression, as the value in the item. */
const fromItem = async (parameters: (value: string) => object, value: unknown) =>
	await run(parameters('={{ $json.value }}'), [{ value } as IDataObject]);

const create = (fields: object) => ({
	resource: 'webhook',
	operation: 'create',
	targetUrl: 'https://example.com/a',
	events: ['task.completed'],
	...fields,
});
const update = (fields: object) => ({
	resource: 'webhook',
	operation: 'update',
	webhookId: { __rl: true, mode: 'id', value: 'wh_1' },
	...fields,
});
const exported = (operation: string, fields: object) => ({
	resource: 'export',
	operation,
	projectId: 'p_1',
	exportId: 'e_1',
	...fields,
});
const list = (filters: object, resource = 'delivery') => ({
	resource,
	operation: 'getAll',
	returnAll: true,
	filters,
});
const delivery = (uid: string, given: Partial<StoredDelivery> = {}): Partial<StoredDelivery> => ({
	uid,
	...given,
});

it.each(['2026-03-02T12:00:00Z', '2026-03-02T11:59:00Z'])(
	'times between which nothing can be are refused: before %s',
	async (createdBefore) => {
		const filters = { createdAfter: '2026-03-02T12:00:00Z', createdBefore };
		await expect(run(list(filters))).rejects.toThrow(
			/^'Created After' must be earlier than 'Created Before'\. They are 2026-03-02T12:00:00\.000Z and/,
		);
		expect(avala.requests()).toEqual([]);
	},
);

describe('a value from an expression or an AI agent is understood', () => {
	it.each([
		[' False ', false],
		[1, true],
	])('Active: %j is %j', async (value, isActive) => {
		await fromItem((given) => create({ additionalFields: { isActive: given } }), value);
		expect(avala.webhooks()).toEqual([expect.objectContaining({ isActive })]);
	});

	it.each([
		[['task.completed', 'export.completed']],
		['Task Completed, Export Completed'],
		[['Task Completed', 'export.completed']],
	])('Event Types: %j', async (value) => {
		await fromItem((given) => create({ events: given }), value);
		expect(avala.webhooks()[0]?.events).toEqual(['task.completed', 'export.completed']);
		avala.seedDeliveries([delivery('d_1')]);
		expect(await fromItem((given) => list({ eventType: given }), value)).toHaveLength(1);
	});

	it('Export From: the label, and the branch that is not chosen may be empty', async () => {
		const [project] = avala.projects();
		await fromItem((given) => {
			const projectId = { __rl: true, mode: 'id', value: project?.uid };
			return { resource: 'export', operation: 'create', exportFrom: given, projectId };
		}, 'Project');
		expect(avala.exports()).toHaveLength(1);
	});

	it('Limit, Return All and Simplify as text', async () => {
		avala.seedDeliveries(Array.from({ length: 8 }, (_, index) => delivery(`d${index}`)));
		const parameters = (given: string) => ({
			...list({}),
			returnAll: '={{ "false" }}',
			simplify: '={{ "false" }}',
			limit: given,
		});
		const found = await fromItem(parameters, '5');
		expect(found).toHaveLength(5);
		expect(Object.keys(found[0] ?? {})).not.toHaveLength(10);
	});
});

describe('a value that is not understood is refused by name, before a request', () => {
	it.each<[string, (given: string) => object, unknown]>([
		['Active', (given) => create({ additionalFields: { isActive: given } }), 'maybe'],
		['Active', (given) => list({ isActive: given }, 'webhook'), 'off'],
		['Event Types', (given) => create({ events: given }), 7],
		['Event Types', (given) => create({ events: given }), 'no event type'],
		['Event Types', (given) => list({ eventType: given }), 'task.done'],
		['Event Type', (given) => list({ event: given }, 'webhook'), 'task.done'],
		['Custom Event Types', (given) => create({ additionalFields: { customEvents: given } }), [7]],
		['Created After', (given) => list({ createdAfter: given }), 'yesterday-ish'],
		['Created Before', (given) => list({ createdBefore: given }), true],
		['Status', (given) => list({ status: given }), 'broken'],
		['Limit', (given) => ({ ...list({}), returnAll: false, limit: given }), 'many'],
		['Return All', (given) => ({ ...list({}), returnAll: given }), 'perhaps'],
		['Target URL', (given) => create({ targetUrl: given }), { url: 'x' }],
		['Simplify', (given) => ({ ...list({}), simplify: given }), 'a bit'],
		['Target URL', (given) => update({ updateFields: { targetUrl: given } }), { url: 'x' }],
		['Event Types', (given) => update({ updateFields: { events: given } }), 7],
		['Custom Event Types', (given) => update({ updateFields: { customEvents: given } }), [7]],
		['Name', (given) => list({ name: given }, 'project'), ['a']],
		['Status', (given) => list({ status: given }, 'project'), ['a']],
		['Status', (given) => list({ status: given }, 'task'), ['a']],
		['State', (given) => list({ state: given }, 'export'), 'done'],
		['Created After', (given) => list({ createdAfter: given }, 'export'), 'soon'],
		['Export From', (given) => exported('create', { exportFrom: given }), 'task'],
		['Project', (given) => exported('create', { projectId: given }), {}],
		[
			'Wait Until Ready',
			(given) => exported('create', { options: { waitUntilReady: given } }),
			'soon',
		],
		['Max Wait (Minutes)', (given) => exported('create', { options: { maxWait: given } }), 'long'],
		[
			'Put Output File in Field',
			(given) => exported('download', { binaryPropertyName: given }),
			{},
		],
		['File Name', (given) => exported('download', { options: { fileName: given } }), '../x'],
		['Export', (given) => exported('download', { exportId: given }), {}],
	])("'%s'", async (name, parameters, value) => {
		await expect(fromItem(parameters, value)).rejects.toThrow(`'${name}'`);
		expect(avala.requests()).toEqual([]);
	});

	it.each<[string, (given: string) => object]>([
		['Active', (given) => list({ isActive: given }, 'webhook')],
		['Event Type', (given) => list({ event: given }, 'webhook')],
		['Target URL', (given) => list({ targetUrl: given }, 'webhook')],
		['Event Types', (given) => list({ eventType: given })],
		['Status', (given) => list({ status: given })],
		['Created After', (given) => list({ createdAfter: given })],
		['Webhook', (given) => list({ webhookId: { __rl: true, mode: 'id', value: given } })],
		['Delivery ID', (given) => ({ resource: 'delivery', operation: 'get', deliveryId: given })],
		['Target URL', (given) => create({ targetUrl: given })],
		['Webhook', (given) => update({ webhookId: given, updateFields: { isActive: true } })],
		['Active', (given) => update({ updateFields: { isActive: given } })],
	])("'%s' that comes out empty or undefined", async (name, parameters) => {
		for (const value of ['', '  ', null, undefined, []]) {
			await expect(fromItem(parameters, value)).rejects.toThrow(`'${name}'`);
		}
		expect(avala.requests()).toEqual([]);
	});

	it.each<[string, (given: object) => object]>([
		['webhook', (given) => list({ webhookId: given })],
		['project', (given) => list({ projectId: given }, 'task')],
		['project', (given) => exported('create', { projectId: given })],
		['dataset', (given) => exported('create', { exportFrom: 'dataset', datasetId: given })],
	])('what cannot be the ID of a %s', async (noun, parameters) => {
		for (const value of ['../x', 'a/b', '[1,2]', 'two words', '**', 'x?y=1']) {
			const given = { __rl: true, mode: 'id', value: '={{ $json.value }}' };
			const refused = run(parameters(given), [{ value }]);
			await expect(refused).rejects.toThrow(`Take the ID from a list of ${noun}s.`);
		}
		expect(avala.requests()).toEqual([]);
	});

	it('a secret is not quoted', async () => {
		const parameters = (given: string) => create({ additionalFields: { secret: given } });
		await expect(fromItem(parameters, { hidden: 'value' })).rejects.toThrow(
			/'Secret' is empty or not text/,
		);
		await expect(fromItem(parameters, ['hidden'])).rejects.not.toThrow('hidden');
	});
});

describe('Create', () => {
	it.each([[[]], ['']])('needs no other event types than custom ones: %j', async (events) => {
		await run(create({ events, additionalFields: { customEvents: ['task.approved'] } }));
		expect(avala.webhooks()[0]?.events).toEqual(['task.approved']);
	});

	it('needs one event type, and says so', async () => {
		await expect(run(create({ events: [] }))).rejects.toThrow();
		expect(avala.webhooks()).toEqual([]);
	});
});

describe('Update', () => {
	const typesAfter = async (updateFields: object) => {
		const { uid } = avala.addWebhook({ events: ['task.completed'] });
		await run({ ...update({ updateFields }), webhookId: { __rl: true, mode: 'id', value: uid } });
		return avala.webhooks().at(-1)?.events;
	};

	it('costs one request, unless types are added to those that are there', async () => {
		await typesAfter({ isActive: false });
		await typesAfter({ events: ['export.failed'], customEvents: ['task.approved'] });
		expect(avala.requests().map(({ method }) => method)).toEqual(['PATCH', 'PATCH']);
	});

	it('adds Custom Event Types alone to those that are there', async () => {
		expect(await typesAfter({ customEvents: ['task.approved'] })).toEqual([
			'task.completed',
			'task.approved',
		]);
	});

	it('replaces them with Event Types and Custom Event Types together', async () => {
		expect(
			await typesAfter({ events: ['export.failed'], customEvents: ['task.approved'] }),
		).toEqual(['export.failed', 'task.approved']);
	});

	it.each(['targetUrl', 'events', 'customEvents'])(
		'changes nothing when the expression in a field gave nothing: %s',
		async (field) => {
			const updating = typesAfter({ [field]: '={{ undefined }}', isActive: true });
			expect((await failureOf(updating)).message).toMatch(/is empty: the expression gave nothing/);
			expect(avala.requests()).toEqual([]);
		},
	);

	it.each([[[[]]], [['']], ['']])(
		'ignores a field that was added and left empty, with custom event types %j',
		async (customEvents) => {
			const fields = { events: [], targetUrl: '', customEvents, isActive: true };
			expect(await typesAfter(fields)).toEqual(['task.completed']);
		},
	);
});
