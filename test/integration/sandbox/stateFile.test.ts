import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { Targets } from './targets';

let avala: Sandbox;
const targets = new Targets();
let folders: string[] = [];
afterEach(async () => {
	await avala?.stop();
	targets.close();
	for (const folder of folders) rmSync(folder, { recursive: true });
	folders = [];
});

/** A path in a new folder that is gone after the test. */
function newStateFile(): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-sandbox-'));
	folders.push(folder);
	return path.join(folder, 'state.json');
}

async function open(options: SandboxOptions = {}): Promise<void> {
	avala = await startSandbox({
		allowHttpLoopbackTargets: true,
		rateLimit: false,
		pingOnCreate: false,
		...options,
	});
}

describe('after a restart', () => {
	it('pending retries are still made', async () => {
		const stateFile = newStateFile();
		await open({ stateFile });
		const { url, received } = await targets.add(500, 200);
		const webhook = avala.addWebhook({ targetUrl: url });
		const tried = avala.next('attempt');
		avala.emit('task.completed');
		await tried;
		await avala.stop();
		await open({ stateFile });
		expect(avala.webhooks()).toEqual([webhook]);
		expect(avala.retryNow()).toBe(1);
		expect(await avala.next('delivered')).toMatchObject({ attempts: 2 });
		expect(received[1]?.body).toBe(received[0]?.body);
	});

	it('exports go on, and there are no second sample projects', async () => {
		const stateFile = newStateFile();
		await open({ stateFile });
		const projects = avala.projects();
		const { uid } = avala.addExport({ plan: { requestedMs: 50, processingMs: 50 } });
		await avala.stop();
		await open({ stateFile });
		await avala.exportsDone();
		expect(avala.exports()).toEqual([expect.objectContaining({ uid, state: 'ready' })]);
		expect(avala.projects()).toEqual(projects);
	});
});

it('says what to do about a state file that is none', async () => {
	const stateFile = newStateFile();
	for (const content of ['{', '{"webhooks": 1}', 'null']) {
		writeFileSync(stateFile, content);
		await expect(startSandbox({ stateFile })).rejects.toThrow('Delete it to start empty');
	}
});
