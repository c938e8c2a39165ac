import { readdirSync } from 'node:fs';

import type { Json } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { NEWEST_N8N } from '../../harness/versions';
import { untilTrue } from '../../harness/waiting';
import type { ExportPlan } from '../../sandbox';

jest.setTimeout(400_000);

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({
		sandbox: { exports: { requestedMs: 500, processingMs: 500 } },
		env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem', N8N_LOG_LEVEL: 'debug' },
	});
});
afterAll(async () => await stage?.close());

const byId = (value: unknown) => ({ __rl: true, mode: 'id', value });

const downloadOf = (uid: string) => ({
	resource: 'export',
	operation: 'download',
	exportId: byId(uid),
});

/** What the storage sends for an export's link, without n8n. */
async function sentFile(uid: string): Promise<Buffer> {
	const headers = { 'x-avala-api-key': stage.avala.apiKey };
	const read = await fetch(`${stage.avala.baseUrl}/exports/${uid}/`, { headers });
	const { download_url: link } = (await read.json()) as Json;
	const url = new URL(String(link), stage.avala.baseUrl);
	const isApi = url.origin === stage.avala.url;
	const response = await fetch(url, isApi ? { headers } : {});
	expect(response.status).toBe(200);
	return Buffer.from(await response.arrayBuffer());
}

/** Where n8n keeps the files of executions, one entry for each. */
function storedFiles(): string[] {
	const files = readdirSync(stage.userFolder, { recursive: true, encoding: 'utf8' });
	return files.filter((file) => /binary_data\/[-0-9a-f]+$/.test(file)).sort();
}

const readsOf = (uid: string) =>
	stage.avala.requests().filter(({ path }) => path === `/api/v1/exports/${uid}/`).length;

describe.each(['guide', 'older', 'newer'] as const)(
	`in n8n ${version} and the %s wire format, the Avala node`,
	(wireFormat) => {
		beforeEach(() => {
			stage.avala.wireFormat = wireFormat;
			stage.avala.reset();
		});

		it('creates an export, waits for it, downloads it and finds it again', async () => {
			const [project] = stage.avala.projects();
			const [dataset] = stage.avala.datasets();
			const [created] = await stage.runAvala({
				resource: 'export',
				operation: 'create',
				exportFrom: 'project',
				projectId: byId(project?.uid),
				options: { waitUntilReady: true },
			});
			expect(created).toMatchObject({ state: 'ready' });
			const exportId = byId(created?.uid);
			const [requested] = await stage.runAvala({
				resource: 'export',
				operation: 'create',
				exportFrom: 'dataset',
				datasetId: byId(dataset?.uid),
			});
			expect(requested).toMatchObject({ state: 'running' });

			const [item] = await stage.runAvalaForItems(downloadOf(String(created?.uid)));
			expect(item?.json).toMatchObject({ uid: created?.uid, state: 'ready' });
			// Of the three forms of link only that of the newer servers leads away from the API.
			expect(stage.avala.storage.requests()).toEqual(
				wireFormat === 'newer' ? [expect.objectContaining({ carriesKey: false, status: 200 })] : [],
			);
			const { name, content } = await stage.client.file(item ?? {});
			expect(name).toBe(`${String(created?.uid)}.json`);
			expect(content).toEqual(await sentFile(String(created?.uid)));
			expect(await stage.runAvala({ resource: 'export', operation: 'get', exportId })).toEqual([
				expect.objectContaining({ uid: created?.uid, state: 'ready' }),
			]);
			await stage.avala.exportsDone();
			expect(
				await stage.runAvala({
					resource: 'export',
					operation: 'getAll',
					returnAll: true,
					filters: { state: 'ready' },
				}),
			).toHaveLength(2);
		});

		it('reads tasks, projects and datasets', async () => {
			const [task] = stage.avala.tasks();
			const [project] = stage.avala.projects();
			const [dataset] = stage.avala.datasets();
			const all = async (resource: string, filters: object = {}) =>
				await stage.runAvala({ resource, operation: 'getAll', returnAll: true, filters });
			expect(
				await stage.runAvala({ resource: 'task', operation: 'get', taskId: task?.uid }),
			).toEqual([expect.objectContaining({ uid: task?.uid, project: task?.project })]);
			expect(
				await all('task', { projectId: byId(project?.uid), status: 'completed' }),
			).toHaveLength(1);
			expect(
				await stage.runAvala({
					resource: 'project',
					operation: 'get',
					projectId: byId(project?.uid),
				}),
			).toEqual([expect.objectContaining({ uid: project?.uid, name: project?.name })]);
			expect(await all('project')).toHaveLength(3);
			expect(
				await stage.runAvala({
					resource: 'dataset',
					operation: 'get',
					datasetId: byId(dataset?.uid),
				}),
			).toEqual([expect.objectContaining({ uid: dataset?.uid, name: dataset?.name })]);
			expect(await all('dataset', { dataType: 'lidar' })).toHaveLength(1);
		});
	},
);

describe(`in n8n ${version}, a download`, () => {
	const SIZE = 3_000_000;
	const ready = (plan: Partial<ExportPlan>) =>
		stage.avala.addExport({ state: 'ready', plan: { file: { size: SIZE }, ...plan } }).uid;

	beforeEach(() => {
		stage.avala.wireFormat = 'newer';
		stage.avala.reset();
	});

	it('gets a fresh link when the first one has expired, and the whole file', async () => {
		const uid = ready({ link: 'storage' });
		stage.avala.storage.fault({
			status: 403,
			body: '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
			times: 1,
		});
		const [item] = await stage.runAvalaForItems(downloadOf(uid));
		expect(readsOf(uid)).toBe(2);
		const requests = stage.avala.storage.requests();
		expect(requests.map(({ status }) => status)).toEqual([403, 200]);
		expect(new Set(requests.map(({ path }) => path)).size).toBe(2);
		const { content } = await stage.client.file(item ?? {});
		expect(content.equals(await sentFile(uid))).toBe(true);
		expect(content.length).toBe(SIZE);
	});

	it('follows a redirect of the API to the storage, which does not get the key', async () => {
		const uid = ready({ link: 'api', apiRedirects: true });
		const [item] = await stage.runAvalaForItems(downloadOf(uid));
		expect(stage.avala.requests()).toContainEqual(
			expect.objectContaining({ path: `/api/v1/exports/${uid}/download`, status: 302 }),
		);
		expect(stage.avala.storage.requests()).toEqual([
			expect.objectContaining({ carriesKey: false, status: 200 }),
		]);
		expect((await stage.client.file(item ?? {})).content.length).toBe(SIZE);
	});

	it('that is cut off is an error, and nothing of the file is passed on or kept', async () => {
		const before = storedFiles();
		await stage.runAvalaForItems(downloadOf(ready({ link: 'storage' })));
		await untilTrue(() => storedFiles().length === before.length + 1);
		const withWholeFile = storedFiles();

		stage.avala.storage.fault({ cutOffAfter: 1_000_000 });
		const executionId = await stage.startAvala(downloadOf(ready({ link: 'storage' })));
		const { status, error, runs } = await stage.client.outcome(executionId);
		expect(status).toBe('error');
		expect(error).toMatch(
			/^The file of export \S+ was not received completely: the connection was cut/,
		);
		expect((runs.Avala ?? []).flatMap(({ outputs }) => outputs.flat())).toEqual([]);
		if (version === NEWEST_N8N) {
			// n8n tidies up in the background.
			await untilTrue(() => storedFiles().length === withWholeFile.length);
			expect(storedFiles()).toEqual(withWholeFile);
		} else {
			// An older n8n keeps the incomplete file, which no item refers to, until it deletes the execution.
			await stage.client.call('POST', '/rest/executions/delete', { ids: [executionId] });
			await untilTrue(() => storedFiles().length === withWholeFile.length);
		}
	});

	it('that waits for its export ends at once when the execution is stopped, and asks Avala no more', async () => {
		const waiting = (uid: string) => ({ ...downloadOf(uid), options: { waitUntilReady: true } });
		const nodesEnded = () =>
			stage.n8n.log().match(/Running node "Avala" finished with error/g)?.length ?? 0;
		const before = nodesEnded();
		const plan = { requestedMs: 600_000 };
		const { uid } = stage.avala.addExport({ plan });
		const executionId = await stage.startAvala(waiting(uid));
		await untilTrue(() => readsOf(uid) === 3);
		await stage.client.stopExecution(executionId);
		expect(await stage.client.outcome(executionId)).toMatchObject({ status: 'canceled' });

		// The first pause of another one is shorter than the one that was cut short here, the third.
		const other = stage.avala.addExport({ plan });
		const otherId = await stage.startAvala(waiting(other.uid));
		await untilTrue(() => readsOf(other.uid) === 1);
		stage.avala.emit('export.completed', { uid: other.uid });
		await stage.client.items(otherId);
		expect(readsOf(other.uid)).toBe(2);
		expect(nodesEnded()).toBe(before + 1);
		expect(readsOf(uid)).toBe(3);
	});
});
