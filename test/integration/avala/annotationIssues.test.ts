import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import type { Setup } from '../../support/resources';
import { byId, failureOf, jsonOn, searchOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));

const run = async (operation: string, parameters: object, setup: Setup = {}) =>
	await jsonOn(avala, { resource: 'annotationIssue', operation, ...parameters }, setup);
const lidar = () => avala.datasets().find(({ dataType }) => dataType === 'lidar')?.uid ?? '';
const ofDataset = (uid = lidar()) => ({ listFrom: 'dataset', datasetId: byId(uid) });

inEachWireFormat(() => {
	it('an issue is filed, found in its dataset and its sequence, closed and deleted', async () => {
		const project = avala.projects()[0]?.uid ?? '';
		const [first] = avala.all('issues');
		const sequenceId = first?.sequence_uid;
		const [created] = await run('create', {
			sequenceId,
			toolId: byId(first?.tool.uid ?? ''),
			problemId: byId(first?.problem.uid ?? ''),
			additionalFields: {
				correctClass: 'truck',
				description: 'Too small',
				framesAffected: '3-7',
				objectId: 'object_1',
				priority: 'highest',
				projectId: byId(project),
				severity: 'critical',
				shouldDelete: true,
				shouldReAnnotate: true,
				wrongClass: 'car',
			},
		});
		expect(created).toMatchObject({
			correct_class: 'truck',
			description: 'Too small',
			frames_affected: '3-7',
			object_uid: 'object_1',
			priority: 'highest',
			project: { uid: project },
			sequence_uid: sequenceId,
			severity: 'critical',
			should_delete: true,
			should_re_annotate: true,
			wrong_class: 'car',
		});
		const lists = [ofDataset(), { listFrom: 'sequence', sequenceId }];
		for (const list of lists) {
			const [found] = await run('getAll', { ...list, filters: { priority: 'highest' } });
			expect(found).toMatchObject({ uid: created?.uid, status: 'open', description: 'Too small' });
		}
		const issueId = created?.uid;
		const updateFields = { status: 'In Review', framesAffected: '4' };
		const [updated] = await run('update', { sequenceId, issueId, updateFields });
		expect(updated).toMatchObject({
			status: 'in_review',
			frames_affected: '4',
			priority: 'highest',
		});
		expect(await run('delete', { sequenceId, issueId })).toEqual([{ deleted: true }]);
		expect(await run('getAll', { ...ofDataset(), returnAll: true })).toHaveLength(3);
	});
});

describe('the issues of a dataset', () => {
	it('are found by status, priority, severity and time, by the node itself', async () => {
		const issue = (uid: string, fields: object) => ({ uid, ...fields });
		avala.fault({
			path: /annotation-issues/,
			status: 200,
			body: [
				issue('1', { status: 'open', priority: 'high', created_at: '2026-03-03T00:00:00Z' }),
				issue('2', {
					status: 'In Review',
					severity: 'critical',
					created_at: '2026-03-01T00:00:00Z',
				}),
				issue('3', { status: 'open', severity: null, created_at: '2026-03-02T00:00:00Z' }),
				issue('4', { status: 'escalated' }),
			],
		});
		const found = async (filters: IDataObject) => {
			const issues = await run('getAll', { ...ofDataset(), returnAll: true, filters });
			return issues.map(({ uid }) => uid);
		};
		expect(await found({ status: 'in_review' })).toEqual(['2']);
		expect(await found({ status: '={{ "escalated" }}' })).toEqual(['4']);
		expect(await found({ priority: 'high' })).toEqual(['1']);
		expect(await found({ severity: 'critical' })).toEqual(['2']);
		expect(await found({ createdAfter: '2026-03-02T00:00:00Z' })).toEqual(['1', '3', '4']);
		const queries = avala.requests().filter(({ path }) => path.includes('annotation-issues'));
		expect(new Set(queries.map(({ path }) => path.split('?')[1]))).toEqual(new Set(['limit=100']));
	});

	it('say who reported them only with Simplify off', async () => {
		const [simple] = await run('getAll', ofDataset());
		const [all] = await run('getAll', { ...ofDataset(), simplify: false });
		expect(simple).not.toHaveProperty('reporter');
		expect(all).toMatchObject({ reporter: { username: 'ann' }, uid: simple?.uid });
	});

	it('are found where the dataset is now, which several items look up once', async () => {
		const items = [1, 2].map((limit) => ({ limit }));
		const parameters = { ...ofDataset(), limit: '={{ $json.limit }}' };
		expect(await run('getAll', parameters, { items })).toHaveLength(3);
		const paths = avala.requests().map(({ path }) => path.replace(/\?.*/, ''));
		const list = '/api/v1/datasets/ann/warehouse-lidar/annotation-issues/';
		expect(paths).toEqual([`/api/v1/datasets/${lidar()}/`, list, list]);
	});

	it.each([
		[{ owner_name: undefined, owner: 'ann' }, '/datasets/ann/warehouse/'],
		[{ owner: { uid: 'u' } }, '/datasets/org/warehouse/'],
	])('are looked for under the owner that Avala sends: %j', async (fields, path) => {
		const dataset = { uid: 'ds_1', owner_name: 'org', slug: 'warehouse', ...fields };
		avala.fault({ path: '/api/v1/datasets/ds_1/', status: 200, body: dataset });
		await failureOf(run('getAll', ofDataset('ds_1')));
		expect(avala.requests().at(-1)?.path).toContain(path);
	});

	it.each([
		[{ owner_name: null }, 'The owner of dataset ds_1 cannot be used: Avala did not send it.'],
		[{ slug: '../x' }, 'The slug of dataset ds_1 cannot be used: it is "../x" in Avala.'],
		[{ slug: 'a?token=x' }, 'slug of dataset ds_1 cannot be used: it is "(withheld for safety)"'],
	])('cannot be found without an owner and a slug: %j', async (fields, message) => {
		const dataset = { uid: 'ds_1', owner_name: 'org', slug: 'warehouse', ...fields };
		avala.fault({ path: '/api/v1/datasets/ds_1/', status: 200, body: dataset });
		expect((await failureOf(run('getAll', ofDataset('ds_1')))).message).toContain(message);
		expect(avala.requests()).toHaveLength(1);
	});
});

describe('the lists of the editor', () => {
	const search = async (method: string, filter: string, parameters: object = {}) =>
		await searchOn(avala, method, filter, {
			resource: 'annotationIssue',
			operation: 'create',
			...parameters,
		});

	it('offer tools with the data that they are for, and the problems of the selected tool', async () => {
		const tools = await search('searchTools', '');
		expect(tools.map(({ name }) => name)).toEqual([
			'Box (image)',
			'Polygon (image)',
			'Cuboid (lidar)',
			'Track (video)',
		]);
		const toolId = byId(String((await search('searchTools', 'cuboid'))[0]?.value));
		const problems = await search('searchProblems', '', { toolId });
		expect(problems.map(({ name }) => name)).toEqual(['Missing', 'Wrong heading']);
		expect(await search('searchProblems', 'head', { toolId })).toEqual([problems[1]]);
		expect(await search('searchProblems', '', { toolId: byId('tool_none') })).toEqual([]);
	});

	it.each(['', '={{ $json.tool }}'])(
		'ask for the tool before they offer problems: %j',
		async (value) => {
			const searching = search('searchProblems', '', { toolId: byId(value) });
			expect((await failureOf(searching)).message).toContain("Select a 'Tool' first");
		},
	);
});
