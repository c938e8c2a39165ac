import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';

jest.setTimeout(400_000);

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({
		sandbox: { exports: { requestedMs: 500, processingMs: 500 } },
		env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
	});
});
afterAll(async () => await stage?.close());

const byId = (value: unknown) => ({ __rl: true, mode: 'id', value });

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

			expect(await stage.runAvala({ resource: 'export', operation: 'download', exportId })).toEqual(
				[expect.objectContaining({ uid: created?.uid, state: 'ready' })],
			);
			expect(stage.avala.storage.requests().some(({ carriesKey }) => carriesKey)).toBe(false);
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
