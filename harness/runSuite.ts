/**
 * Runs a suite that needs a real n8n: installs the pinned n8n if needed, packs the package, and starts
 * jest with both (see suite.ts). `--n8n` selects the version, `--suite` the jest project; other
 * arguments go to jest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

import { installN8n } from './install';
import { packPackage, ROOT } from './pack';
import { NEWEST_N8N, parseVersion } from './versions';

async function main(): Promise<void> {
	const { values, tokens } = parseArgs({
		options: {
			n8n: { type: 'string', default: NEWEST_N8N },
			suite: { type: 'string', default: 'e2e' },
		},
		allowPositionals: true,
		strict: false,
		tokens: true,
	});
	const version = parseVersion(String(values.n8n));
	await installN8n(version, (line) => console.log(line));
	console.log(`Testing with n8n ${version}`);

	const own = new Set(
		tokens.flatMap((token) =>
			token.kind === 'option' && ['n8n', 'suite'].includes(token.name)
				? [token.index, ...(token.inlineValue ? [] : [token.index + 1])]
				: [],
		),
	);
	const others = process.argv.slice(2).filter((_, index) => !own.has(index));
	const jest = spawn(
		process.execPath,
		[
			require.resolve('jest/bin/jest'),
			'--selectProjects',
			String(values.suite),
			'--runInBand',
			...others,
		],
		{
			cwd: ROOT,
			stdio: 'inherit',
			env: { ...process.env, TEST_N8N_VERSION: version, TEST_PACKAGE: await packPackage() },
		},
	);
	const [code] = (await once(jest, 'exit')) as [number | null];
	process.exitCode = code ?? 1;
}

void main();
