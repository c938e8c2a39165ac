import { readFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../harness/pack';
import type { CredentialRef, Json, NodeJson, WorkflowJson } from '../../harness/restData';
import { toArray, toObject } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage } from '../../harness/suite';
import type { SandboxOptions } from '../../sandbox';
import { ModelServer } from './modelServer';

/** The example with an AI agent that has Avala nodes as its tools. */
export const AGENT_EXAMPLE: WorkflowJson = JSON.parse(
	readFileSync(path.join(ROOT, 'examples', 'agent-what-failed.json'), 'utf8'),
);

export const isAvalaTool = ({ type }: NodeJson) => type === 'n8n-nodes-avala.avalaTool';

/** A stage, and a scripted model that agents reach by this credential. */
export interface AgentStage {
	stage: Stage;
	model: ModelServer;
	modelCredential: CredentialRef;
	close(): Promise<void>;
}

export async function openAgentStage(sandbox: SandboxOptions): Promise<AgentStage> {
	const stage = await openStage({ sandbox });
	const model = new ModelServer();
	await model.start();
	const data = { apiKey: 'none', organizationId: '', url: model.url, header: false };
	const modelCredential = await stage.client.createCredential('Scripted model', data, 'openAiApi');
	return {
		stage,
		model,
		modelCredential,
		close: async () => {
			await stage.close();
			await model.stop();
		},
	};
}

/**
 * Asks the agent of the example, by default with its own tools.
 *
 * @returns what the agent answers
 */
export async function askAgent(
	{ stage, modelCredential }: AgentStage,
	question: string,
	{
		tools = AGENT_EXAMPLE.nodes.filter(isAvalaTool),
		useResponsesApi = false,
	}: { tools?: NodeJson[]; useResponsesApi?: boolean } = {},
): Promise<unknown> {
	const others = AGENT_EXAMPLE.nodes.filter((node) => !isAvalaTool(node));
	const nodes = [...others, ...tools].map((node) => {
		if (isAvalaTool(node)) return { ...node, credentials: { avalaApi: stage.credential } };
		if (!node.type.endsWith('.lmChatOpenAi')) return node;
		return {
			...node,
			parameters: { ...node.parameters, responsesApiEnabled: useResponsesApi },
			credentials: { openAiApi: modelCredential },
		};
	});
	const link = { ai_tool: [[{ node: 'AI Agent', type: 'ai_tool', index: 0 }]] };
	const isThere = (name: string) => nodes.some((node) => node.name === name);
	const connections = Object.fromEntries([
		...Object.entries(AGENT_EXAMPLE.connections).filter(([name]) => isThere(name)),
		...tools.map(({ name }) => [name, link]),
	]);
	const asked = { sessionId: 'test', action: 'sendMessage', chatInput: question };
	const pinData = { Chat: [{ json: asked }] };
	const { id } = await stage.client.createWorkflow({
		...AGENT_EXAMPLE,
		nodes,
		connections,
		pinData,
	});
	const result = await stage.client.result((await stage.client.run(id, 'Chat')) ?? '');
	return result['AI Agent']?.[0]?.output;
}

/** A tool with one operation of the Avala node. Like those of the example it tells the model its errors. */
export function avalaTool(name: string, parameters: Json): NodeJson {
	return {
		name,
		type: 'n8n-nodes-avala.avalaTool',
		typeVersion: 1,
		parameters: { descriptionType: 'manual', toolDescription: name, ...parameters },
		onError: 'continueRegularOutput',
	};
}

/** The items that a tool returned. */
export function itemsIn(result: string): Json[] {
	const parsed: unknown = JSON.parse(result);
	return toArray(parsed).map(toObject);
}
