import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import type { N8nVersion } from './versions';
import { folderOf } from './versions';

const PROGRESS_INTERVAL_MS = 5000;

/**
 * Installs the pinned n8n unless it is installed: takes some minutes and 3 GB the first time.
 *
 * @param onProgress called with a line at the start and every five seconds
 */
export async function installN8n(
	version: N8nVersion,
	onProgress: (line: string) => void = () => {},
	signal?: AbortSignal,
): Promise<void> {
	const folder = folderOf(version);
	await installOnce(folder, async (packages) => {
		onProgress(`Installing n8n ${version}: takes some minutes and 3 GB`);
		const startedAt = Date.now();
		const tell = setInterval(() => {
			const seconds = Math.round((Date.now() - startedAt) / 1000);
			onProgress(
				`n8n ${version}: ${countInstalled(folder, packages)} of about ${packages.length} packages, ${seconds} s`,
			);
		}, PROGRESS_INTERVAL_MS);
		try {
			await installLocked(folder, signal);
			onProgress(`n8n ${version}: building its SQLite driver`);
			await npm(
				folder,
				['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'],
				signal,
			);
		} finally {
			clearInterval(tell);
		}
	});
}

/**
 * Installs what a folder's lock file names, unless that was completed for this very lock file.
 *
 * @param install called with the packages that the lock file names, as folders below this one
 */
export async function installOnce(
	folder: string,
	install: (packages: string[]) => Promise<void>,
): Promise<void> {
	const lock = readFileSync(path.join(folder, 'package-lock.json'));
	const wanted = createHash('sha256').update(lock).digest('hex');
	// Written last, so that an interrupted installation starts over.
	const marker = path.join(folder, 'node_modules', '.installed');
	if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
	const { packages } = JSON.parse(lock.toString()) as { packages: object };
	await install(Object.keys(packages).filter(Boolean));
	writeFileSync(marker, wanted);
}

/** Installs exactly what the folder's lock file names. */
export async function installLocked(folder: string, signal?: AbortSignal): Promise<void> {
	await npm(
		folder,
		['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
		signal,
	);
}

/** npm creates all folders before it fills them. */
function countInstalled(folder: string, packages: readonly string[]): number {
	return packages.filter((name) => existsSync(path.join(folder, name, 'package.json'))).length;
}

/**
 * Runs npm; its output is shown only when it fails.
 *
 * @param signal kills npm and everything it started, then this throws
 */
export async function npm(cwd: string, args: string[], signal?: AbortSignal): Promise<string> {
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
	let output = '';
	let errors = '';
	child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	}).finally(() => signal?.removeEventListener('abort', killGroup));
	signal?.throwIfAborted();
	if (code === 0) return output;
	throw new Error(`npm ${args.join(' ')} failed:\n${output}${errors}`.trim());
}
