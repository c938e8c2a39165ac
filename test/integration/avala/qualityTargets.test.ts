import type { Sandbox } from '../../../sandbox';
import { byId, failureOf, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));

const run = async (operation: string, parameters: object = {}) => {
	const projectId = byId(avala.all('targets')[0]?.projectUid ?? '');
	return await jsonOn(avala, { resource: 'qualityTarget', operation, projectId, ...parameters });
};
const TARGET = { name: 'Few rejections', metric: 'rejection_rate', threshold: 0.1 };

inEachWireFormat(() => {
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
		const items = await run('evaluate');
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
