import { Command } from 'commander';
import { Listr } from 'listr2';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { installN8n } from '../harness/install';
import type { LocalPorts } from '../harness/localRun';
import {
	assertPortsFree,
	describeAddresses,
	interruptSignal,
	messageOf,
	untilAborted,
	withPorts,
} from '../harness/localRun';
import { packPackage, TEMPORARY } from '../harness/pack';
import type { Tell } from '../harness/progress';
import { Stage } from '../harness/stage';
import type { N8nVersion } from '../harness/versions';
import { n8nOption } from '../harness/versions';
import { AVALA_RATE_LIMIT } from '../sandbox';
import type { DemoWorkflow } from './demo';
import { publishWorkflows, showEvents, showRecovery } from './demo';

/** Where workflows may save files. */
const FILES = path.join(TEMPORARY, 'demo', 'files');

interface Options extends LocalPorts {
	n8n: N8nVersion;
	once: boolean;
}

async function main(): Promise<void> {
	const command = new Command('npm run demo --')
		.description(
			'Starts a real n8n with these nodes and a sandbox that stands in for Avala, and runs two workflows.',
		)
		.option('--once', 'exit when the workflows have run', false)
		.addOption(n8nOption());
	const { n8n: version, once, ...ports } = withPorts(command).parse().opts<Options>();

	const signal = interruptSignal();
	let tarball = '';
	let stage: Stage | undefined;
	let workflows: DemoWorkflow[] = [];
	let report = '';
	const step = (title: string, work: (tell: Tell) => Promise<void>) => ({
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
			step('Build and pack the package', async (tell) => {
				tarball = await packPackage(tell, signal);
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
					sandbox: { port: ports.avalaPort, rateLimit: AVALA_RATE_LIMIT },
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
