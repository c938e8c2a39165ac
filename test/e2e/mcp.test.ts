import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import type { NodeJson } from '../../harness/restData';
import { toObject } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { NEWEST_N8N } from '../../harness/versions';
import { AGENT_EXAMPLE, avalaTool, isAvalaTool } from './askAgent';

jest.setTimeout(200_000);

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ sandbox: { wireFormat: 'older' } });
});
afterAll(async () => await stage?.close());

/** An MCP client that is connected to one of n8n's MCP servers. */
async function connectTo(url: string, headers: Record<string, string> = {}): Promise<Client> {
	const client = new Client({ name: 'test', version: '1.0.0' });
	const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
	await client.connect(transport);
	return client;
}

const textOf = (result: unknown) => JSON.stringify(toObject(result).content);

/** Publishes an MCP server with these tools. */
async function serveTools(path: string, tools: NodeJson[]): Promise<Client> {
	const server = {
		name: 'MCP Server',
		type: '@n8n/n8n-nodes-langchain.mcpTrigger',
		typeVersion: 2,
		webhookId: path,
		parameters: { path },
	};
	const link = { ai_tool: [[{ node: server.name, type: 'ai_tool', index: 0 }]] };
	const credentials = { avalaApi: stage.credential };
	const { id } = await stage.client.createWorkflow({
		name: 'MCP',
		nodes: [server, ...tools.map((tool) => ({ ...tool, credentials }))],
		connections: Object.fromEntries(tools.map(({ name }) => [name, link])),
	});
	await stage.client.activate(id);
	return await connectTo(`${stage.n8n.url}/mcp/${path}`);
}

describe(`n8n ${version}'s MCP Server Trigger`, () => {
	it('offers the Avala node as tools, whose errors say what to give', async () => {
		const client = await serveTools('avala-mcp', AGENT_EXAMPLE.nodes.filter(isAvalaTool));

		const offered = (await client.listTools()).tools;
		expect(offered.map(({ name }) => name).sort()).toEqual([
			'Get_Delivery_Health',
			'Get_Failed_Deliveries',
			'Get_Missed_Events',
		]);
		const call = async (name: string, created: string) =>
			textOf(
				await client.callTool({ name, arguments: { Created_After: created, Status: 'failed' } }),
			);
		expect(await call('Get_Delivery_Health', '2026-03-02T00:00:00Z')).toContain('success_rate');
		expect(await call('Get_Delivery_Health', 'this morning')).toContain(
			"'Created After' cannot be",
		);
		await client.close();
	});

	it('tells of an export what is known of it, and of its file that it cannot be handed over', async () => {
		const { uid } = stage.avala.addExport({ state: 'ready' });
		const exportId = { __rl: true, mode: 'id', value: "={{ $fromAI('Export', '', 'string') }}" };
		const download = { resource: 'export', operation: 'download', exportId };
		const client = await serveTools('avala-export', [avalaTool('Download Export', download)]);
		const given = { name: 'Download_Export', arguments: { Export: uid } };
		const said = textOf(await client.callTool(given));
		expect(said).toContain(uid);
		expect(said).toMatch(/The file .* was downloaded, but n8n cannot hand a file to an AI agent/);
		await client.close();
	});
});

// Only the newest n8n hands out what nodes say to models about themselves.
const newestOnly = version === NEWEST_N8N ? it : it.skip;
newestOnly('n8n’s own MCP server hands out the hints of both nodes to models', async () => {
	await stage.client.call('PATCH', '/rest/mcp/settings', { mcpAccessEnabled: true });
	const { apiKey } = toObject(await stage.client.call('GET', '/rest/mcp/api-key'));
	const client = await connectTo(`${stage.n8n.url}/mcp-server/http`, {
		authorization: `Bearer ${String(apiKey)}`,
	});
	const textFrom = async (name: string, given: Record<string, unknown>) =>
		textOf(await client.callTool({ name, arguments: given }));

	const found = await textFrom('search_nodes', { queries: ['avala'] });
	expect(found).toContain('@builderHint Is anything failing? Use Delivery: Get Health');
	expect(found).toContain('no Webhook node, no verify token');
	expect(found).toContain('n8n-nodes-base.removeDuplicates');
	expect(found).toContain('n8n-nodes-base.scheduleTrigger');
	const typesOf = async (resource: string, operation: string) =>
		await textFrom('get_node_types', {
			nodeIds: [{ nodeId: 'n8n-nodes-avala.avala', resource, operation }],
		});
	expect(await typesOf('export', 'create')).toContain(
		'An export takes from seconds to many minutes.',
	);
	const deliveries = await typesOf('delivery', 'getAll');
	expect(deliveries).toContain('An ISO time with its zone, such as 2026-03-02T10:30:00Z');
	expect(deliveries).toContain('The uid of a webhook (mode id)');
	await client.close();
});
