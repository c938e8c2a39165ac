import type { Sandbox } from '../../../sandbox';
import { byId, failureOf, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
useSandbox((started) => (avala = started), { pingOnCreate: false });

const run = async (parameters: object) => await jsonOn(avala, parameters);

/** What an expression gave. */
const GIVEN = '={{ $json.value }}';
const given = async (parameters: object, value: unknown) =>
	await jsonOn(avala, parameters, { items: [{ value: value as string }] });

const create = (fields: object) => ({
	resource: 'webhook',
	operation: 'create',
	targetUrl: 'https://example.com/a',
	events: ['task.completed'],
	...fields,
});
const update = (updateFields: object, uid = 'wh_1') => ({
	resource: 'webhook',
	operation: 'update',
	webhookId: byId(uid),
	updateFields,
});
const list = (filters: object, resource = 'delivery') => ({
	resource,
	operation: 'getAll',
	returnAll: true,
	filters,
});
const download = (fields: object) => ({
	resource: 'export',
	operation: 'download',
	exportId: 'e_1',
	...fields,
});
const job = (options: object) => ({
	resource: 'autoLabelJob',
	operation: 'create',
	projectId: 'p_1',
	options,
});

it('times between which nothing can be are refused', async () => {
	const moment = '2026-03-02T12:00:00Z';
	const { message } = await failureOf(run(list({ createdAfter: moment, createdBefore: moment })));
	expect(message).toMatch(
		/^'Created After' must be earlier than 'Created Before'\. They are 2026-03-02T12:00:00\.000Z and/,
	);
	expect(avala.requests()).toEqual([]);
});

describe('a value from an expression or an AI agent is understood', () => {
	it('Active as text', async () => {
		await given(create({ additionalFields: { isActive: GIVEN } }), ' False ');
		expect(avala.webhooks()).toMatchObject([{ isActive: false }]);
	});

	it('Event Types by their labels, in one text', async () => {
		const value = 'Task Completed, Export Completed';
		await given(create({ events: GIVEN }), value);
		expect(avala.webhooks()[0]?.events).toEqual(['task.completed', 'export.completed']);
		avala.seedDeliveries([{ uid: 'd_1' }]);
		expect(await given(list({ eventType: GIVEN }), value)).toHaveLength(1);
	});

	it('Export From: the label, and the branch that is not chosen may be empty', async () => {
		const projectId = byId(avala.projects()[0]?.uid ?? '');
		await given(
			{ resource: 'export', operation: 'create', exportFrom: GIVEN, projectId },
			'Project',
		);
		expect(avala.exports()).toHaveLength(1);
	});

	it('Limit, Return All and Simplify as text', async () => {
		avala.seedDeliveries(Array.from({ length: 8 }, (_, index) => ({ uid: `d${index}` })));
		const switches = { returnAll: '={{ "false" }}', simplify: '={{ "false" }}' };
		const found = await given({ ...list({}), ...switches, limit: GIVEN }, '5');
		expect(found).toHaveLength(5);
		expect(Object.keys(found[0] ?? {})).not.toHaveLength(10);
	});
});

describe('a value that is not understood is refused by name, before a request', () => {
	it.each<[string, object, unknown]>([
		['Active', list({ isActive: GIVEN }, 'webhook'), 'off'],
		['Confidence Threshold', job({ confidenceThreshold: GIVEN }), 1.5],
		['Created After', list({ createdAfter: GIVEN }), 'yesterday-ish'],
		['Custom Event Types', create({ additionalFields: { customEvents: GIVEN } }), [7]],
		['Event Types', create({ events: GIVEN }), 'no event type'],
		['Event Types', list({ eventType: GIVEN }), 'task.done'],
		['Export From', { resource: 'export', operation: 'create', exportFrom: GIVEN }, 'task'],
		['File Name', download({ options: { fileName: GIVEN } }), '../x'],
		['Labels', job({ labels: GIVEN }), [true]],
		['Labels', job({ labels: GIVEN }), []],
		['Limit', { ...list({}), returnAll: false, limit: GIVEN }, 'many'],
		['Max Wait (Minutes)', download({ options: { maxWait: GIVEN } }), 'long'],
		['Put Output File in Field', download({ binaryPropertyName: GIVEN }), {}],
		['Return All', { ...list({}), returnAll: GIVEN }, 'perhaps'],
		['Simplify', { ...list({}), simplify: GIVEN }, 'a bit'],
		['Status', list({ status: GIVEN }), 'broken'],
		['Status', list({ status: GIVEN }, 'task'), ['a']],
		['Target URL', create({ targetUrl: GIVEN }), { url: 'x' }],
		['Wait Until Ready', download({ options: { waitUntilReady: GIVEN } }), 'soon'],
		[
			'Threshold',
			{
				resource: 'qualityTarget',
				operation: 'update',
				projectId: 'p_1',
				targetId: 'qt_1',
				updateFields: { threshold: GIVEN },
			},
			-1,
		],
		['Webhook', list({ webhookId: byId(GIVEN) }), 'a/b'],
	])("'%s'", async (name, parameters, value) => {
		expect((await failureOf(given(parameters, value))).message).toContain(`'${name}'`);
		expect(avala.requests()).toEqual([]);
	});

	it.each<[string, object]>([
		['Active', update({ isActive: GIVEN })],
		['Created After', list({ createdAfter: GIVEN })],
		['Event Types', list({ eventType: GIVEN })],
		['Event Types', update({ events: GIVEN, isActive: true })],
		['Target URL', create({ targetUrl: GIVEN })],
		['Target URL', list({ targetUrl: GIVEN }, 'webhook')],
		['Target URL', update({ targetUrl: GIVEN, isActive: true })],
		['Webhook', list({ webhookId: byId(GIVEN) })],
	])("'%s' that comes out empty or undefined", async (name, parameters) => {
		for (const value of [null, undefined]) {
			expect((await failureOf(given(parameters, value))).message).toContain(`'${name}' is empty`);
		}
		expect(avala.requests()).toEqual([]);
	});

	it.each([
		['export', 'Export', { exportId: byId(GIVEN) }],
		['task', 'Task ID', { taskId: GIVEN }],
		['webhook', 'Webhook', { webhookId: byId(GIVEN) }],
	])('what cannot be the ID of the %s', async (resource, name, id) => {
		const get = { resource, operation: 'get', ...id };
		for (const value of ['', undefined, {}, true, '../x', 'x?y=1', ' undefined ']) {
			expect((await failureOf(given(get, value))).message).toContain(`'${name}' `);
		}
		expect(avala.requests()).toEqual([]);
		const { message } = await failureOf(given(get, 42));
		expect(message).toContain(`Avala does not know ${resource} 42.`);
	});

	it('a field that is needed and was left empty', async () => {
		const parameters = { resource: 'export', operation: 'create', projectId: byId('') };
		expect((await failureOf(run(parameters))).message).toContain(
			"'Project' is empty. This operation needs it.",
		);
		expect(avala.requests()).toEqual([]);
	});

	it('a secret is not quoted', async () => {
		const parameters = create({ additionalFields: { secret: GIVEN } });
		const { message } = await failureOf(given(parameters, { hidden: 'value' }));
		expect(message).toMatch(/'Secret' is empty or not text/);
		expect(message).not.toContain('hidden');
	});
});

describe('Create', () => {
	it('needs no other event types than custom ones', async () => {
		await run(create({ events: [], additionalFields: { customEvents: ['task.approved'] } }));
		expect(avala.webhooks()[0]?.events).toEqual(['task.approved']);
	});

	it('needs one event type, and says so', async () => {
		const { message } = await failureOf(run(create({ events: '={{ [] }}' })));
		expect(message).toContain("'Event Types' is empty. It must be at least one event type.");
		expect(avala.webhooks()).toEqual([]);
	});
});

describe('Update', () => {
	const typesAfter = async (updateFields: object) => {
		const { uid } = avala.addWebhook({ events: ['task.completed'] });
		await run(update(updateFields, uid));
		return avala.webhooks().at(-1)?.events;
	};

	it('adds Custom Event Types alone to those that are there', async () => {
		expect(await typesAfter({ customEvents: ['task.approved'] })).toEqual([
			'task.completed',
			'task.approved',
		]);
	});

	it('replaces them with Event Types and Custom Event Types together, in one request', async () => {
		expect(
			await typesAfter({ events: ['export.failed'], customEvents: ['task.approved'] }),
		).toEqual(['export.failed', 'task.approved']);
		expect(avala.requests()).toHaveLength(1);
	});

	it('ignores a field that was added and left empty', async () => {
		const fields = { events: [], targetUrl: '', customEvents: [''], isActive: true };
		expect(await typesAfter(fields)).toEqual(['task.completed']);
		expect(avala.requests()).toHaveLength(1);
	});
});
