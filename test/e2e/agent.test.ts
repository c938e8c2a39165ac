import type { Json } from '../../harness/restData';
import { toArray, toObject } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { version } from '../../harness/suite';
import type { AgentStage } from './askAgent';
import { AGENT_EXAMPLE, askAgent, isAvalaTool, itemsIn, openAgentStage } from './askAgent';
import type { ModelServer } from './modelServer';

jest.setTimeout(200_000);

const QUESTION = 'What failed today, and why?';

let agents: AgentStage;
let stage: Stage;
let model: ModelServer;
beforeAll(async () => {
	agents = await openAgentStage({ wireFormat: 'older', allowHttpLoopbackTargets: true });
	({ stage, model } = agents);
});
afterAll(async () => await agents?.close());
beforeEach(() => stage.avala.reset());

/** Asks the example's agent, whose tools have these parameters beside their own. */
const ask = async (useResponsesApi: boolean, toolParameters: Json = {}) =>
	await askAgent(agents, QUESTION, {
		useResponsesApi,
		tools: AGENT_EXAMPLE.nodes
			.filter(isAvalaTool)
			.map((node) => ({ ...node, parameters: { ...node.parameters, ...toolParameters } })),
	});

/** An event whose five tries all fail, and one that will be tried again. */
async function failTwice(): Promise<void> {
	const { avala } = stage;
	avala.addWebhook({ targetUrl: `${stage.n8n.url}/webhook/gone`, events: ['task.completed'] });
	avala.emit('task.completed', { uid: 'task_lost' });
	for (let attempt = 1; attempt <= 5; attempt++) {
		await avala.idle();
		avala.retryNow();
	}
	const [webhook] = avala.webhooks();
	avala.addWebhook({ ...webhook, isActive: true });
	avala.deliveriesFail = true;
	avala.emit('task.completed', { uid: 'task_waiting' });
	await avala.idle();
}

/** What the description of a tool says about an argument. */
const MOMENT = {
	type: 'string',
	description: expect.stringContaining('ISO time, such as 2026-03-02T00:00:00Z'),
};

describe(`an AI agent in n8n ${version} that is asked what failed today`, () => {
	const since = `${new Date().toISOString().slice(0, 10)}T00:00:00Z`;

	it.each([
		['chat completions', false, '/v1/chat/completions'],
		['the Responses API', true, '/v1/responses'],
	])('finds the cause with its three tools, over %s', async (_name, useResponsesApi, url) => {
		await failTwice();
		model.play(
			() => [{ name: 'Get_Delivery_Health', arguments: { Created_After: since } }],
			() => [
				{ name: 'Get_Failed_Deliveries', arguments: { Created_After: since, Status: 'failed' } },
				{ name: 'Get_Missed_Events', arguments: { Created_After: since } },
			],
			({ results }) => `Two events failed: ${causesIn(results).join(', ')}.`,
		);

		expect(await ask(useResponsesApi)).toBe(
			'Two events failed: The target responded 503, The target responded 404.',
		);

		expect(model.paths).toEqual([url, url, url]);
		const tools = new Map(model.requests[0]?.tools.map((tool) => [tool.name, tool]));
		expect([...tools.keys()].sort()).toEqual([
			'Get_Delivery_Health',
			'Get_Failed_Deliveries',
			'Get_Missed_Events',
		]);
		expect(tools.get('Get_Delivery_Health')).toMatchObject({
			description: expect.stringContaining('is anything failing?'),
			parameters: { type: 'object', properties: { Created_After: MOMENT } },
		});
		expect(tools.get('Get_Failed_Deliveries')?.parameters).toMatchObject({
			properties: { Created_After: MOMENT, Status: { type: 'string' } },
		});
		expect(tools.get('Get_Missed_Events')?.parameters).toMatchObject({
			properties: { Created_After: MOMENT },
		});

		const [health, ...others] = model.requests[2]?.results.map(itemsIn) ?? [];
		expect(health).toEqual([
			expect.objectContaining({ total: 2, succeeded: 0, failed: 1, retrying: 1, success_rate: 0 }),
		]);
		const failed = { event_type: 'task.completed', status: 'failed', response_status_code: 404 };
		const missed = { type: 'task.completed', recovered: true };
		expect(others.flat()).toEqual(
			expect.arrayContaining([
				expect.objectContaining(failed),
				expect.objectContaining({ ...missed, data: expect.objectContaining({ uid: 'task_lost' }) }),
			]),
		);
	});

	it.each([
		['Raw', { output: 'raw' }, ['subscription', 'payload', 'status']],
		['Selected Fields', { output: 'selectedFields', fields: ['payload'] }, ['uid', 'payload']],
	])('gets what “%s” says under a tool’s Output', async (_, output, fields) => {
		await failTwice();
		const failed = { Created_After: since, Status: 'failed' };
		model.play(
			() => [{ name: 'Get_Failed_Deliveries', arguments: failed }],
			({ results }) => String(results[0]),
		);
		const [delivery = {}] = itemsIn(String(await ask(true, output)));
		expect(Object.keys(delivery)).toEqual(expect.arrayContaining(fields));
		expect(delivery.payload).toMatchObject({ event: 'task.completed' });
		if (output.output !== 'raw') expect(Object.keys(delivery)).toEqual(fields);
	});

	it('learns from a tool which format it expects, and tries again', async () => {
		model.play(
			() => [{ name: 'Get_Delivery_Health', arguments: { Created_After: 'this morning' } }],
			() => [{ name: 'Get_Delivery_Health', arguments: { Created_After: since } }],
			({ results }) => String(results[0]),
		);
		expect(await ask(true)).toMatch(/'Created After' cannot be .* such as \d{4}-\d\d-\d\dT/);
		expect(itemsIn(model.requests[2]?.results[1] ?? '')).toEqual([
			expect.objectContaining({ total: 0, success_rate: null }),
		]);
	});
});

/** The causes in the delivery report, newest first. */
function causesIn([report = '[]']: readonly string[]): unknown[] {
	const failures = itemsIn(report).flatMap((item) => toArray(item.recent_failures));
	return failures.map((failure) => toObject(failure).error_message);
}
