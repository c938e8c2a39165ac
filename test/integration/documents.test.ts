import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { normaliseEvent } from '../../nodes/Avala/shared/event';
import { readMoment } from '../../nodes/Avala/shared/moments';
import type { Sandbox, WireFormat } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import { payloadOf } from '../../sandbox/wire/webhooks';
import { BinaryFiles } from '../support/binaryFiles';
import type { LocalServer } from '../support/localServer';
import { serve } from '../support/localServer';
import { makeNode, makeWorkflow } from '../support/n8n';
import { byId, runOn } from '../support/resources';

const ROOT = path.join(__dirname, '../..');
const DOCUMENTS = [
	'README.md',
	'examples/README.md',
	...readdirSync(path.join(ROOT, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];
/** Each `{{ … }}` in the documents, once. */
const WRITTEN = new Set(
	DOCUMENTS.flatMap(
		(file) => readFileSync(path.join(ROOT, file), 'utf8').match(/\{\{.+?\}\}/g) ?? [],
	),
);

const files = new BinaryFiles();
let avala: Sandbox;
let target: LocalServer;
beforeAll(async () => {
	await files.init();
	target = await serve((_, response) => response.end('ok'));
	avala = await startSandbox({ rateLimit: false, allowHttpLoopbackTargets: true });
});
afterAll(async () => {
	await avala.stop();
	await target.close();
	files.clear();
});

/** What n8n makes of an expression in a field of a node that gets this item. */
function evaluate(expression: string, item: INodeExecutionData): unknown {
	const start = makeNode('start', 1, {});
	const node = makeNode('n8n-nodes-avala.avala', 1, {});
	const { expression: engine } = makeWorkflow([start, node]);
	return engine.getParameterValue(`=${expression}`, null, 0, 0, node.name, [item], 'manual', {});
}

/** The item that the trigger gives for an event. */
function itemOf(type: string, data: Record<string, unknown> = {}): { json: IDataObject } {
	const payload = payloadOf(avala.emit(type, data), avala.wireFormat) as IDataObject;
	return { json: { ...normaliseEvent(payload, { type, deliveryId: 'd_1' }) } };
}

/** What the nodes in front of an expression give. */
const SOURCES = {
	/** An Avala Trigger, for a thing of each kind that has an ID of its own. */
	event: async () =>
		['task.completed', 'export.completed', 'dataset.created'].map((type) => itemOf(type)),
	health: async () => {
		avala.seedDeliveries([{ uid: 'd_1', status: 'failed', responseStatus: 500 }]);
		return await run({ resource: 'delivery', operation: 'getHealth' });
	},
	dataset: async () => {
		const datasetId = byId(avala.datasets()[0]?.uid ?? '');
		return await run({ resource: 'dataset', operation: 'getHealth', datasetId });
	},
	noDeliveries: async () => await run({ resource: 'delivery', operation: 'getHealth' }),
	missed: async () => {
		avala.seedDeliveries([{ uid: 'd_1', status: 'failed', attempts: 5 }]);
		return await run({ resource: 'delivery', operation: 'getMissedEvents' });
	},
	tasks: async () => await run({ resource: 'task', operation: 'getAll', limit: 1 }),
	test: async () => {
		const { uid } = avala.addWebhook({ targetUrl: target.url });
		return await run({ resource: 'webhook', operation: 'test', webhookId: byId(uid) });
	},
	file: async () => {
		const exportId = byId(avala.addExport({ state: 'ready' }).uid);
		return await run({ resource: 'export', operation: 'download', exportId });
	},
	/** An AI agent that calls its tool. */
	agent: async () => [{ json: { Status: 'completed' } }],
	nothing: async () => [{ json: {} }],
};

const run = async (parameters: INodeParameters) => await runOn(avala, parameters);

const ID = expect.stringMatching(/./);
/** A time that is this long ago, as the filters read it. */
const before = (hours: number) => (value: unknown) => {
	const moment = readMoment('Created After', value, 'UTC');
	expect(moment).toBeLessThanOrEqual(Date.now() - hours * 3_600_000);
};
const is = (expected: unknown) => (value: unknown) => expect(value).toEqual(expected);

/** What each expression gives, behind which node. */
const EXPRESSIONS: ReadonlyArray<
	readonly [expression: string, source: keyof typeof SOURCES, check: (value: unknown) => void]
> = [
	['{{ $json.resource_uid }}', 'event', is(ID)],
	['{{ $json.id }}', 'event', is(ID)],
	['{{ $json.id }}', 'missed', is(ID)],
	['{{ $json.recoverable !== false }}', 'event', is(true)],
	['{{ $json.success_rate ?? 100 }}', 'health', is(0)],
	['{{ $json.success_rate ?? 100 }}', 'noDeliveries', is(100)],
	['{{ $json.recent_failures }}', 'health', is([expect.objectContaining({ uid: 'd_1' })])],
	['{{ $json.recent_failures[0].uid }}', 'health', is('d_1')],
	['{{ $json.ingest_ok }}', 'dataset', is(expect.any(Boolean))],
	['{{ $json.uid }}', 'tasks', is(ID)],
	['{{ $json.name }}', 'tasks', is(ID)],
	['{{ $json.status }}', 'tasks', is(ID)],
	['{{ $json.success }}', 'test', is(true)],
	["{{ $fromAI('Status') }}", 'agent', is('completed')],
	['{{ $binary.data.fileName }}', 'file', is(expect.stringMatching(/^.+\.\w+$/))],
	['{{ $now.minus({ hours: 1 }) }}', 'nothing', before(1)],
	['{{ $now.minus({ hours: 2 }) }}', 'nothing', before(2)],
];

describe.each<WireFormat>(['guide', 'older', 'newer'])(
	'an expression in a document gives what it is there for (%s):',
	(wireFormat) => {
		beforeEach(() => {
			avala.wireFormat = wireFormat;
			avala.reset();
		});

		it.each(EXPRESSIONS)('%s behind %s', async (expression, source, check) => {
			const items = await SOURCES[source]();
			expect(items.length).toBeGreaterThan(0);
			for (const item of items) check(evaluate(expression, item));
		});

		it('{{ $json.project_uid }} behind an event of a task', () => {
			const project = avala.addProject().uid;
			const item = itemOf('task.completed', { uid: avala.addTask({ project }).uid });
			expect(evaluate('{{ $json.project_uid }}', item)).toBe(project);
		});

		it('{{ $json.recoverable !== false }} tells whether a missed event has its data', async () => {
			const [item] = await SOURCES.missed();
			if (!item) throw new Error('Nothing was missed.');
			const isBack = evaluate('{{ $json.recoverable !== false }}', item);
			expect(isBack).toBe(wireFormat !== 'guide');
			expect(item.json.data !== null).toBe(isBack);
		});
	},
);

it('all expressions in the documents are run here', () => {
	const tried = EXPRESSIONS.map(([expression]) => expression).concat('{{ $json.project_uid }}');
	expect([...WRITTEN].filter((expression) => !tried.includes(expression))).toEqual([]);
});
