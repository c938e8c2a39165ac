import type { Stage } from '../../harness/stage';
import { version } from '../../harness/suite';
import type { AgentStage } from './askAgent';
import { askAgent, avalaTool, itemsIn, openAgentStage } from './askAgent';
import type { ModelServer } from './modelServer';

jest.setTimeout(200_000);

let agents: AgentStage;
let stage: Stage;
let model: ModelServer;
beforeAll(async () => {
	agents = await openAgentStage({ exports: { requestedMs: 500, processingMs: 500 } });
	({ stage, model } = agents);
});
afterAll(async () => await agents?.close());
beforeEach(() => stage.avala.reset());

/** A parameter that the model fills in. */
const fromModel = (name: string) => `={{ $fromAI('${name}', '', 'string') }}`;
const idFromModel = (name: string) => ({ __rl: true, mode: 'id', value: fromModel(name) });

const TOOLS = [
	avalaTool('List Projects', {
		resource: 'project',
		operation: 'getAll',
		filters: { name: fromModel('Name') },
	}),
	avalaTool('List Tasks', {
		resource: 'task',
		operation: 'getAll',
		limit: 2,
		filters: { projectId: idFromModel('Project'), status: fromModel('Status') },
	}),
	avalaTool('Create Export', {
		resource: 'export',
		operation: 'create',
		exportFrom: 'project',
		projectId: idFromModel('Project'),
		options: { waitUntilReady: true },
	}),
	avalaTool('Download Export', {
		resource: 'export',
		operation: 'download',
		exportId: idFromModel('Export'),
	}),
	avalaTool('Get Dataset', {
		resource: 'dataset',
		operation: 'get',
		datasetId: idFromModel('Dataset'),
		output: 'raw',
	}),
];

/** Lets the model call one tool after another, each with what the earlier ones returned. @returns all that they returned */
async function call(
	...calls: Array<[name: string, given: (results: string[]) => Record<string, unknown>]>
) {
	const turns = calls.map(([name, given]) => ({ results }: { results: string[] }) => [
		{ name, arguments: given(results) },
	]);
	model.play(...turns, () => 'Done.');
	expect(await askAgent(agents, 'Go on.', { tools: TOOLS })).toBe('Done.');
	return (model.requests.at(-1)?.results ?? []).map(itemsIn);
}

const uidIn = (result = '[]') => itemsIn(result)[0]?.uid;

describe(`an AI agent in n8n ${version}`, () => {
	it('picks a project by its name, and lists its tasks by its ID', async () => {
		const [projects, tasks] = await call(
			['List_Projects', () => ({ Name: 'STREET' })],
			['List_Tasks', ([found]) => ({ Project: uidIn(found), Status: 'completed' })],
		);
		expect(projects).toEqual([expect.objectContaining({ name: 'Street scenes' })]);
		expect(tasks?.map(({ name }) => name)).toEqual(['Street scenes 6', 'Street scenes 5']);
	});

	it('learns that there are more tasks than it was given, and can ask for those of all projects', async () => {
		const [tasks] = await call(['List_Tasks', () => ({ Project: 'all', Status: 'all' })]);
		expect(tasks).toEqual([
			expect.objectContaining({ name: expect.any(String) }),
			expect.objectContaining({ name: expect.any(String) }),
			{ note: expect.stringContaining('There are more tasks than the limit of 2.') },
		]);
	});

	it('creates an export, gets it when it is ready, and learns that it cannot be given the file', async () => {
		const [project] = stage.avala.projects();
		const [created, downloaded] = await call(
			['Create_Export', () => ({ Project: project?.uid })],
			['Download_Export', ([ready]) => ({ Export: uidIn(ready) })],
		);
		const { uid } = stage.avala.exports()[0] ?? {};
		expect(created).toEqual([expect.objectContaining({ uid, state: 'ready' })]);
		expect(downloaded).toEqual([
			expect.objectContaining({ uid, state: 'ready' }),
			{ note: expect.stringMatching(/^The file .* was downloaded, but n8n cannot hand a file/) },
		]);
	});

	it('learns that a name is no ID, and gets all that Avala knows of a dataset', async () => {
		const [first] = stage.avala.datasets();
		const [refused, dataset] = await call(
			['Get_Dataset', () => ({ Dataset: first?.name })],
			['Get_Dataset', () => ({ Dataset: first?.uid })],
		);
		expect(JSON.stringify(refused)).toContain('Take the ID from a list of datasets');
		expect(dataset).toEqual([expect.objectContaining({ uid: first?.uid, name: first?.name })]);
		expect(Object.keys(dataset?.[0] ?? {}).length).toBeGreaterThan(8);
	});
});
