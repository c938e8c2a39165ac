import { Listr } from 'listr2';
import { parseArgs } from 'node:util';

import { OWNER } from '../n8n/client';
import { installN8n } from '../n8n/install';
import { packPackage } from '../n8n/pack';
import { assertFree } from '../n8n/ports';
import { NEWEST_N8N, parseVersion } from '../n8n/versions';
import { Demo } from './demo';

const USAGE = `Shows the whole thing at work: a real n8n with these nodes, and a sandbox that stands in for Avala.

npm run demo -- [options]
  --once              end by itself when the two workflows have run
  --n8n ${NEWEST_N8N}        version of n8n
  --n8n-port 5678     port of the n8n editor
  --front-port 8443   port of the https address of n8n, which the sandbox delivers to
  --avala-port 4010   port of the sandbox
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			once: { type: 'boolean', default: false },
			n8n: { type: 'string', default: NEWEST_N8N },
			'n8n-port': { type: 'string', default: '5678' },
			'front-port': { type: 'string', default: '8443' },
			'avala-port': { type: 'string', default: '4010' },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const version = parseVersion(values.n8n);
	const ports = {
		n8n: Number(values['n8n-port']),
		front: Number(values['front-port']),
		avala: Number(values['avala-port']),
	};

	const interrupt = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort());
	const interrupted = new Promise<never>((_, reject) => {
		interrupt.signal.addEventListener('abort', () => reject(new Interrupted('Ended by Ctrl-C.')));
	});
	interrupted.catch(() => {});

	const demo = new Demo(version, ports);
	let tarball = '';
	const step = (title: string, work: (tell: (line: string) => void) => Promise<void>) => ({
		title,
		rendererOptions: { outputBar: 1 },
		task: async (_context: unknown, task: { output: string }) => {
			interrupt.signal.throwIfAborted();
			await work((line) => (task.output = line));
		},
	});
	const steps = new Listr(
		[
			step('Ports are free', async () => {
				await assertFree(ports.n8n, 'n8n', '--n8n-port');
				await assertFree(ports.front, 'the https address of n8n', '--front-port');
				await assertFree(ports.avala, 'the sandbox', '--avala-port');
			}),
			step('Build and pack the package', async () => {
				tarball = await packPackage(interrupt.signal);
			}),
			step(
				`Install n8n ${version} (some minutes and 3 GB the first time)`,
				async (tell) => await installN8n(version, tell, interrupt.signal),
			),
			step('Start the sandbox', async () => await demo.startAvala()),
			step(
				`Start n8n ${version} with the package`,
				async () => await demo.startN8n(tarball, interrupt.signal),
			),
			step('Make the account, the credential and two workflows', async () => await demo.setUp()),
			step('Activate the workflows', async () => await demo.activate()),
			step('Complete a task, finish an export', async () => await demo.letThingsHappen()),
		],
		{ registerSignalListeners: false },
	);
	const running = steps.run();

	try {
		await Promise.race([running, interrupted]);
		console.log(demo.report());
		if (!values.once) {
			console.log(`
n8n editor   ${demo.editorUrl}   login ${OWNER.email}, password ${OWNER.password}
Avala        ${demo.consoleUrl}   press "Complete a task" and look at the executions in n8n

Ctrl-C takes everything down and the webhooks away.`);
			await interrupted;
		}
	} catch (error) {
		if (!(error instanceof Interrupted)) {
			console.error(`\n${error instanceof Error ? error.message : String(error)}`);
			process.exitCode = 1;
		} else if (values.once) process.exitCode = 1;
	} finally {
		// The step that was under way has to end before what it started can be taken down.
		await running.catch(() => {});
		const left = await demo.takeDown();
		if (left !== undefined) console.log(`Everything is down. Webhooks left at Avala: ${left}.`);
	}
	process.exit();
}

class Interrupted extends Error {}

void main();
