import type { DemoWorkflow } from '../../demo/demo';
import { publishWorkflows, showEvents, showRecovery } from '../../demo/demo';
import { N8nClient } from '../../harness/client';
import { describeAddresses } from '../../harness/localRun';
import type { Json } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { untilTrue } from '../../harness/waiting';
import type { WireFormat } from '../../sandbox';

jest.setTimeout(300_000);

let stage: Stage;
let workflows: DemoWorkflow[];
beforeAll(async () => {
	stage = await openStage();
	workflows = await publishWorkflows(stage);
});
afterAll(async () => await stage?.close());

/** The text that stands behind this label. */
function printed(text: string, label: string): string {
	const [, found] = new RegExp(`${label} +(.+)`).exec(text) ?? [];
	if (found !== undefined) return found;
	throw new Error(`${label} is not in:\n${text}`);
}

/** The JSON that is printed indented, one object after the other. */
function printedJson(text: string): Json[] {
	const objects = [...text.matchAll(/^ {4}\{\n[^]*?^ {4}\}$/gm)];
	return objects.map(([json]) => JSON.parse(json) as Json);
}

describe(`the demo in n8n ${version}`, () => {
	it('prints the webhooks, the events with what came of them, the size of the file, and the forgery', async () => {
		const report = await showEvents(stage, workflows);
		const webhooks = stage.avala.webhooks();
		expect(webhooks).toHaveLength(2);
		for (const { uid, events, targetUrl } of webhooks) {
			expect(report).toContain(`✔ Webhook registered    ${uid} for ${events.join(', ')}`);
			expect(report).toContain(`\n  ${targetUrl}`);
		}
		for (const { event } of stage.avala.deliveries())
			expect(report).toContain(`✔ Event sent            ${event.type} ${event.id}`);
		for (const { name } of workflows) expect(report).toContain(`of "${name}"`);
		expect(report).toContain('n8n responded 200: {"received":true,"started":true}');

		const [entry] = stage.avala.exports();
		const [task] = stage.avala
			.tasks()
			.filter(({ status }) => status === 'completed')
			.slice(-1);
		expect(printedJson(report)).toEqual([
			{ message: expect.stringContaining('task.completed: '), project: task?.project },
			expect.objectContaining({ uid: entry?.uid, state: 'ready' }),
		]);
		const file = await fetch(`${stage.avala.url}/files/${entry?.uid}.json`, {
			headers: { 'x-avala-api-key': stage.avala.apiKey },
		});
		const { byteLength } = await file.arrayBuffer();
		expect(byteLength).toBeGreaterThan(100);
		expect(printed(report, 'Export downloaded')).toBe(
			`${entry?.uid}.json, ${byteLength} bytes arrived`,
		);
		expect(printed(report, 'Forgery rejected')).toMatch(/^n8n responded 401 /);
	});

	it('starts a workflow by each button of the sandbox’s console, and it succeeds', async () => {
		const { client, avala } = stage;
		const script = await (await fetch(`${avala.url}/console.js`)).text();
		const types = [...script.matchAll(/^\t\['([a-z.]+)', '[^']+'\],$/gm)].map(([, type]) => type);
		expect(types).toHaveLength(8);
		const executionIds = async () => {
			const lists = await Promise.all(workflows.map(async ({ id }) => await client.executions(id)));
			return lists.flat().map(({ id }) => id);
		};
		const before = await executionIds();
		for (const type of types) {
			const body = JSON.stringify({ type });
			const headers = { 'content-type': 'application/json' };
			await fetch(`${avala.url}/sandbox/events`, { method: 'POST', headers, body });
		}
		await untilTrue(async () => (await executionIds()).length === before.length + types.length);
		const started = (await executionIds()).filter((id) => !before.includes(id));
		const events = await Promise.all(
			started.map(async (id) => (await client.result(id))['Avala Trigger']?.[0]?.type),
		);
		expect(events.sort()).toEqual([...types].sort());
	});

	it('starts the workflow by itself with what was missed, whole where Avala’s deliveries contain it', async () => {
		const { avala } = stage;
		const report = await showRecovery(stage, workflows);
		const [second, first] = avala.deliveries().filter(({ status }) => status === 'failed');
		const missed = [first, second].map((delivery) => delivery?.event.data);
		const lines = report.match(/✔ Event missed.+/g)?.map((line) => printed(line, 'Event missed'));
		expect(lines).toEqual(
			missed.map((data) => expect.stringContaining(`task.completed ${String(data?.uid)}: `)),
		);
		expect(printedJson(report)).toEqual([
			{ message: expect.stringMatching(/^task\.completed was missed at 20.+Z\./), project: null },
			{
				message: `task.completed: ${String(missed[1]?.name)} (recovered)`,
				project: missed[1]?.project,
			},
		]);
		expect(avala.webhooks().map(({ isActive }) => isActive)).toEqual([true, true]);
		expect(avala.wireFormat).toBe('guide');
	});

	it.each<WireFormat>(['guide', 'older', 'newer'])(
		'does the same for whoever follows its advice in the console (%s)',
		async (wireFormat) => {
			const { avala, client } = stage;
			avala.wireFormat = wireFormat;
			const [id = ''] = workflows.map((workflow) => workflow.id);
			const command = async (name: string, body = {}) => {
				const headers = { 'content-type': 'application/json' };
				const init = { method: 'POST', headers, body: JSON.stringify(body) };
				return await fetch(`${avala.url}/sandbox/${name}`, init);
			};
			const before = (await client.executions(id)).length;
			await command('settings', { deliveriesFail: true });
			await command('events', { type: 'task.completed' });
			await command('retries');
			await command('settings', { deliveriesFail: false });
			const executions = await client.untilExecuted(id, before + 1);
			const result = await client.result(executions[0]?.id ?? '');
			expect(result['Say What Happened']).toMatchObject([
				{
					message: expect.stringMatching(wireFormat === 'guide' ? /was missed/ : /\(recovered\)$/),
				},
			]);
			await command('events', { type: 'task.completed' });
			await client.untilExecuted(id, before + 2);
		},
	);

	it('prints addresses, a login, a base URL and a key that work', async () => {
		const text = describeAddresses(stage);
		const editor = await fetch(printed(text, 'n8n'));
		expect(await editor.text()).toContain('<title>n8n');
		const login = {
			emailOrLdapLoginId: printed(text, 'Email'),
			password: printed(text, 'Password'),
		};
		const user = await new N8nClient(stage.n8n.url).call('POST', '/rest/login', login);
		expect(user).toMatchObject({ email: login.emailOrLdapLoginId });
		const console = await fetch(printed(text, 'Sandbox'));
		expect(await console.text()).toContain('<title>Avala sandbox');
		const webhooks = await fetch(`${printed(text, 'Base URL')}/webhooks/`, {
			headers: { 'x-avala-api-key': printed(text, 'API key') },
		});
		expect(webhooks.status).toBe(200);
	});
});
