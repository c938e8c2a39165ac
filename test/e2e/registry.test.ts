import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { N8n } from '../../harness/instance';
import { startN8n } from '../../harness/instance';
import { freePort } from '../../harness/ports';
import type { Registry } from '../../harness/registry';
import { startRegistry } from '../../harness/registry';
import type { TlsFront } from '../../harness/tlsFront';
import { startTlsFront } from '../../harness/tlsFront';
import type { Sandbox } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import { version as packageVersion } from '../../package.json';
import { credentialData, runAvala, version } from './stage';

jest.setTimeout(300_000);

const NAME = 'n8n-nodes-avala';
const NODES = ['n8n-nodes-avala.avala', 'n8n-nodes-avala.avalaTrigger'];

let folder: string;
let registry: Registry;
let front: TlsFront;
let avala: Sandbox;
let n8n: N8n;

beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'avala-registry-'));
	registry = await startRegistry(path.join(folder, 'registry'));
	await registry.publish(process.env.TEST_PACKAGE ?? '');

	const port = await freePort();
	front = await startTlsFront({ target: `http://127.0.0.1:${port}` });
	avala = await startSandbox({ ca: front.ca, rateLimit: false });
	n8n = await startN8n({
		version,
		userFolder: folder,
		port,
		webhookUrl: front.url,
		env: registry.settingsFor(folder),
	});
	await n8n.client.logIn();
});
afterAll(async () => {
	await n8n?.stop();
	await front?.stop();
	await avala?.stop();
	await registry?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** What the Community Nodes screen lists. */
async function listed(): Promise<unknown> {
	return await n8n.client.call('GET', '/rest/community-packages');
}

/** Those of our nodes that the editor's node panel offers. */
async function offered(): Promise<string[]> {
	const types = await n8n.client.call('GET', '/types/nodes.json');
	return Object.values(isObject(types) ? types : {})
		.map((type: unknown) => (isObject(type) && 'name' in type ? String(type.name) : ''))
		.filter((name) => name.startsWith(NAME));
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}

describe(`in n8n ${version}, the Community Nodes screen`, () => {
	it('has nothing of ours at first, and names a package that the registry does not have', async () => {
		expect(await listed()).toEqual([]);
		expect(await offered()).toEqual([]);
		await expect(
			n8n.client.call('POST', '/rest/community-packages', { name: `${NAME}-unknown` }),
		).rejects.toThrow(`${NAME}-unknown`);
	});

	it('installs the package by its name from the registry, and lists both nodes at its version', async () => {
		await n8n.client.call('POST', '/rest/community-packages', { name: NAME });
		expect(await listed()).toEqual([
			expect.objectContaining({
				packageName: NAME,
				installedVersion: packageVersion,
				installedNodes: expect.arrayContaining([
					expect.objectContaining({ name: 'Avala', type: NODES[0], latestVersion: 1 }),
					expect.objectContaining({ name: 'Avala Trigger', type: NODES[1], latestVersion: 2 }),
				]),
			}),
		]);
		// n8n itself adds a variant of the node, as a tool.
		expect(await offered()).toEqual(expect.arrayContaining(NODES));
	});

	it('has installed nodes that work: a workflow is activated, an event and an operation are executed', async () => {
		const avalaApi = await n8n.client.createCredential('Avala', credentialData(avala));
		const workflow = await n8n.client.createWorkflow({
			name: 'Installed from a registry',
			nodes: [
				{
					name: 'Avala Trigger',
					type: 'n8n-nodes-avala.avalaTrigger',
					typeVersion: 2,
					parameters: { events: ['task.completed'] },
					credentials: { avalaApi },
				},
			],
			connections: {},
		});
		await n8n.client.activate(workflow.id);
		const event = avala.emit('task.completed');
		const [execution] = await n8n.client.untilExecuted(workflow.id, 1);
		const items = await n8n.client.result(execution?.id ?? '');
		expect(items['Avala Trigger']).toEqual([
			expect.objectContaining({ type: 'task.completed', data: event.data }),
		]);

		const webhooks = await runAvala(n8n.client, avalaApi, {
			resource: 'webhook',
			operation: 'getAll',
		});
		expect(webhooks).toEqual([expect.objectContaining({ events: ['task.completed'] })]);
		await n8n.client.deactivate(workflow.id);
		expect(avala.webhooks()).toEqual([]);
	});

	it('uninstalls the package, and nothing of ours is left', async () => {
		await n8n.client.call('DELETE', `/rest/community-packages?name=${NAME}`);
		expect(await listed()).toEqual([]);
		expect(await offered()).toEqual([]);
		expect(existsSync(path.join(folder, '.n8n', 'nodes', 'node_modules', NAME))).toBe(false);
	});
});
