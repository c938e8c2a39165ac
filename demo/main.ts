import { Listr } from 'listr2';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { installN8n } from '../harness/install';
import type { LocalPorts } from '../harness/localRun';
import {
	assertPortsFree,
	describeAddresses,
	interruptSignal,
	messageOf,
	parsePorts,
	PORT_OPTIONS,
	PORT_USAGE,
	untilAborted,
} from '../harness/localRun';
import { packPackage, TEMPORARY } from '../harness/pack';
import { Stage } from '../harness/stage';
import type { N8nVersion } from '../harness/versions';
import { NEWEST_N8N, parseVersion } from '../harness/versions';
import { AVALA_RATE_LIMIT } from '../sandbox';
import type { DemoWorkflow } from './demo';
import { publishWorkflows, showEvents, showRecovery } from './demo';

/** Where workflows may save files. */
const FILES = path.join(TEMPORARY, 'demo', 'files');

const USAGE = `Starts a real n8n with these nodes and a sandbox that stands in for Avala, and runs two workflows.

npm run demo -- [options]
  --once              exit when the workflows have run
  --n8n ${NEWEST_N8N}        version of n8n
${PORT_USAGE}
`;

interface CommandLine {
	version: N8nVersion;
	ports: LocalPorts;
	once: boolean;
	help: boolean;
}

/** @throws when an option is unknown or has a wrong value */
function readCommandLine(): CommandLine {
	const { values } = parseArgs({
		options: {
			once: { type: 'boolean', default: false },
			n8n: { type: 'string', default: NEWEST_N8N },
			help: { type: 'boolean', short: 'h', default: false },
			...PORT_OPTIONS,
		},
	});
	const { n8n, once, help } = values;
	return { version: parseVersion(n8n), ports: parsePorts(values), once, help };
}

async function main(): Promise<void> {
	let commandLine: CommandLine;
	try {
		commandLine = readCommandLine();
	} catch (error) {
		console.error(`${messageOf(error)}\n\n${USAGE}`);
		process.exitCode = 1;
		return;
	}
	const { version, ports, once, help } = commandLine;
	if (help) {
		console.log(USAGE);
		return;
	}

	const signal = interruptSignal();
	let tarball = '';
	let stage: Stage | undefined;
	let workflows: DemoWorkflow[] = [];
	let report = '';
	const step = (title: string, work: (tell: (line: string) => void) => Promise<void>) => ({
		title,
		rendererOptions: { outputBar: 1 },
		task: async (_context: unknown, task: { output: string }) => {
			signal.throwIfAborted();
			await work((line) => (task.output = line));
		},
	});
	/** @throws when an earlier step was skipped */
	const started = (): Stage => {
		if (stage) return stage;
		throw new Error('n8n is not running.');
	};
	const steps = new Listr(
		[
			step('Check the ports', async () => await assertPortsFree(ports)),
			step('Build and pack the package', async () => {
				tarball = await packPackage(signal);
			}),
			step(
				`Install n8n ${version} (takes some minutes and 3 GB the first time)`,
				async (tell) => await installN8n(version, tell, signal),
			),
			step(`Start the sandbox and n8n ${version} with the package`, async (tell) => {
				mkdirSync(FILES, { recursive: true });
				stage = await Stage.open({
					version,
					tarball,
					env: { N8N_RESTRICT_FILE_ACCESS_TO: FILES },
					userFolder: path.join(TEMPORARY, 'demo', version),
					ports,
					sandbox: { port: ports.avala, rateLimit: AVALA_RATE_LIMIT },
					signal,
					onProgress: tell,
				});
			}),
			step('Create and publish the workflows', async () => {
				workflows = await publishWorkflows(started());
			}),
			step('Complete a task, finish an export, forge an event, miss two', async () => {
				report = await showEvents(started(), workflows);
				report += `\n${await showRecovery(started(), workflows)}`;
			}),
		],
		{ registerSignalListeners: false },
	);

	try {
		await steps.run();
		console.log(report);
		if (!once) {
			console.log(`\nFiles       ${FILES}`);
			console.log('  Workflows may save files there.\n');
			console.log(`https       ${started().front.url}`);
			console.log("  Open it once and accept its certificate if you use n8n's chat or forms.\n");
			console.log(describeAddresses(started()));
			await untilAborted(signal);
		}
	} catch (error) {
		if (!signal.aborted) console.error(`\n${messageOf(error)}`);
		if (once || !signal.aborted) process.exitCode = 1;
	} finally {
		if (stage) {
			await stage.client.deactivateAll().catch((error) => console.error(messageOf(error)));
			const left = stage.avala.webhooks().length;
			await stage.close();
			console.log(`Everything is stopped. Webhooks left in Avala: ${left}.`);
		}
	}
	process.exit();
}

void main();
