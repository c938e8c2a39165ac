/**
 * `npm run dev`: the newest pinned n8n and the sandbox, with the nodes compiled into n8n's folder on
 * every save. n8n reloads them by itself (`N8N_DEV_RELOAD`) and notifies open editors.
 */
import { Command } from 'commander';
import { dest, src, watch } from 'gulp';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import pWaitFor from 'p-wait-for';

import { installN8n } from './install';
import type { LocalPorts } from './localRun';
import {
	assertPortsFree,
	describeAddresses,
	interruptSignal,
	messageOf,
	untilAborted,
	withPorts,
} from './localRun';
import { ROOT, TEMPORARY } from './pack';
import { Stage } from './stage';
import { NEWEST_N8N } from './versions';

const USER_FOLDER = path.join(TEMPORARY, 'dev');
/** Where n8n looks for a community package. */
const PACKAGE = path.join(USER_FOLDER, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-avala');
const POLL_MS = 500;
const WATCH_LIMIT_MS = 60_000;
/** What TypeScript does not emit but n8n reads. */
const ASSETS = ['{nodes,credentials}/**/*.{svg,json}'];

async function main(): Promise<void> {
	const command = new Command('npm run dev --').description(
		`Starts n8n ${NEWEST_N8N} and the sandbox. A saved change of a node shows in the editor within seconds.`,
	);
	const ports = withPorts(command).parse().opts<LocalPorts>();
	await assertPortsFree(ports);
	const signal = interruptSignal();
	let compiler: ChildProcess | undefined;
	let stage: Stage | undefined;
	try {
		await installN8n(NEWEST_N8N, console.log, signal);
		console.log('Compiling the nodes');
		preparePackage();
		compiler = await startCompiler(signal);
		stage = await Stage.open({
			version: NEWEST_N8N,
			userFolder: USER_FOLDER,
			ports,
			sandbox: { port: ports.avalaPort, stateFile: path.join(USER_FOLDER, 'sandbox.json') },
			env: { N8N_DEV_RELOAD: 'true' },
			signal,
			onProgress: console.log,
		});
		await stage.createCredential();
		await untilReloading(stage, signal);
		console.log(`\n${describeAddresses(stage)}\n`);
		await untilAborted(signal);
	} catch (error) {
		if (!signal.aborted) throw error;
	} finally {
		compiler?.kill();
		await stage?.close();
		console.log('Everything is stopped.');
	}
	process.exit();
}

/** Starts TypeScript's watch mode. @returns it after the first build, with errors or without */
async function startCompiler(signal: AbortSignal): Promise<ChildProcess> {
	const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
	const options = ['--watch', '--preserveWatchOutput', '--outDir', path.join(PACKAGE, 'dist')];
	const compiler = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json', ...options], {
		cwd: ROOT,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	compiler.stdout.pipe(process.stdout);
	const built = new Promise<void>((resolve, reject) => {
		compiler.stdout.on('data', (chunk: Buffer) => {
			if (chunk.includes('Watching for file changes')) resolve();
		});
		compiler.once('exit', () => reject(new Error('TypeScript stopped before it was done.')));
		signal.addEventListener('abort', () => compiler.kill());
	});
	await built;
	return compiler;
}

/** Creates the package again with its manifest, icons and JSON files, and copies those again when one changes. */
function preparePackage(): void {
	rmSync(PACKAGE, { recursive: true, force: true });
	mkdirSync(PACKAGE, { recursive: true });
	copyFileSync(path.join(ROOT, 'package.json'), path.join(PACKAGE, 'package.json'));
	const copyAssets = () =>
		src(ASSETS, { cwd: ROOT, base: ROOT, encoding: false }).pipe(dest(path.join(PACKAGE, 'dist')));
	watch(ASSETS, { cwd: ROOT, ignoreInitial: false }, copyAssets);
}

/** n8n starts to watch the package some time after it is ready, and misses what changes before. */
async function untilReloading(stage: Stage, signal: AbortSignal): Promise<void> {
	console.log('Waiting until n8n watches the nodes');
	const logged = stage.n8n.log().length;
	const isReloading = () => {
		signal.throwIfAborted();
		const now = new Date();
		utimesSync(path.join(PACKAGE, 'package.json'), now, now);
		return stage.n8n.log().slice(logged).includes('Hot reload triggered for n8n-nodes-avala');
	};
	const fallback = () =>
		console.log('n8n does not reload the nodes here: restart this command after a change.');
	await pWaitFor(isReloading, {
		interval: POLL_MS,
		timeout: { milliseconds: WATCH_LIMIT_MS, fallback },
	});
}

main().catch((error: unknown) => {
	console.error(messageOf(error));
	process.exit(1);
});
