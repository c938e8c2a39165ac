import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Registry } from '../../harness/registry';
import { startRegistry } from '../../harness/registry';
import { Stage } from '../../harness/stage';
import { packedPackage, version } from '../../harness/suite';
import { version as packageVersion } from '../../package.json';

jest.setTimeout(300_000);

const NAME = 'n8n-nodes-avala';
const NODES = ['n8n-nodes-avala.avala', 'n8n-nodes-avala.avalaTrigger'];

let folder: string;
let registry: Registry;
let stage: Stage;

beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'avala-registry-'));
	registry = await startRegistry(path.join(folder, 'registry'));
	await registry.publish(packedPackage());
	stage = await Stage.open({ version, userFolder: folder, env: registry.settingsFor(folder) });
});
afterAll(async () => {
	await stage?.close();
	await registry?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** What the Community Nodes screen lists. */
async function listed(): Promise<unknown> {
	return await stage.client.call('GET', '/rest/community-packages');
}

/** Which of our nodes the editor's node panel offers. */
async function offered(): Promise<string[]> {
	const names = (await stage.client.nodeTypes()).map(({ name }) => String(name));
	return names.filter((name) => name.startsWith(NAME));
}

describe(`in n8n ${version}, the Community Nodes screen`, () => {
	it('lists nothing at first, and names a package that is not in the registry', async () => {
		expect(await listed()).toEqual([]);
		expect(await offered()).toEqual([]);
		await expect(
			stage.client.call('POST', '/rest/community-packages', { name: `${NAME}-unknown` }),
		).rejects.toThrow(`${NAME}-unknown`);
	});

	it('installs the package by its name from the registry, and lists both nodes at its version', async () => {
		await stage.client.call('POST', '/rest/community-packages', { name: NAME });
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
		// n8n adds a variant of the node for AI agents.
		expect(await offered()).toEqual(expect.arrayContaining(NODES));
	});

	it('has installed nodes that work: a workflow is activated, an event and an operation are executed', async () => {
		await stage.createCredential();
		const workflow = await stage.createTriggerWorkflow();
		await stage.client.activate(workflow.id);
		const { event, executionId } = await stage.execute(workflow.id);
		const items = await stage.client.result(executionId);
		expect(items['Avala Trigger']).toEqual([
			expect.objectContaining({ type: 'task.completed', data: event.data }),
		]);

		const webhooks = await stage.runAvala({ resource: 'webhook', operation: 'getAll' });
		expect(webhooks).toEqual([expect.objectContaining({ events: ['task.completed'] })]);
		await stage.client.deactivate(workflow.id);
		expect(stage.avala.webhooks()).toEqual([]);
	});

	it('uninstalls the package, and nothing of ours is left', async () => {
		await stage.client.call('DELETE', `/rest/community-packages?name=${NAME}`);
		expect(await listed()).toEqual([]);
		expect(await offered()).toEqual([]);
		expect(existsSync(path.join(folder, '.n8n', 'nodes', 'node_modules', NAME))).toBe(false);
	});
});
