/**
 * The edge between the tests and n8n-core: everything above it is n8n's own code. Only what lives in
 * n8n's database is made here, the stored credential and the registry of node types.
 */
import type {
	ICredentialDataDecryptedObject,
	ICredentialsHelper,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeParameters,
	INodeType,
	INodeTypes,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeHelpers, Workflow } from 'n8n-workflow';

import { AvalaApi } from '../../credentials/AvalaApi.credentials';
import { Avala } from '../../nodes/Avala/Avala.node';
import { AvalaMissedEventsTrigger } from '../../nodes/Avala/AvalaMissedEventsTrigger.node';
import { AvalaTrigger } from '../../nodes/Avala/AvalaTrigger.node';

// n8n logs each failing node, and many fail here on purpose.
process.env.N8N_LOG_LEVEL ??= 'silent';

export interface AvalaCredential {
	apiKey: string;
	baseUrl: string;
	webhookSecret?: string;
}

/** A start node that passes on the items it is given. */
const start: INodeType = {
	description: {
		displayName: 'Start',
		name: 'start',
		group: ['trigger'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

/** The Avala node as n8n offers it to AI agents: by the end of its name n8n knows it for a tool. */
class AvalaTool extends Avala {
	constructor() {
		super();
		this.description = { ...this.description, name: 'avalaTool' };
	}
}

const NODES: Record<string, INodeType> = {
	start,
	'n8n-nodes-avala.avala': new Avala(),
	'n8n-nodes-avala.avalaTool': new AvalaTool(),
	'n8n-nodes-avala.avalaTrigger': new AvalaTrigger(),
	'n8n-nodes-avala.avalaMissedEventsTrigger': new AvalaMissedEventsTrigger(),
};

const nodeTypes: INodeTypes = {
	getByName: (type) => typeOf(type),
	getByNameAndVersion: (type) => typeOf(type),
	getKnownTypes: () => ({}),
};

function typeOf(type: string): INodeType {
	const nodeType = NODES[type];
	if (!nodeType) throw new Error(`The tests know no node type ${type}`);
	return nodeType;
}

/** What a credential holds; with expressions in it, by the item that is worked on. */
export type Credentials = AvalaCredential | ((item: IDataObject) => AvalaCredential);

/** How often the stored credential was decrypted. */
export interface CredentialCounter {
	decrypted: number;
}

export interface N8nSetup {
	credentials: Credentials;
	webhookBaseUrl?: string;
	counter?: CredentialCounter;
	/** With which n8n refuses to give the credential, as when it was deleted. */
	credentialError?: Error;
}

export function additionalData({
	credentials,
	webhookBaseUrl = 'https://n8n.example.com/webhook',
	counter,
	credentialError,
}: N8nSetup): IWorkflowExecuteAdditionalData {
	const credentialType = new AvalaApi();
	const credentialsHelper: Partial<ICredentialsHelper> = {
		getParentTypes: () => [],
		isCredentialUsableByNode: () => true,
		preAuthentication: async () => undefined,
		authenticate: async (data: ICredentialDataDecryptedObject, type: string, request) => {
			if (type !== credentialType.name)
				throw new Error(`The tests know no credential type ${type}`);
			return await credentialType.authenticate(data, request as IHttpRequestOptions);
		},
		getDecrypted: async (...[, , , , , , of]) => {
			if (counter) counter.decrypted += 1;
			if (credentialError) throw credentialError;
			const item = of?.connectionInputData[of.itemIndex]?.json ?? {};
			const data = typeof credentials === 'function' ? credentials(item) : credentials;
			return { webhookSecret: '', ...data };
		},
		getCredentialsProperties: () => credentialType.properties,
	};
	const data: Partial<IWorkflowExecuteAdditionalData> = {
		credentialsHelper: credentialsHelper as ICredentialsHelper,
		currentNodeExecutionIndex: 0,
		restApiUrl: 'https://n8n.example.com/rest',
		instanceBaseUrl: 'https://n8n.example.com/',
		webhookBaseUrl,
		webhookTestBaseUrl: 'https://n8n.example.com/webhook-test',
		webhookWaitingBaseUrl: 'https://n8n.example.com/webhook-waiting',
		formWaitingBaseUrl: 'https://n8n.example.com/form-waiting',
		variables: {},
		setExecutionStatus: () => undefined,
		sendDataToUI: () => undefined,
		logAiEvent: () => undefined,
	};
	return data as IWorkflowExecuteAdditionalData;
}

export function makeNode(type: string, typeVersion: number, parameters: INodeParameters): INode {
	const { properties } = typeOf(type).description;
	const node: INode = {
		id: '7b1f7a52-0000-4000-8000-000000000001',
		name: type.split('.').pop() ?? type,
		type,
		typeVersion,
		position: [0, 0],
		parameters,
		...(type !== 'start' && { credentials: { avalaApi: { id: '1', name: 'Avala' } } }),
	};
	const complete = NodeHelpers.getNodeParameters(
		properties,
		parameters,
		true,
		false,
		node,
		typeOf(type).description,
	);
	return { ...node, parameters: complete ?? parameters };
}

/** A workflow of one chain of nodes. */
export function makeWorkflow(nodes: INode[], staticData: IDataObject = {}): Workflow {
	const connections = Object.fromEntries(
		nodes.slice(0, -1).map(({ name }, index) => [
			name,
			{
				main: [[{ node: nodes[index + 1]?.name ?? '', type: NodeConnectionTypes.Main, index: 0 }]],
			},
		]),
	);
	return new Workflow({
		id: '1',
		name: 'Test',
		nodes,
		connections,
		active: false,
		nodeTypes,
		staticData,
	});
}
