import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { byId, failureOf, runOn } from '../../support/resources';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.wireFormat = 'newer';
	avala.reset();
});

const run = async (operation: string, parameters: object) => {
	const projectId = byId(avala.all('targets')[0]?.projectUid ?? '');
	const all = { resource: 'qualityTarget', operation, projectId, ...parameters };
	return (await runOn(avala, all as INodeParameters)).map(({ json }) => json);
};
const TARGET = { name: 'Few rejections', metric: 'rejection_rate', threshold: 0.1 };

describe.each(['guide', 'older', 'newer'] as const)('in the %s wire format', (wireFormat) => {
	beforeEach(() => {
		avala.wireFormat = wireFormat;
		avala.reset();
	});

	it('a target is created, found, changed and deleted', async () => {
		const additionalFields = {
			isActive: false,
			notifyWebhook: true,
			operator: 'gte',
			severity: 'critical',
		};
		const [created] = await run('create', { ...TARGET, additionalFields });
		expect(created).toMatchObject({
			...TARGET,
			is_active: false,
			notify_webhook: true,
			operator: 'gte',
			severity: 'critical',
		});
		const targetId = created?.uid;
		expect((await run('getAll', { returnAll: true })).map(({ uid }) => uid)).toContain(targetId);
		const updateFields = { threshold: '={{ "0.5" }}', isActive: true };
		await run('update', { targetId, updateFields });
		expect(await run('get', { targetId })).toMatchObject([
			{ ...TARGET, threshold: 0.5, is_active: true },
		]);
		expect(await run('delete', { targetId })).toEqual([{ deleted: true }]);
		expect((await failureOf(run('get', { targetId }))).message).toContain(
			`Avala does not know quality target ${String(targetId)}.`,
		);
	});

	it('an evaluation gives an item for each target, with its value now', async () => {
		const items = await run('evaluate', {});
		expect(
			items.map(({ name, current_value, is_breached }) => [name, current_value, is_breached]),
		).toEqual([
			['Few issues', 0.08, true],
			['Most results accepted', 0.96, false],
		]);
		expect(items.map((item) => Object.keys(item).length)).toEqual([8, 8]);
	});
});

it('the evaluation of an unknown project is an error that names it', async () => {
	const evaluating = run('evaluate', { projectId: byId('proj_none') });
	expect((await failureOf(evaluating)).message).toContain(
		'Avala does not know the quality targets of project proj_none.',
	);
});

it.each([{}, 'null', '7'])('an evaluation that is no list is an error: %j', async (body) => {
	avala.fault({ method: 'POST', status: 200, body });
	expect((await failureOf(run('evaluate', {}))).message).toContain('is not what Avala sends');
});

it('an evaluation of nothing gives nothing', async () => {
	avala.fault({ method: 'POST', status: 200, body: [] });
	expect(await run('evaluate', {})).toEqual([]);
});

it.each([
	['metric', { metric: '={{ "speed" }}' }],
	['operator', { additionalFields: { operator: '={{ ">" }}' } }],
])(
	'a word that Avala does not know is refused by Avala, by the name of the field: %s',
	async (field, wrong) => {
		const { message } = await failureOf(run('create', { ...TARGET, ...wrong }));
		expect(message).toContain(`Avala did not accept '${field}'`);
	},
);

it('what is not understood is refused by name before a request leaves', async () => {
	for (const [operation, parameters, name] of [
		['create', { ...TARGET, threshold: '={{ "high" }}' }, 'Threshold'],
		['create', { ...TARGET, threshold: '={{ -1 }}' }, 'Threshold'],
		['create', { ...TARGET, name: ' ' }, 'Name'],
		['create', { ...TARGET, metric: '={{ {} }}' }, 'Metric'],
		['create', { ...TARGET, projectId: byId('={{ "" }}') }, 'Project'],
		['update', { targetId: 'qt_1', updateFields: { threshold: '' } }, 'Threshold'],
		['get', { targetId: 'a/b' }, 'Target ID'],
	] as const) {
		expect((await failureOf(run(operation, parameters))).message).toContain(`'${name}'`);
	}
	expect(avala.requests()).toEqual([]);
});
