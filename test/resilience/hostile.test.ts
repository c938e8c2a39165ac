import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { inParallel } from '../../harness/waiting';
import { webhookNode, workflowOf } from '../../harness/workflows';
import { tell } from './load';
import { hostileRequest, sender } from './requests';

jest.setTimeout(900_000);

const REQUESTS = Number(process.env.TEST_HOSTILE_REQUESTS ?? 100_000);
const CONNECTIONS = 24;
/** n8n has compiled and cached what it needs by then. */
const WARM_UP = REQUESTS / 10;
/** n8n responds within this time or not at all. */
const XML_WAIT_MS = 3_000;
const MEMORY_MARGIN_MB = 100;
const MEMORY_LIMIT_MS = 90_000;

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' } });
});
afterAll(async () => await stage?.close());

function memoryMb(): number {
	const status = readFileSync(`/proc/${stage.n8n.pid}/status`, 'utf8');
	return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

it(`none of ${REQUESTS.toLocaleString('en')} hostile requests starts an execution in n8n ${version}; each gets a response, the process stays up and its memory returns`, async () => {
	const workflow = await stage.createTriggerWorkflow();
	await stage.client.activate(workflow.id);
	const [webhook] = stage.avala.webhooks();
	if (!webhook) throw new Error('No webhook was registered.');
	const url = stage.localUrl(webhook.targetUrl);

	const statuses: Record<number, number> = {};
	const faults: Record<string, number> = {};
	const http = sender(CONNECTIONS);
	const startedAt = Date.now();
	let done = 0;
	let warmMb = 0;
	let mostMb = 0;
	await inParallel(REQUESTS, CONNECTIONS, async (index) => {
		const hostile = hostileRequest(index, webhook.secret);
		const outcome = await http.send(url, hostile).catch((error: Error) => error.message);
		if (typeof outcome === 'number') statuses[outcome] = (statuses[outcome] ?? 0) + 1;
		if (typeof outcome !== 'number' || (outcome >= 500 && !hostile.failsInN8n)) {
			const fault = `${outcome}: ${hostile.method} ${hostile.kind}, ${String(hostile.headers['content-type'])} ${hostile.suffix}`;
			faults[fault] = (faults[fault] ?? 0) + 1;
		}
		done += 1;
		if (done === WARM_UP) warmMb = memoryMb();
		if (done % WARM_UP !== 0) return;
		mostMb = Math.max(mostMb, memoryMb());
		const seconds = Math.round((Date.now() - startedAt) / 1000);
		tell(`${done} of ${REQUESTS} after ${seconds} s, ${memoryMb()} MB ${JSON.stringify(statuses)}`);
	});
	http.close();

	expect(faults).toEqual({});
	expect(await stage.client.executions(workflow.id)).toEqual([]);

	const limit = Date.now() + MEMORY_LIMIT_MS;
	while (memoryMb() > warmMb + MEMORY_MARGIN_MB && Date.now() < limit) await wait(1000);
	tell(`Memory: ${warmMb} MB after ${WARM_UP}, ${mostMb} MB at most, ${memoryMb()} MB at the end`);
	expect(memoryMb()).toBeLessThanOrEqual(warmMb + MEMORY_MARGIN_MB);

	// The trigger still accepts what Avala sends.
	await stage.execute(workflow.id);
	expect(await stage.client.executions(workflow.id)).toHaveLength(1);
	await stage.client.deactivate(workflow.id);
});

it('what n8n cannot read for itself it refuses, or never responds to, whatever the node: n8n’s own Webhook shows the same', async () => {
	const path = randomUUID();
	const own = await stage.client.createWorkflow(workflowOf('Webhook', [webhookNode(path)]));
	const ours = await stage.createTriggerWorkflow();
	await stage.client.activate(own.id);
	await stage.client.activate(ours.id);
	const [webhook] = stage.avala.webhooks();
	for (const [url, wellFormedGets] of [
		[stage.localUrl(webhook?.targetUrl ?? ''), 401],
		[`${stage.n8n.url}/webhook/${path}`, 200],
	] as const) {
		const post = async (headers: Record<string, string>, body: string) => {
			const signal = AbortSignal.timeout(XML_WAIT_MS);
			return await fetch(url, { method: 'POST', headers, body, signal }).then(
				({ status }) => status,
				() => 'no response',
			);
		};
		const compressed = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
		expect(await post(compressed, 'neither')).toBe(500);
		const outcomes = [];
		for (const body of ['<a>1</a>', 'neither', '<a>1</a>', '<a>', 'neither', '<a>1</a>'])
			outcomes.push(await post({ 'content-type': 'text/xml' }, body));
		tell(`XML, well-formed and not: ${outcomes.join(', ')}`);
		expect([wellFormedGets, 422, 'no response']).toEqual(expect.arrayContaining(outcomes));
	}
	expect(await stage.client.executions(ours.id)).toEqual([]);
	await stage.execute(ours.id);
	for (const { id } of [own, ours]) await stage.client.deactivate(id);
});
