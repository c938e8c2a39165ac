import type { Browser, Page } from 'playwright-core';

import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { expectPicture, openPage, startBrowser } from './browser';

jest.setTimeout(120_000);

/** The label of each button and the event that it triggers. */
const BUTTONS = [
	['Complete a task', 'task.completed'],
	['Reject a task', 'task.rejected'],
	['Finish an export', 'export.completed'],
	['Fail an export', 'export.failed'],
	['Create a dataset', 'dataset.created'],
] as const;

/** The share of the picture that shows ports and ids, which differ in each run. */
const ADDRESSES = 0.03;

let stage: Stage;
let browser: Browser;
let page: Page;
let workflowId: string;
beforeAll(async () => {
	stage = await openStage();
	const workflow = await stage.createTriggerWorkflow({ events: BUTTONS.map(([, type]) => type) });
	workflowId = workflow.id;
	browser = await startBrowser();
	page = await openPage(browser, stage.avala.url);
});
afterAll(async () => {
	await browser?.close();
	await stage?.close();
});

const table = (name: string) => page.getByRole('table', { name }).locator('tbody tr');

describe(`in the console of the sandbox, beside n8n ${version}`, () => {
	it('a webhook appears as soon as its workflow is active', async () => {
		await table('Webhooks').getByText('None yet').waitFor();
		await stage.client.activate(workflowId);
		await table('Webhooks').getByText('active').waitFor();
	});

	it.each(BUTTONS)('“%s” delivers %s, and n8n starts the workflow', async (label, type) => {
		const before = (await stage.client.executions(workflowId)).length;
		await page.getByRole('button', { name: label }).click();
		await page.getByRole('status').getByText(`goes to 1 webhook`).waitFor();
		await table('Deliveries')
			.filter({ hasText: type })
			.filter({ hasText: 'delivered' })
			.filter({ hasText: '200' })
			.waitFor();
		await stage.client.untilExecuted(workflowId, before + 1);
	});

	it('the format can be selected, and n8n accepts events in each', async () => {
		await expectPicture(page, 'console', ADDRESSES);
		for (const [index, wireFormat] of ['older', 'newer', 'guide'].entries()) {
			await page.getByLabel('Format').selectOption(wireFormat);
			await page.getByRole('button', { name: 'Complete a task' }).click();
			await stage.client.untilExecuted(workflowId, BUTTONS.length + index + 1);
		}
		expect(stage.avala.deliveries().map(({ status }) => status)).toEqual(
			Array.from({ length: BUTTONS.length + 3 }, () => 'delivered'),
		);
	});
});
