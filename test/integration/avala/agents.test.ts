import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import type { Setup } from '../../support/resources';
import { byId, failureOf, runOn, searchOn } from '../../support/resources';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => {
	avala.configure({ wireFormat: 'newer', executionsAre: 'pages' });
	avala.reset();
});

const run = async (resource: string, operation: string, parameters: object, setup: Setup = {}) => {
	const all = { resource, operation, ...parameters } as INodeParameters;
	return (await runOn(avala, all, setup)).map(({ json }) => json);
};
const agentId = () => byId(avala.all('agents')[0]?.uid ?? '');
const pending = () => avala.all('executions').filter(({ status }) => status === 'pending');
const decide = async (parameters: object) =>
	await run('agentExecution', 'decide', { executionId: pending()[0]?.uid, ...parameters });

describe.each(['guide', 'older', 'newer'] as const)('in the %s wire format', (wireFormat) => {
	beforeEach(() => {
		avala.wireFormat = wireFormat;
		avala.reset();
	});

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

	it('is deleted, and is unknown from then on', async () => {
		const parameters = { agentId: agentId() };
		expect(await run('agent', 'delete', parameters)).toEqual([{ deleted: true }]);
		const { message } = await failureOf(run('agent', 'delete', parameters));
		expect(message).toContain(`Avala does not know agent ${parameters.agentId.value as string}.`);
	});

	it('of an event that Avala has no agents for is refused by name', async () => {
		const parameters = { name: 'Chat', events: '={{ ["task.created"] }}' };
		expect((await failureOf(run('agent', 'create', parameters))).message).toContain(
			"Avala did not accept 'events'",
		);
	});
});

describe('the executions of an agent', () => {
	it('may come as a list instead of pages', async () => {
		avala.configure({ executionsAre: 'list' });
		const filters = { status: 'pending' };
		const found = await run('agentExecution', 'getAll', { agentId: agentId(), filters });
		expect(found.map(({ uid }) => uid)).toEqual(pending().map(({ uid }) => uid));
	});

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

	it.each(['all', ['all'], ['Any']])(
		'of all types of tasks are listed for %j',
		async (taskTypes) => {
			const all = await run('agentExecution', 'getAll', { agentId: agentId() });
			const filtered = { agentId: agentId(), filters: { taskTypes } };
			expect(all.length).toBeGreaterThan(0);
			expect(await run('agentExecution', 'getAll', filtered)).toEqual(all);
		},
	);

	it('come with a hint where nothing is of a type that Avala does not document', async () => {
		const hints: string[] = [];
		const filters = { taskTypes: ['image'] };
		await run('agentExecution', 'getAll', { agentId: agentId(), filters }, { hints });
		expect(hints).toEqual([
			expect.stringMatching(
				/'Task Types' "image", which Avala does not document.*image-annotation/,
			),
		]);
	});

	it('of an unknown agent are an error that names it', async () => {
		const getting = run('agentExecution', 'getAll', { agentId: byId('agent_none') });
		expect((await failureOf(getting)).message).toContain(
			'Avala does not know the executions of agent agent_none.',
		);
	});
});

describe('a decision', () => {
	it.each(['approve', 'reject'])('to %s needs no reason', async (decision) => {
		const [execution] = pending();
		await decide({ decision, reason: ' ' });
		const stored = avala.all('executions').find(({ uid }) => uid === execution?.uid);
		expect(stored).toMatchObject({ action: decision, response_payload: { action: decision } });
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

	it('on an unknown execution is an error that names the field', async () => {
		const { message } = await failureOf(decide({ executionId: 'exec_none', decision: 'flag' }));
		expect(message).toMatch(/Avala did not accept 'execution'.*exec_none/);
	});

	it('that Avala says it did not take is an error with its words', async () => {
		avala.fault({
			method: 'POST',
			status: 200,
			body: { success: false, error: 'Decided by someone else.' },
		});
		const { message } = await failureOf(decide({ decision: 'approve' }));
		expect(message).toMatch(/^Avala did not take the decision on execution .*Decided by someone/);
	});

	it('that Avala confirms with a text is taken', async () => {
		avala.fault({ method: 'POST', status: 200, body: 'OK' });
		expect(await decide({ executionId: 'exec_1', decision: 'skip' })).toMatchObject([
			{ success: true },
		]);
	});

	it('that is not understood is refused by name before a request leaves', async () => {
		for (const [parameters, name] of [
			[{ decision: '={{ "accept" }}' }, 'Decision'],
			[{ decision: 'approve', reason: '={{ ["loose"] }}' }, 'Reason'],
			[{ decision: 'approve', executionId: '={{ "" }}' }, 'Execution ID'],
			[{ decision: 'approve', executionId: '../agents' }, 'Execution ID'],
		] as const) {
			expect((await failureOf(decide(parameters))).message).toContain(`'${name}'`);
		}
		expect(avala.requests()).toEqual([]);
	});
});
