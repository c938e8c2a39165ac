import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';

import type { DemoWorkflow } from '../../demo/demo';
import { publishWorkflows } from '../../demo/demo';
import { ROOT } from '../../harness/pack';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import type { Frame } from './animation';
import { toAnimatedPng } from './animation';
import { openEditor, openPage, part, startBrowser, takePicture } from './browser';

jest.setTimeout(120_000);

const FILM = path.join(ROOT, 'docs', 'images', 'demo.png');
const SIZE = { width: 1100, height: 720 };

let stage: Stage;
let browser: Browser;
let workflow: DemoWorkflow | undefined;
const frames: Frame[] = [];
beforeAll(async () => {
	stage = await openStage();
	[workflow] = await publishWorkflows(stage);
	browser = await startBrowser();
});
afterAll(async () => {
	await browser?.close();
	await stage?.close();
});

/** Adds a picture to the film, with a line of text across its lower edge. */
async function shoot(page: Page, caption: string, seconds: number): Promise<void> {
	const line = page.locator('#caption');
	if ((await line.count()) === 0) {
		await page.evaluate(`{
			const line = document.createElement('div');
			line.id = 'caption';
			line.style.cssText = 'position: fixed; z-index: 99999; inset: auto 0 0 0; padding: 14px;' +
				'background: #0f172a; color: #fff; font: 20px/1.4 system-ui, sans-serif; text-align: center';
			document.body.append(line);
		}`);
	}
	await line.evaluate((element, text) => (element.textContent = text), caption);
	frames.push({ png: await takePicture(page), ms: seconds * 1000 });
}

/** How many pictures Chromium finds in an animated PNG. */
async function countFrames(page: Page, png: Buffer): Promise<unknown> {
	return await page.evaluate(`(async () => {
		const data = Uint8Array.from(atob('${png.toString('base64')}'), (char) => char.charCodeAt(0));
		const decoder = new ImageDecoder({ data, type: 'image/png' });
		await decoder.tracks.ready;
		return decoder.tracks.selectedTrack.frameCount;
	})()`);
}

it(`a film shows how a completed task starts a workflow in n8n ${version}`, async () => {
	const { id = '' } = workflow ?? {};
	const editor = await openEditor(browser, stage.n8n.url);
	await editor.setViewportSize(SIZE);
	await editor.goto(`${stage.n8n.url}/workflow/${id}`);
	await part(editor, 'canvas-node').last().waitFor();
	await part(editor, 'zoom-to-fit').click();
	await shoot(editor, 'In n8n, a published workflow waits for completed tasks.', 3);

	const avala = await openPage(browser, stage.avala.url);
	await avala.setViewportSize(SIZE);
	await avala.getByRole('table', { name: 'Webhooks' }).getByText('task.completed').waitFor();
	const scrollTo = async (id: string) =>
		await avala.evaluate(`document.getElementById('${id}').scrollIntoView({ block: 'center' })`);
	await scrollTo('webhooks');
	await shoot(avala, 'The Avala Trigger has registered its webhook in Avala.', 3);
	await scrollTo('events');
	const button = avala.getByRole('button', { name: 'Complete a task' });
	await button.focus();
	await avala.keyboard.press('Shift+Tab');
	await avala.keyboard.press('Tab');
	await shoot(avala, 'An annotator completes a task …', 1.5);
	await button.click();
	await avala.getByRole('table', { name: 'Deliveries' }).getByText('delivered').waitFor();
	await scrollTo('deliveries');
	await shoot(avala, '… Avala delivers the signed event, and n8n accepts it.', 3);

	const [execution] = await stage.client.untilExecuted(id, 1);
	await editor.goto(`${stage.n8n.url}/workflow/${id}/executions/${execution?.id}`);
	await editor.getByText('Succeeded').first().waitFor();
	await part(editor, 'canvas-node').last().waitFor();
	await shoot(editor, 'The workflow has run.', 3);

	const film = toAnimatedPng(frames);
	// Ids and times differ in each run, so its pictures are not compared.
	if (process.argv.includes('--updateSnapshot')) writeFileSync(FILM, film);
	expect(await countFrames(avala, readFileSync(FILM))).toBe(frames.length);
});
