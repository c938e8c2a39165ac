import type { Browser, Locator, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { toMatchImageSnapshot } from 'jest-image-snapshot';

import { OWNER } from '../../harness/client';
import { ROOT } from '../../harness/pack';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** Almost none, so that a changed word is noticed. */
const DIFFERENT_PIXELS = 0.0002;

expect.extend({ toMatchImageSnapshot });

export async function startBrowser(): Promise<Browser> {
	if (!existsSync(CHROMIUM)) {
		throw new Error(
			`Chromium was not found at ${CHROMIUM}. Install Debian's package chromium, or set CHROMIUM_PATH.`,
		);
	}
	return await chromium.launch({
		executablePath: CHROMIUM,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

export async function openPage(browser: Browser, url: string): Promise<Page> {
	const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
	page.setDefaultTimeout(15_000);
	await page.goto(url);
	return page;
}

/** n8n's editor, signed in as the owner. */
export async function openEditor(browser: Browser, url: string): Promise<Page> {
	const page = await openPage(browser, `${url}/signin`);
	await page.getByLabel('Email').fill(OWNER.email);
	await page.getByLabel('Password').fill(OWNER.password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL(/home|workflow/);
	return page;
}

/** An element of n8n's editor by its test id. */
export function part(page: Page | Locator, id: string): Locator {
	return page.locator(`[data-test-id="${id}"]`);
}

/** Around a workflow; it shows the button at its end. */
const MARGIN = 60;
/** What of a workflow is in its picture. */
const SHOWN = ['', ' [class*="_label_"]', ' [class*="_subtitle_"]']
	.map((inside) => `.vue-flow__node${inside}`)
	.join(', ');

const WITHOUT_BUTTONS =
	'.vue-flow__panel, [class*="executionButtons"], [class*="nodeButtonsWrapper"] { display: none !important }';

/** n8n's notifications, tips and checklists come and go, and hide part of the picture. */
const WITHOUT_NOTICES =
	'.el-notification, [data-reka-popper-content-wrapper] { display: none !important }';

interface Rectangle {
	x: number;
	y: number;
	width: number;
	height: number;
}

/**
 * A picture of the page that no animation, caret or pointer changes.
 *
 * @param clip the part of the page to show
 */
export async function takePicture(page: Page, clip?: Rectangle): Promise<Buffer> {
	await page.mouse.move(0, 0);
	return await page.screenshot({
		animations: 'disabled',
		caret: 'hide',
		style: WITHOUT_NOTICES,
		clip,
	});
}

/** A picture of the workflow alone, as large as it is on the canvas. */
export async function takeWorkflowPicture(page: Page): Promise<Buffer> {
	await part(page, 'zoom-to-fit').click();
	await page.addStyleTag({ content: WITHOUT_BUTTONS });
	// How far the workflow reaches, once the canvas has stopped moving.
	const clip = await page.evaluate<Rectangle>(`(async () => {
		const boxes = () => [...document.querySelectorAll('${SHOWN}')].map((element) => element.getBoundingClientRect());
		for (let before; before !== JSON.stringify(boxes()); ) {
			before = JSON.stringify(boxes());
			await new Promise((resolve) => setTimeout(resolve, 300));
		}
		const left = Math.floor(Math.min(...boxes().map((box) => box.left))) - ${MARGIN};
		const top = Math.floor(Math.min(...boxes().map((box) => box.top))) - ${MARGIN} / 2;
		const right = Math.ceil(Math.max(...boxes().map((box) => box.right))) + ${MARGIN};
		const bottom = Math.ceil(Math.max(...boxes().map((box) => box.bottom))) + ${MARGIN} / 2;
		return { x: left, y: top, width: right - left, height: bottom - top };
	})()`);
	return await takePicture(page, clip);
}

/**
 * Compares a picture with the one of this name in docs/images. `npm run screenshots` updates the pictures.
 *
 * @param picture of the page, or one that was taken before
 * @param name with its folder, if it is in one
 * @param differentPixels the share of pixels that ids and times may change
 */
export async function expectPicture(
	picture: Page | Buffer,
	name: string,
	differentPixels = DIFFERENT_PIXELS,
): Promise<void> {
	const png = Buffer.isBuffer(picture) ? picture : await takePicture(picture);
	expect(png).toMatchImageSnapshot({
		customSnapshotsDir: path.join(ROOT, 'docs', 'images', path.dirname(name)),
		customSnapshotIdentifier: path.basename(name),
		customDiffDir: path.join(ROOT, '.tmp', 'screenshots'),
		failureThreshold: differentPixels,
		failureThresholdType: 'percent',
	});
}
