/** Runs a suite that needs a real n8n: installs n8n if needed, packs the package, and starts Jest with both (see suite.ts). */
import { Command } from 'commander';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { installN8n } from './install';
import { packPackage, ROOT } from './pack';
import type { N8nVersion } from './versions';
import { n8nOption } from './versions';

async function main(): Promise<void> {
	const program = new Command('npm run test:e2e --')
		.description('Runs tests in a real n8n. Other arguments go to Jest, such as -t "restart".')
		.argument('<suite>', 'e2e, browser or resilience; the npm script gives it')
		.addOption(n8nOption())
		.allowUnknownOption()
		.allowExcessArguments()
		.parse();
	const { n8n } = program.opts<{ n8n: N8nVersion }>();
	const [suite = '', ...others] = program.args;
	await installN8n(n8n, console.log);
	const tarball = await packPackage(console.log);
	console.log(`Testing with n8n ${n8n}`);
	const bin = require.resolve('jest/bin/jest');
	// Its files wait most of the time; the other suites measure, or start several processes of n8n for each test.
	const workers = suite === 'e2e' ? '--maxWorkers=2' : '--runInBand';
	const jest = spawn(process.execPath, [bin, '--selectProjects', suite, workers, ...others], {
		cwd: ROOT,
		stdio: 'inherit',
		env: { ...process.env, TEST_N8N_VERSION: n8n, TEST_PACKAGE: tarball },
	});
	const [code] = (await once(jest, 'exit')) as [number | null];
	process.exitCode = code ?? 1;
}

void main();
