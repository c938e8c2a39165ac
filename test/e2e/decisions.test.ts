import type { Json } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { version } from '../../harness/suite';
import { ALL_OPERATIONS, firstIds, parametersOf } from '../support/operations';
import type { AgentStage } from './askAgent';
import { askAgent, avalaTool, itemsIn, openAgentStage } from './askAgent';
import type { ModelServer } from './modelServer';

jest.setTimeout(200_000);

let agents: AgentStage;
let stage: Stage;
let model: ModelServer;
beforeAll(async () => {
	agents = await openAgentStage({ wireFormat: 'newer' });
	({ stage, model } = agents);
});
afterAll(async () => await agents?.close());
beforeEach(() => stage.avala.reset());

const RESOURCES = ['agent', 'agentExecution', 'annotationIssue', 'autoLabelJob', 'qualityTarget'];
const OPERATIONS = ALL_OPERATIONS.filter(
	([resource, operation]) =>
		RESOURCES.includes(resource) ||
		(resource === 'dataset' && ['getHealth', 'getItems'].includes(operation)),
);

/** Parameters with which an operation runs here. */
const given = (resource: string, operation: string) => {
	stage.avala.addJob();
	return parametersOf(resource, operation, firstIds(stage.avala)) as Json;
};

it.each(OPERATIONS)(`%s %s runs in n8n ${version}`, async (resource, operation) => {
	const items = await stage.runAvala(given(resource, operation));
	expect(items.length).toBeGreaterThan(0);
	expect(items[0]).not.toHaveProperty('error');
});

it.each(OPERATIONS)(
	`%s %s is a tool of an AI agent in n8n ${version}`,
	async (resource, operation) => {
		model.play(
			() => [{ name: 'Tool', arguments: {} }],
			() => 'Done.',
		);
		const tools = [avalaTool('Tool', given(resource, operation))];
		expect(await askAgent(agents, 'Go on.', { tools })).toBe('Done.');
		const [item] = itemsIn(model.requests.at(-1)?.results[0] ?? '[]');
		expect(Object.keys(item ?? {})).not.toEqual([]);
		expect(item).not.toHaveProperty('error');
	},
);

it(`the editor of n8n ${version} offers the problems of the selected tool`, async () => {
	const parameters = given('annotationIssue', 'create');
	const credentials = { avalaApi: stage.credential };
	const node = { name: 'Avala', type: 'n8n-nodes-avala.avala', typeVersion: 1, parameters };
	const names = await stage.client.searchList({ ...node, credentials }, 'searchProblems');
	expect(names).toEqual(['Missing', 'Wrong heading']);
});

it('an AI agent learns which decisions there are, and rejects a result', async () => {
	const { avala } = stage;
	const fromModel = (name: string) => `={{ $fromAI('${name}', '', 'string') }}`;
	const decide = {
		resource: 'agentExecution',
		operation: 'decide',
		executionId: fromModel('Execution'),
		decision: fromModel('Decision'),
		reason: fromModel('Reason'),
	};
	const { agentExecution: Execution } = firstIds(avala);
	const decision = (Decision: string) => () => [
		{ name: 'Decide', arguments: { Execution, Decision, Reason: 'The box is loose.' } },
	];
	model.play(decision('send back'), decision('reject'), () => 'Done.');
	const tools = [avalaTool('Decide', decide)];
	await askAgent(agents, 'Send it back.', { tools });

	const [refused, decided] = (model.requests.at(-1)?.results ?? []).map(itemsIn);
	expect(JSON.stringify(refused)).toContain('It must be approve, flag, reject, skip.');
	expect(decided).toEqual([expect.objectContaining({ decision: 'reject', success: true })]);
	expect(avala.all('executions').find(({ uid }) => uid === Execution)).toMatchObject({
		action: 'reject',
		response_payload: { reason: 'The box is loose.' },
	});
});
