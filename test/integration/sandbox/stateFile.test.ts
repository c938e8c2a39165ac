import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { startSandbox } from '../../../sandbox';
import { open } from './api';

let folder: string;
let stateFile: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'avala-sandbox-'));
	stateFile = path.join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('after a restart retries and exports go on, and there are no second sample projects', async () => {
	const before = await open({ stateFile });
	before.addWebhook({ targetUrl: `${before.url}/not-a-target` });
	before.emit('task.completed');
	await before.idle();
	const { uid } = before.addExport({ plan: { requestedMs: 50, processingMs: 50 } });
	const [webhooks, projects] = [before.webhooks(), before.projects()];
	await before.stop();

	const after = await open({ stateFile });
	try {
		expect([after.webhooks(), after.projects()]).toEqual([webhooks, projects]);
		expect(after.retryNow()).toBe(1);
		await after.exportsDone();
		expect(after.exports()).toMatchObject([{ uid, state: 'ready' }]);
	} finally {
		await after.stop();
	}
});

it('says what to do about a state file that is none', async () => {
	for (const content of ['{', '{"webhooks": 1}', 'null']) {
		writeFileSync(stateFile, content);
		await expect(startSandbox({ stateFile })).rejects.toThrow('Delete it to start empty');
	}
});
