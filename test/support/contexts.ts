import express from 'express';
import {
	ExecutionLifecycleHooks,
	HookContext,
	LoadOptionsContext,
	WebhookContext,
	WorkflowExecute,
} from 'n8n-core';
import type {
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IRun,
	IWebhookData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createGunzip } from 'node:zlib';
import rawBody from 'raw-body';

import { AvalaTrigger } from '../../nodes/Avala/AvalaTrigger.node';
import { serve } from './localServer';
import type { AvalaCredential, CredentialCounter, Credentials } from './n8n';
import { additionalData, makeNode, makeWorkflow } from './n8n';

const TRIGGER = 'n8n-nodes-avala.avalaTrigger';

function triggerNode(parameters: INodeParameters): INode {
	return { ...makeNode(TRIGGER, 2, parameters), name: 'Avala Trigger', webhookId: '1b2c' };
}

/** Static data of a node lives under its name; an object given by the test is read and written in place. */
function staticDataOf(node: INode, staticData: IDataObject): IDataObject {
	return { [`node:${node.name}`]: staticData };
}

function webhookData(node: INode, isTest: boolean): IWebhookData {
	const [description] = new AvalaTrigger().description.webhooks ?? [];
	if (!description) throw new Error('The trigger describes no webhook');
	const data: Partial<IWebhookData> = {
		httpMethod: 'POST',
		node: node.name,
		path: `${node.webhookId ?? ''}/webhook`,
		webhookDescription: description,
		workflowId: '1',
		isTest,
	};
	return data as IWebhookData;
}

export interface HookSetup {
	parameters: INodeParameters;
	/** Of the node, read and written in place. */
	staticData: IDataObject;
	/** Without the path that n8n adds: `<webhookBaseUrl>/1b2c/webhook`. */
	webhookBaseUrl?: string;
	activation?: 'activate' | 'init' | 'leadershipChange';
	isTest?: boolean;
	credentials: AvalaCredential;
	counter?: CredentialCounter;
}

/** The context in which n8n calls `checkExists`, `create` and `delete`. */
export function hookContext(setup: HookSetup): HookContext {
	const { credentials, webhookBaseUrl, counter, isTest = false } = setup;
	const node = triggerNode(setup.parameters);
	return new HookContext(
		makeWorkflow([node], staticDataOf(node, setup.staticData)),
		node,
		additionalData({ credentials, webhookBaseUrl, counter }),
		isTest ? 'manual' : 'trigger',
		isTest ? 'manual' : (setup.activation ?? 'activate'),
		webhookData(node, isTest),
	);
}

/** @returns gives what has been written to n8n's log at this level since, until `jest.restoreAllMocks` */
export function logged(level: 'debug' | 'warn'): () => string[] {
	const credentials = { apiKey: '', baseUrl: '' };
	const { logger } = hookContext({ parameters: {}, staticData: {}, credentials });
	const written = jest.spyOn(logger, level);
	return () => written.mock.calls.map(([message]) => message);
}

export interface TriggerSetup {
	parameters: INodeParameters;
	staticData: IDataObject;
	credentials: AvalaCredential;
	mode?: WorkflowExecuteMode;
	credentialError?: Error;
	/** Of the node; n8n caches nothing between nodes. */
	webhookId?: string;
}

/** The context in which n8n calls `webhook`: a workflow of its own for each request, as in n8n. */
export function webhookContext(
	setup: TriggerSetup,
	{
		request,
		response,
		counter,
	}: { request: object; response: object; counter?: CredentialCounter },
): WebhookContext {
	const node = { ...triggerNode(setup.parameters), webhookId: setup.webhookId ?? '1b2c' };
	const { credentials, credentialError } = setup;
	const data = additionalData({ credentials, counter, credentialError });
	data.httpRequest = request as unknown as typeof data.httpRequest;
	data.httpResponse = response as unknown as typeof data.httpResponse;
	return new WebhookContext(
		makeWorkflow([node], staticDataOf(node, setup.staticData)),
		node,
		data,
		setup.mode ?? 'webhook',
		webhookData(node, setup.mode === 'manual'),
		[],
		null,
	);
}

export interface ServedTrigger {
	url: string;
	/** The items that started the workflow, in the order they came in. */
	started: INodeExecutionData[];
	/** How often n8n was told that the node has responded itself: otherwise n8n responds as well. */
	responses: { itself: number };
	counter: CredentialCounter;
	close(): Promise<void>;
}

/**
 * The trigger behind a real HTTP server that treats requests as n8n 2.41 does: it reads the raw body
 * for the content types that it parses, and leaves the others to the node.
 */
export async function serveTrigger(setup: TriggerSetup): Promise<ServedTrigger> {
	const trigger = new AvalaTrigger();
	const started: INodeExecutionData[] = [];
	const counter = { decrypted: 0 };
	const responses = { itself: 0 };

	const app = express().set('trust proxy', 1);
	app.post('/webhook', async (req, res) => {
		const request = Object.assign(req, {
			rawBody: undefined as Buffer | undefined,
			readRawBody: async () => {},
		});
		request.readRawBody = async () => {
			const isCompressed = req.headers['content-encoding'] === 'gzip';
			const stream = isCompressed ? req.pipe(createGunzip()) : req;
			request.rawBody ??= await rawBody(stream, { limit: '16mb' });
		};
		const contentType = req.headers['content-type'] ?? '';
		if (
			/^(application\/json|text\/plain|application\/x-www-form-urlencoded)|xml$/.test(contentType)
		) {
			await request.readRawBody();
		}
		const context = webhookContext(setup, { request, response: res, counter });
		const result = await trigger.webhook.call(context);
		started.push(...(result.workflowData ?? []).flat());
		if (result.noWebhookResponse) responses.itself += 1;
		else res.status(200).json(result.webhookResponse ?? { message: 'Workflow was started' });
	});
	const { url, close } = await serve(app);
	return { url: `${url}/webhook`, started, counter, responses, close };
}

export interface ExecuteSetup {
	parameters: INodeParameters;
	/** One empty item by default. */
	items?: IDataObject[];
	/** Whether it is run as the tool of an AI agent. */
	isTool?: boolean;
	credentials: Credentials;
	counter?: CredentialCounter;
	continueOnFail?: boolean;
	/** Which output to give: 1 is the error output, which the node has with this setting. */
	output?: 0 | 1;
	/** Filled with the notes that the node shows on its output. */
	hints?: string[];
	/** Given a function that does what the user's stop does in n8n. */
	onRunning?: (stop: () => void) => void;
}

/**
 * Runs the Avala node in n8n-core's own workflow execution, behind a start node that gives the items.
 *
 * @returns the node's output items
 * @throws the error with which n8n ended the execution
 */
export async function executeAvala(setup: ExecuteSetup): Promise<INodeExecutionData[]> {
	const { parameters, items = [{}], credentials, counter, continueOnFail = false, output } = setup;
	const type = setup.isTool ? 'n8n-nodes-avala.avalaTool' : 'n8n-nodes-avala.avala';
	const startNode = makeNode('start', 1, {});
	const node: INode = {
		...makeNode(type, 1, parameters),
		name: 'Avala',
		...(continueOnFail && { onError: 'continueRegularOutput' as const }),
		...(output !== undefined && { onError: 'continueErrorOutput' as const }),
	};
	const workflow = makeWorkflow([startNode, node]);
	const data = additionalData({ credentials, counter });
	data.hooks = new ExecutionLifecycleHooks('manual', '1', {
		...workflow,
		nodes: Object.values(workflow.nodes),
		connections: workflow.connectionsBySourceNode,
		name: 'Test',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
	});
	const execution = new WorkflowExecute(data, 'manual');
	const running = execution.run({
		workflow,
		startNode,
		pinData: { [startNode.name]: items.map((json) => ({ json })) },
	});
	setup.onRunning?.(() => running.cancel());
	const run: IRun = await running;
	const { error, runData } = run.data.resultData;
	// n8n keeps errors as plain objects, and shows the description below the message.
	if (error) {
		const whole = [error.message, error.description].filter(Boolean).join(' ');
		throw Object.assign(new Error(), error, { message: whole, heading: error.message });
	}
	const [taskData] = runData[node.name] ?? [];
	setup.hints?.push(...(taskData?.hints ?? []).map(({ message }) => message));
	return taskData?.data?.main?.[output ?? 0] ?? [];
}

/** The context in which n8n fills the lists of the editor. */
export function loadOptionsContext(
	parameters: INodeParameters,
	credentials: AvalaCredential,
): LoadOptionsContext {
	const node = makeNode('n8n-nodes-avala.avala', 1, parameters);
	return new LoadOptionsContext(
		makeWorkflow([node]),
		node,
		{ ...additionalData({ credentials }), currentNodeParameters: node.parameters },
		'parameters',
	);
}
