import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';

import type { Registry } from '../../harness/registry';
import { startRegistry } from '../../harness/registry';
import { Stage } from '../../harness/stage';
import { packedPackage, version } from '../../harness/suite';
import { version as packageVersion } from '../../package.json';
import { openEditor, part, startBrowser } from './browser';

jest.setTimeout(120_000);

const NAME = 'n8n-nodes-avala';

let folder: string;
let registry: Registry;
let stage: Stage;
let browser: Browser;
let page: Page;
beforeAll(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'avala-registry-'));
	registry = await startRegistry(path.join(folder, 'registry'));
	await registry.publish(packedPackage());
	stage = await Stage.open({ version, userFolder: folder, env: registry.settingsFor(folder) });
	browser = await startBrowser();
	page = await openEditor(browser, stage.n8n.url);
});
afterAll(async () => {
	await browser?.close();
	await stage?.close();
	await registry?.stop();
	rmSync(folder, { recursive: true, force: true });
});

describe(`on the Community Nodes screen of n8n ${version}, the owner`, () => {
	it('installs the package by its name, and sees its nodes at its version', async () => {
		await page.goto(`${stage.n8n.url}/settings/community-nodes`);
		await page.getByRole('button', { name: 'Install a community node' }).click();
		const dialog = part(page, 'communityPackageInstall-modal');
		await part(dialog, 'package-name-input').fill(NAME);
		await part(dialog, 'user-agreement-checkbox').click();
		await part(dialog, 'install-community-package-button').click();
		await page.getByText('Package installed').waitFor();
		await dialog.waitFor({ state: 'hidden' });
		await part(page, 'community-package-card')
			.filter({ hasText: NAME })
			.filter({ hasText: `v${packageVersion}` })
			.filter({ hasText: /3 nodes:\s*Avala,\s*Avala Missed Events Trigger,\s*Avala Trigger/ })
			.waitFor();
	});

	it('finds Avala in the node panel, without a restart of n8n', async () => {
		await page.goto(`${stage.n8n.url}/workflow/new`);
		await part(page, 'canvas-plus-button').first().click();
		await page.getByPlaceholder(/Search nodes/).fill('Avala');
		await part(page, 'node-creator-item-name').filter({ hasText: 'Avala' }).first().waitFor();
	});

	it('uninstalls the package', async () => {
		await page.goto(`${stage.n8n.url}/settings/community-nodes`);
		const card = part(page, 'community-package-card');
		await card.getByRole('button').last().click();
		await page.getByText('Uninstall package').click();
		await page.getByRole('button', { name: 'Confirm uninstall' }).click();
		await page.getByText('Package uninstalled').waitFor();
		await card.waitFor({ state: 'detached' });
	});
});
