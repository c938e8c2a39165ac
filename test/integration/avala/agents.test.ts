import type { Sandbox } from '../../../sandbox';
import { byId, failureOf, jsonOn, searchOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
const inEachWireFormat = useSandbox((started) => (avala = started));

const run = async (resource: string, operation: string, parameters: object) =>
	await jsonOn(avala, { resource, operation, ...parameters });
const agentId = () => byId(avala.all('agents')[0]?.uid ?? '');
const pending = () => avala.all('executions').filter(({ status }) => status === 'pending');
const decide = async (parameters: object) =>
	await run('agentExecution', 'decide', { executionId: pending()[0]?.uid, ...parameters });

inEachWireFormat(() => {
	it('an agent is asked about an event, and decides on it', async () => {
		const project = avala.projects()[0]?.uid ?? '';
		const [agent] = await run('agent', 'create', {
			name: 'Second look',
			events: ['result.submitted'],
			additionalFields: { projectId: byId(project), taskTypes: ['image-annotation'] },
		});
		expect(agent).toMatchObject({ project, task_types: ['image-annotation'], is_active: true });
		avala.addTask({ uid: 'task_1', project, type: 'image-annotation' });
		avala.emit('result.submitted', { task_uid: 'task_1' });

		const filters = { status: 'pending', projectId: byId(project) };
		const parameters = { agentId: byId(String(agent?.uid)), filters };
		const [execution] = await run('agentExecution', 'getAll', parameters);
		expect(execution).toMatchObject({
			task: 'task_1',
			event_payload: { task_uid: 'task_1', result_data: [{ label: 'car' }] },
		});
		const executionId = execution?.uid;
		const reject = { executionId, decision: 'reject', reason: 'The box is loose.' };
		expect(await run('agentExecution', 'decide', reject)).toEqual([
			{ executionId, decision: 'reject', success: true, status: 'ok' },
		]);
		expect(avala.all('executions')[0]).toMatchObject({
			action: 'reject',
			response_payload: { reason: 'The box is loose.' },
		});
	});
});

describe('an agent', () => {
	it('never shows its secret', async () => {
		const [agent] = avala.all('agents');
		const given = [
			...(await run('agent', 'create', { name: 'Chat', events: ['Task Completed'] })),
			...(await run('agent', 'getAll', { simplify: false })),
		];
		expect(given).toHaveLength(3);
		expect(given[0]).toMatchObject({ events: ['task.completed'] });
		expect(JSON.stringify(given)).not.toMatch(/secret/);
		expect(agent?.secret).toMatch(/./);
	});

	it('is offered by name in the list of the editor, and marked when it is inactive', async () => {
		avala.add('agents', { name: 'Chat review', is_active: false });
		const names = (await searchOn(avala, 'searchAgents')).map(({ name }) => name);
		expect(names).toEqual(['Chat review (inactive)', 'Second look']);
		expect(await searchOn(avala, 'searchAgents', 'CHAT')).toHaveLength(1);
	});
});

describe('the executions of an agent', () => {
	it('are filtered by the node where the server does not do it', async () => {
		const event = (project_uid: string, task_type: string) => ({
			event_payload: { project_uid, task_type },
		});
		const results = [
			{ uid: 'e1', status: 'pending', ...event('p1', 'image-annotation') },
			{ uid: 'e2', status: 'success', ...event('p1', 'image-annotation') },
			{ uid: 'e3', status: 'pending', ...event('p2', 'image-annotation') },
			{ uid: 'e4', status: 'pending', ...event('p1', 'video-annotation') },
			{ uid: 'e5' },
		];
		avala.fault({ status: 200, body: results });
		const found = await run('agentExecution', 'getAll', {
			agentId: agentId(),
			filters: { status: 'pending', projectId: byId('p1'), taskTypes: ['image-annotation'] },
		});
		expect(found.map(({ uid }) => uid)).toEqual(['e1', 'e5']);
		const { searchParams } = new URL(avala.requests()[0]?.path ?? '', avala.url);
		expect(Object.fromEntries(searchParams)).toMatchObject({
			status: 'pending',
			project: 'p1',
			task_types: 'image-annotation',
		});
	});

	it('of all types of tasks are listed for a list that says "Any"', async () => {
		const all = await run('agentExecution', 'getAll', { agentId: agentId() });
		const filtered = { agentId: agentId(), filters: { taskTypes: ['Any'] } };
		expect(all.length).toBeGreaterThan(0);
		expect(await run('agentExecution', 'getAll', filtered)).toEqual(all);
	});
});

describe('a decision', () => {
	it('needs no reason', async () => {
		const [execution] = pending();
		await decide({ decision: 'approve', reason: ' ' });
		const stored = avala.all('executions').find(({ uid }) => uid === execution?.uid);
		expect(stored).toMatchObject({ action: 'approve', response_payload: { action: 'approve' } });
		expect(stored?.response_payload).not.toHaveProperty('reason');
	});

	it('is never sent again when its response is lost: the error says that it may have been taken', async () => {
		const { uid } = pending()[0] ?? {};
		avala.fault({ method: 'POST', times: 1, resetAfterHandling: true });
		const { message } = await failureOf(decide({ decision: 'approve' }));
		expect(message).toContain(`No response from ${new URL(avala.url).host} about execution ${uid}`);
		expect(message).toMatch(/may have done what was asked.*look at execution/);
		expect(avala.all('executions').filter(({ action }) => action === 'approve')).toHaveLength(2);
		const again = await failureOf(decide({ executionId: uid, decision: 'approve' }));
		expect(again.message).toContain(`Avala reports a conflict for execution ${uid}.`);
	});

	it.each([204, 200])('counts when Avala confirms it with %s and says nothing', async (status) => {
		avala.fault({ method: 'POST', status, body: '' });
		expect(await decide({ executionId: 'exec_1', decision: 'skip' })).toEqual([
			{ executionId: 'exec_1', decision: 'skip', success: true },
		]);
	});

	it('is given as it was sent, whatever Avala says under the same names', async () => {
		const body = { decision: 'none', executionId: 7, queue: 'review', secret: 's' };
		avala.fault({ method: 'POST', status: 200, body });
		expect(await decide({ executionId: 'exec_1', decision: 'Flag' })).toEqual([
			{ executionId: 'exec_1', decision: 'flag', success: true, queue: 'review' },
		]);
	});

	it('that Avala says it did not take is an error with its words', async () => {
		const body = { success: false, error: 'Decided by someone else.' };
		avala.fault({ method: 'POST', status: 200, body });
		const { message } = await failureOf(decide({ decision: 'approve' }));
		expect(message).toMatch(/^Avala did not take the decision on execution .*Decided by someone/);
	});

	it('that Avala confirms with a text is taken', async () => {
		avala.fault({ method: 'POST', status: 200, body: 'OK' });
		expect(await decide({ executionId: 'exec_1', decision: 'skip' })).toMatchObject([
			{ success: true },
		]);
	});
});
