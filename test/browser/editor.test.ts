import type { Browser, Locator, Page } from 'playwright-core';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { untilTrue } from '../../harness/waiting';
import { expectPicture, openEditor, part, startBrowser, takeWorkflowPicture } from './browser';

jest.setTimeout(120_000);

/** The shares of the pictures that show what differs in each run. */
const PORT = 0.0005;
const ID_AND_TIMES = 0.0015;

let stage: Stage;
let browser: Browser;
let page: Page;
/** Where n8n may save files. */
let files: string;
beforeAll(async () => {
	files = mkdtempSync(path.join(tmpdir(), 'avala-files-'));
	stage = await openStage({ env: { N8N_RESTRICT_FILE_ACCESS_TO: files } });
	// A new user creates it in the editor first.
	await stage.client.deleteCredential(stage.credential.id);
	browser = await startBrowser();
	page = await openEditor(browser, stage.n8n.url);
});
afterAll(async () => {
	await browser?.close();
	await stage?.close();
	rmSync(files, { recursive: true, force: true });
});

async function openNewWorkflow(): Promise<void> {
	await page.goto(`${stage.n8n.url}/workflow/new`);
	await part(page, 'canvas-plus-button').first().click();
}

/** n8n takes what is pasted with braces for an expression. */
async function paste(text: string): Promise<void> {
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
	await page.keyboard.press('Control+V');
}

/** The entry that the node panel shows for a search. */
async function search(text: string): Promise<Locator> {
	await page.getByPlaceholder(/Search nodes/).fill(text);
	return entry('Avala');
}

function entry(name: string | RegExp): Locator {
	return part(page, 'node-creator-item-name').filter({ hasText: name }).first();
}

/** Each step starts where the one before it ended. */
describe(`in the editor of n8n ${version}, a new user`, () => {
	it('finds the nodes in the node panel by what they are for', async () => {
		await openNewWorkflow();
		for (const text of ['avala', 'labeling', 'webhook', 'dataset', 'annotation'])
			await (await search(text)).waitFor();
		await page.getByText('Actions: create and download exports').waitFor();
		await entry('Avala').click();
		await entry('On task completed').waitFor();
		await expectPicture(page, 'node-panel');
		await page.getByText(/^Actions \(/).click();
		await entry('Send test event to webhook').waitFor();
	});

	it('adds the trigger and creates the credential, whose test rejects a wrong key and accepts the right one', async () => {
		await entry('On task completed').click();
		await page.getByRole('button', { name: 'Connect to Avala' }).click();
		const dialog = part(page, 'editCredential-modal');
		await part(dialog, 'parameter-input-apiKey').locator('input').fill('no-key-of-avala');
		await part(dialog, 'parameter-input-baseUrl').locator('input').fill(stage.avala.baseUrl);
		await part(dialog, 'credential-save-button').click();
		await dialog.getByText('More details').click();
		await dialog.getByText('Avala refused the API key').waitFor();

		await part(dialog, 'parameter-input-apiKey').locator('input').fill(stage.avala.apiKey);
		await dialog.getByRole('button', { name: 'Retry' }).click();
		await part(dialog, 'credentials-config-container-test-success').waitFor();
		// As long as the spinner fades, the button's label does not show in a picture.
		const retry = dialog.getByRole('button', { name: 'Retry', exact: true });
		await retry.locator('.n8n-spinner').waitFor({ state: 'detached' });
		await expectPicture(page, 'credential', PORT);
		await part(dialog, 'credential-save-button').click();
		await dialog.waitFor({ state: 'hidden' });
	});

	it('listens for a test event and sees it arrive', async () => {
		await part(page, 'trigger-execute-button').click();
		await page.getByText('Listening for test event').waitFor();
		await untilTrue(() => stage.avala.webhooks().length === 1);
		stage.avala.emit('task.completed', { uid: 'task_xyz789' });
		const output = part(page, 'output-panel');
		await output.getByText('task_xyz789').first().waitFor();
		await untilTrue(() => stage.avala.webhooks().length === 0);
		await output.getByText('JSON', { exact: true }).click();
		await output.getByText('"task_xyz789"').first().waitFor();
		await expectPicture(page, 'event', ID_AND_TIMES);
	});

	it('publishes the workflow, and Avala has a webhook', async () => {
		await part(page, 'ndv-close-button').click();
		await part(page, 'workflow-open-publish-modal-button').click();
		await part(page, 'workflow-publish-button').click();
		await page.getByText('Workflow published').waitFor();
		expect(stage.avala.webhooks()).toEqual([
			expect.objectContaining({ events: ['task.completed'], isActive: true }),
		]);
		await page.getByRole('button', { name: 'Got it' }).click();
	});

	it('sees the execution that an event started', async () => {
		await stage.deliver();
		await part(page, 'radio-button-executions').click();
		await page.getByText('Succeeded').first().waitFor();
		await part(page, 'radio-button-workflow').click();
	});

	it('selects a webhook from the list', async () => {
		await part(page, 'node-creator-plus-button').click();
		await (await search('annotation')).click();
		await entry('Send test event to webhook').click();
		await part(page, 'rlc-input').click();
		const choice = page.getByText(/^task\.completed – /).last();
		await choice.waitFor();
		await choice.click();
		await part(page, 'ndv-close-button').click();
	});

	it('unpublishes the workflow, and Avala has no webhook', async () => {
		await part(page, 'version-menu-button').click();
		await part(page, 'version-menu-item-unpublish').click();
		await page.getByRole('dialog').last().getByRole('button', { name: 'Unpublish' }).click();
		await untilTrue(() => stage.avala.webhooks().length === 0);
	});

	it('builds from the README alone what saves each finished export in a file', async () => {
		await openNewWorkflow();
		await (await search('avala')).click();
		await entry('On export completed').click();
		await part(page, 'ndv-close-button').click();
		await part(page, 'node-creator-plus-button').click();
		await (await search('avala')).click();
		await entry('Download export').click();
		await part(page, 'rlc-mode-selector').click();
		await page.getByRole('option', { name: 'By ID' }).click();
		await page.getByPlaceholder('e.g. exp_1a2b3c4d').click();
		await paste('{{ $json.resource_uid }}');
		await part(page, 'ndv-close-button').click();
		await part(page, 'node-creator-plus-button').click();
		await page.getByPlaceholder(/Search nodes/).fill('read/write');
		await entry('Read/Write Files from Disk').click();
		await entry('Write File to Disk').click();
		await part(page, 'parameter-input-fileName').locator('input').click();
		await paste(`${files}/{{ $binary.data.fileName }}`);
		await part(page, 'ndv-close-button').click();
		await part(page, 'workflow-open-publish-modal-button').click();
		await part(page, 'workflow-publish-button').click();
		await page.getByText('Workflow published').waitFor();
		await page.getByRole('button', { name: 'Got it' }).click();

		for (const wireFormat of ['guide', 'older', 'newer'] as const) {
			stage.avala.wireFormat = wireFormat;
			stage.avala.emit('export.completed');
		}
		await untilTrue(() => readdirSync(files).length === 3);
		await expectPicture(await takeWorkflowPicture(page), 'workflow');
	});
});
