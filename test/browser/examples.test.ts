import type { Browser, Page } from 'playwright-core';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../harness/pack';
import type { WorkflowJson } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { expectPicture, openEditor, startBrowser, takeWorkflowPicture } from './browser';

jest.setTimeout(120_000);

const EXAMPLES = path.join(ROOT, 'examples');
const NAMES = readdirSync(EXAMPLES)
	.filter((file) => file.endsWith('.json'))
	.map((file) => path.basename(file, '.json'));

let stage: Stage;
let browser: Browser;
let page: Page;
beforeAll(async () => {
	stage = await openStage();
	browser = await startBrowser();
	page = await openEditor(browser, stage.n8n.url);
	await page.setViewportSize({ width: 1500, height: 1000 });
});
afterAll(async () => {
	await browser?.close();
	await stage?.close();
});

it.each(NAMES)(`the picture of an example is what n8n ${version} shows: %s`, async (name) => {
	const { client, credential } = stage;
	const example: WorkflowJson = JSON.parse(
		readFileSync(path.join(EXAMPLES, `${name}.json`), 'utf8'),
	);
	const model = await client.putCredential('Model', { apiKey: 'none' }, 'openAiApi');
	// Without a credential n8n marks the node as incomplete.
	const credentials = { avalaApi: credential, openAiApi: model };
	const nodes = example.nodes.map((node) => ({ ...node, credentials }));
	const { id } = await client.createWorkflow({ ...example, nodes });
	await page.goto(`${stage.n8n.url}/workflow/${id}`);
	await page
		.locator('.vue-flow__node')
		.nth(nodes.length - 1)
		.waitFor();
	await expectPicture(await takeWorkflowPicture(page), `examples/${name}`);
});
