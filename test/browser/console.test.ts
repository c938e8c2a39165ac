import type { AxeResults } from 'axe-core';
import { source as axe } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import type { Sandbox } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import type { LocalServer } from '../support/localServer';
import { serve } from '../support/localServer';
import { expectPicture, openPage, startBrowser } from './browser';

jest.setTimeout(120_000);

/** The label of each button and the event that it triggers. */
const BUTTONS = [
	['Complete a task', 'task.completed'],
	['Review a task', 'task.reviewed'],
	['Reject a task', 'task.rejected'],
	['Submit a result', 'result.submitted'],
	['Finish an export', 'export.completed'],
	['Fail an export', 'export.failed'],
	['Create a dataset', 'dataset.created'],
	['Quality alert', 'quality.alert'],
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
		await table('Webhooks')
			.getByText(/^active$/)
			.waitFor();
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
		await page.setViewportSize({ width: 1280, height: 960 });
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

describe('the console', () => {
	let avala: Sandbox;
	let target: LocalServer;
	let own: Page;
	beforeEach(async () => {
		target = await serve((_, response) => response.end('{}'));
		avala = await startSandbox({ rateLimit: false });
	});
	afterEach(async () => {
		await own?.close();
		await avala.stop();
		await target.close();
	});

	const addWebhook = (events: string[]) =>
		avala.addWebhook({ targetUrl: `${target.url}/webhook/abc`, events });
	const rows = (name: string) => own.getByRole('table', { name }).locator('tbody tr');

	it.each([
		['light', 1280],
		['light', 400],
		['dark', 1280],
		['dark', 400],
	] as const)('meets WCAG AA in %s colours at %i px', async (colorScheme, width) => {
		addWebhook(['task.completed']);
		avala.addWebhook({ isActive: false });
		for (const state of ['requested', 'ready', 'failed'] as const) avala.addExport({ state });
		avala.emit('task.completed');
		await avala.idle();
		avala.deliveriesFail = true;
		avala.emit('task.completed');
		avala.seedDeliveries([
			{ status: 'failed', responseStatus: null, errorMessage: 'connect ECONNREFUSED' },
		]);
		own = await openPage(browser, avala.url);
		await own.setViewportSize({ width, height: 800 });
		await own.emulateMedia({ colorScheme });
		await rows('Deliveries').getByText('ECONNREFUSED').waitFor();
		await own.evaluate(axe);
		const { violations, incomplete } = await own.evaluate<AxeResults>('axe.run()');
		const found = [...violations, ...incomplete].map(({ id, nodes }) => [id, nodes[0]?.html]);
		expect(found).toEqual([]);
		expect(await own.evaluate('document.documentElement.scrollWidth')).toBe(width);
	});

	it('says which buttons have a webhook, and how to go on where there is none', async () => {
		addWebhook(['task.completed', 'task.rejected']);
		avala.addWebhook({ events: ['quality.alert'], isActive: false });
		own = await openPage(browser, avala.url);
		await own.getByText('task.rejected').getByText('1 webhook').waitFor();
		await own.getByText('export.failed').getByText('no webhook yet').waitFor();
		await own.getByRole('button', { name: 'Fail an export' }).click();
		const status = own.getByRole('status');
		await status.getByText('Publish a workflow with an Avala Trigger for export.failed').waitFor();
		await own.getByText('quality.alert').getByText('webhook inactive').waitFor();
		await own.getByRole('button', { name: 'Quality alert' }).click();
		await status.getByText('Its webhook is inactive: activate it under Webhooks').waitFor();
	});

	it('sends a webhook a test event, and activates it again, with the keyboard alone', async () => {
		const { uid } = addWebhook(['task.completed']);
		avala.addWebhook({ uid, isActive: false, targetUrl: `${target.url}/webhook/abc` });
		own = await openPage(browser, avala.url);
		const status = own.getByRole('status');
		await own.getByRole('button', { name: 'Send test event' }).press('Enter');
		await status.getByText(`The test event arrived at ${target.url}/webhook/abc.`).waitFor();
		await own.getByRole('button', { name: 'Activate' }).press('Enter');
		await status.getByText('is active now').waitFor();
		await rows('Webhooks')
			.getByText(/^active$/)
			.waitFor();
		expect(await own.evaluate('document.activeElement.textContent')).toBe('Deactivate');
	});

	it('says how many rows there are where it shows the first of them', async () => {
		own = await openPage(browser, avala.url);
		await own.getByRole('region', { name: 'Tasks' }).getByText('10 of 12').waitFor();
		expect(await own.getByRole('region', { name: 'Projects' }).getByText(' of ').count()).toBe(0);
		await rows('Datasets').filter({ hasText: 'Night drives' }).getByText('creating').waitFor();
	});

	it('says in which formats missed events can be recovered', async () => {
		own = await openPage(browser, avala.url);
		await own.getByRole('button', { name: 'Make deliveries fail' }).click();
		await own.getByText('fails for good in the formats older and newer can be recovered').waitFor();
		for (const [wireFormat, note] of [
			['older', 'contain the event'],
			['newer', 'contain the event'],
			['guide', 'do not contain the event'],
		] as const) {
			await own.getByLabel('Format').selectOption(wireFormat);
			await own.getByText(`This format’s deliveries ${note}`).waitFor();
		}
	});

	it('shows what events change: a task, an export, a project', async () => {
		own = await openPage(browser, avala.url);
		await rows('Exports').getByText('None yet').waitFor();
		await own.getByRole('button', { name: 'Finish an export' }).click();
		await rows('Exports').getByText('ready').waitFor();
		const project = rows('Projects').filter({ hasText: 'Street scenes' });
		await project.filter({ hasText: /active42/ }).waitFor();
		await own.getByRole('button', { name: 'Complete a task' }).click();
		await project.filter({ hasText: /active33/ }).waitFor();
		await rows('Tasks').first().filter({ hasText: 'completed' }).waitFor();
	});

	it('makes deliveries fail, skips the waiting, and keeps the URL of a deleted webhook', async () => {
		const { uid } = addWebhook(['task.completed']);
		own = await openPage(browser, avala.url);
		const skip = own.getByRole('button', { name: 'Skip the waiting' });
		await own.getByRole('button', { name: 'Make deliveries fail' }).click();
		await own.getByRole('status').getByText('Deliveries fail from now on').waitFor();
		await own.getByRole('button', { name: 'Complete a task' }).click();
		await rows('Deliveries').filter({ hasText: 'pending' }).filter({ hasText: '503' }).waitFor();
		await own.getByRole('button', { name: 'Let deliveries arrive' }).click();
		await own.getByRole('status').getByText('arrive again').waitFor();
		await skip.click();
		await rows('Deliveries').filter({ hasText: 'delivered' }).filter({ hasText: '200' }).waitFor();
		await fetch(`${avala.baseUrl}/webhooks/${uid}/`, {
			method: 'DELETE',
			headers: { 'x-avala-api-key': avala.apiKey },
		});
		await rows('Webhooks').getByText('None yet').waitFor();
		await rows('Deliveries').getByText('/webhook/abc (webhook deleted)').waitFor();
	});
});
