import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import type { Tell } from './progress';
import { telling } from './progress';
import type { N8nVersion } from './versions';
import { folderOf } from './versions';

/**
 * Installs the pinned n8n as its lock file says, unless that was done: takes some minutes and 3 GB the first time.
 *
 * @param tell called with a line at the start and every five seconds
 * @param signal ends the installation, then this throws
 */
export async function installN8n(
	version: N8nVersion,
	tell: Tell = () => {},
	signal?: AbortSignal,
): Promise<void> {
	const folder = folderOf(version);
	const lock = readFileSync(path.join(folder, 'package-lock.json'));
	const wanted = createHash('sha256').update(lock).digest('hex');
	// Written last, so that an interrupted installation starts over.
	const marker = path.join(folder, 'node_modules', '.installed');
	if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;

	tell(`Installing n8n ${version}: takes some minutes and 3 GB`);
	const { packages } = JSON.parse(lock.toString()) as { packages: object };
	const names = Object.keys(packages).filter(Boolean);
	let answers = 0;
	// npm asks for each package twice before it fills its folder.
	const describe = () =>
		`n8n ${version}: ${answers} answers from the registry, ${countFilled(folder, names)} of about ${names.length} packages`;
	const ci = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http'];
	const count = (output: string) => (answers += output.match(/^npm http/gm)?.length ?? 0);
	await telling(tell, describe, npm(folder, ci, { signal, onOutput: count }));

	await telling(
		tell,
		() => `n8n ${version}: compiling its SQLite driver`,
		npm(folder, ['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'], { signal }),
	);
	writeFileSync(marker, wanted);
}

/** npm creates all folders before it fills them. */
function countFilled(folder: string, names: readonly string[]): number {
	return names.filter((name) => existsSync(path.join(folder, name, 'package.json'))).length;
}

/**
 * Runs npm; its output is shown only when it fails.
 *
 * @param options.signal kills npm and everything it started, then this throws
 * @param options.onOutput called with each piece that npm prints
 * @returns what it has printed to its standard output
 */
export async function npm(
	cwd: string,
	args: string[],
	options: { signal?: AbortSignal; onOutput?: (text: string) => void } = {},
): Promise<string> {
	const { signal, onOutput = () => {} } = options;
	signal?.throwIfAborted();
	const child = spawn('npm', args, {
		cwd,
		stdio: ['ignore', 'pipe', 'pipe'],
		// A process group of its own, because npm alone ignores the signal for minutes.
		detached: signal !== undefined,
	});
	const killGroup = () => {
		const isRunning = child.exitCode === null && child.signalCode === null;
		if (isRunning && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
	};
	signal?.addEventListener('abort', killGroup);
	child.stdout.on('data', onOutput).setEncoding('utf8');
	child.stderr.on('data', onOutput).setEncoding('utf8');
	const [output, errors, [code]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, 'close'),
	]).finally(() => signal?.removeEventListener('abort', killGroup));
	signal?.throwIfAborted();
	if (code === 0) return output;
	throw new Error(`npm ${args.join(' ')} failed:\n${output}${errors}`.trim());
}
