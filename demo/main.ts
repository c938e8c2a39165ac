import { Listr } from 'listr2';
import { parseArgs } from 'node:util';

import { OWNER } from '../harness/client';
import { installN8n } from '../harness/install';
import { packPackage } from '../harness/pack';
import { assertFree } from '../harness/ports';
import type { N8nVersion } from '../harness/versions';
import { NEWEST_N8N, parseVersion } from '../harness/versions';
import { Demo } from './demo';

const USAGE = `Shows the whole thing at work: a real n8n with these nodes, and a sandbox that stands in for Avala.

npm run demo -- [options]
  --once              end by itself when the two workflows have run
  --n8n ${NEWEST_N8N}        version of n8n
  --n8n-port 5678     port of the n8n editor
  --front-port 8443   port of the https address of n8n, which the sandbox delivers to
  --avala-port 4010   port of the sandbox
`;

interface Choices {
	version: N8nVersion;
	ports: { n8n: number; front: number; avala: number };
	once: boolean;
	help: boolean;
}

/** @throws when the command line says what the demo does not know */
function readCommandLine(): Choices {
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
	const portOf = (option: 'n8n-port' | 'front-port' | 'avala-port') => {
		const port = Number(values[option]);
		if (Number.isInteger(port) && port > 0 && port < 65536) return port;
		throw new Error(`--${option} ${values[option]} is no port: choose a number from 1 to 65535.`);
	};
	return {
		version: parseVersion(values.n8n),
		ports: { n8n: portOf('n8n-port'), front: portOf('front-port'), avala: portOf('avala-port') },
		once: values.once,
		help: values.help,
	};
}

async function main(): Promise<void> {
	let choices: Choices;
	try {
		choices = readCommandLine();
	} catch (error) {
		console.error(`${messageOf(error)}\n\n${USAGE}`);
		process.exitCode = 1;
		return;
	}
	const { version, ports, once, help } = choices;
	if (help) {
		console.log(USAGE);
		return;
	}

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
		if (!once) {
			console.log(`
n8n editor   ${demo.editorUrl}   login ${OWNER.email}, password ${OWNER.password}
Avala        ${demo.consoleUrl}   press "Complete a task" and look at the executions in n8n

Ctrl-C takes everything down and the webhooks away.`);
			await interrupted;
		}
	} catch (error) {
		if (once || !(error instanceof Interrupted)) {
			console.error(`\n${messageOf(error)}`);
			process.exitCode = 1;
		}
	} finally {
		// The step that was under way has to end before what it started can be taken down.
		await running.catch(() => {});
		const left = await demo.takeDown();
		if (left !== undefined) console.log(`Everything is down. Webhooks left at Avala: ${left}.`);
	}
	process.exit();
}

class Interrupted extends Error {}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

void main();
