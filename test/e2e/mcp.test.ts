import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../harness/pack';
import type { WorkflowJson } from '../../harness/restData';
import { toObject } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { NEWEST_N8N } from '../../harness/versions';

jest.setTimeout(200_000);

const EXAMPLE = path.join(ROOT, 'examples', 'agent-what-failed.json');

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

describe(`n8n ${version}'s MCP Server Trigger`, () => {
	it('offers the Avala node as tools, whose errors say what to give', async () => {
		const { nodes }: WorkflowJson = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
		const tools = nodes
			.filter(({ type }) => type === 'n8n-nodes-avala.avalaTool')
			.map((node) => ({ ...node, credentials: { avalaApi: stage.credential } }));
		const server = {
			name: 'MCP Server',
			type: '@n8n/n8n-nodes-langchain.mcpTrigger',
			typeVersion: 2,
			webhookId: 'avala-mcp',
			parameters: { path: 'avala-mcp' },
		};
		const link = { ai_tool: [[{ node: server.name, type: 'ai_tool', index: 0 }]] };
		const { id } = await stage.client.createWorkflow({
			name: 'MCP',
			nodes: [server, ...tools],
			connections: Object.fromEntries(tools.map(({ name }) => [name, link])),
		});
		await stage.client.activate(id);
		const client = await connectTo(`${stage.n8n.url}/mcp/avala-mcp`);

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
		expect(await call('Get_Delivery_Health', 'this morning')).toContain("'Created After' must be");
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
