import getPort from 'get-port';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { N8nClient } from './client';
import { npm } from './install';
import type { Tell } from './progress';
import { telling } from './progress';
import type { N8nVersion } from './versions';
import { folderOf } from './versions';
import { untilTrue } from './waiting';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;
/** Every process needs ports of its own on the loopback address. */
const LOOPBACK = { host: '127.0.0.1' };

type N8nRole = 'main' | 'worker' | 'webhook';

interface N8nOptions {
	version: N8nVersion;
	/** Holds the database, the installed package and the log; created if missing, else used again. */
	userFolder: string;
	/** Our package as npm packs it; without it n8n has what its folder already holds. */
	tarball?: string;
	/** A free one by default. */
	port?: number;
	/** n8n's public address. */
	webhookUrl?: string;
	env?: Record<string, string>;
	/** `main` by default; the others exist in queue mode only. */
	role?: N8nRole;
	/** Stops n8n while it starts. */
	signal?: AbortSignal;
	/** Called every five seconds while it starts. */
	tell?: Tell;
}

/** A running n8n process. */
export interface N8n {
	url: string;
	pid: number;
	client: N8nClient;
	isRunning(): boolean;
	/** Everything that was logged in this folder, earlier starts included. */
	log(): string;
	/** Shuts it down, as an operator does. */
	stop(): Promise<void>;
	/** Kills it at once, as a crash does. */
	kill(): Promise<void>;
}

/** Starts n8n and waits until active workflows are active. */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	const { version, userFolder, tarball, webhookUrl, role = 'main', signal } = options;
	const { tell = () => {} } = options;
	mkdirSync(userFolder, { recursive: true });
	if (tarball !== undefined) await installPackage(userFolder, tarball, signal);

	const port = options.port ?? (await getPort(LOOPBACK));
	const logFile = path.join(userFolder, 'n8n.log');
	const readLog = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
	const logStart = readLog().length;
	const log = openSync(logFile, 'a');
	const bin = path.join(folderOf(version), 'node_modules', 'n8n', 'bin', 'n8n');
	const child = spawn(nodeFor(version), [bin, role === 'main' ? 'start' : role], {
		cwd: userFolder,
		env: {
			...cleanEnvironment(),
			...QUIET,
			...OF_VERSION[version],
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(await getPort(LOOPBACK)),
			N8N_RUNNERS_LAUNCHER_HEALTH_CHECK_PORT: String(await getPort(LOOPBACK)),
			...(role === 'worker' && {
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(port),
				N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			}),
			...(webhookUrl !== undefined && { WEBHOOK_URL: webhookUrl }),
			...options.env,
		},
		stdio: ['ignore', log, log],
		// A process group of its own, so that Ctrl-C reaches only us: n8n stops after its webhooks are removed.
		detached: true,
	});
	closeSync(log);

	const url = `http://127.0.0.1:${port}`;
	const logged = () => readLog().slice(logStart);
	const isRunning = () => child.exitCode === null && child.signalCode === null;
	const end = async (name: 'SIGTERM' | 'SIGKILL') => {
		if (!isRunning()) return;
		const ended = once(child, 'exit');
		child.kill(name);
		const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
		await ended;
		clearTimeout(limit);
	};
	const isReady = async () => {
		signal?.throwIfAborted();
		if (!isRunning()) throw new Error(`n8n exited while it started:\n${logged().slice(-2000)}`);
		return logged().includes(READY_LINE[role]) && (await responds(url, role));
	};
	try {
		const ready = untilTrue(isReady, {
			limitMs: START_LIMIT_MS,
			explain: () => `n8n was not ready:\n${logged().slice(-2000)}`,
		});
		const lastLine = () => logged().trim().split('\n').at(-1) || 'starting';
		await telling(tell, () => `n8n ${version}: ${lastLine()}`, ready);
	} catch (error) {
		await end('SIGKILL');
		throw error;
	}
	return {
		url,
		pid: child.pid ?? 0,
		client: new N8nClient(url),
		isRunning,
		log: readLog,
		stop: async () => await end('SIGTERM'),
		kill: async () => await end('SIGKILL'),
	};
}

/** No contact with n8n's own services, loopback only, one proxy in front. */
const QUIET = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_PROXY_HOPS: '1',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_SECURE_COOKIE: 'false',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
};

const READY_LINE: Record<N8nRole, string> = {
	main: 'Editor is now accessible',
	worker: 'n8n worker is now ready',
	webhook: 'Webhook listener waiting for requests',
};

/** Settings that only some versions have or need. */
const OF_VERSION: Partial<Record<N8nVersion, Record<string, string>>> = {
	// Fetches a list from n8n's servers at every start.
	'2.41.1': { N8N_DISABLED_MODULES: 'mcp-registry', N8N_DYNAMIC_BANNERS_ENABLED: 'false' },
	// Its isolated-vm has no binary for Node 20. Its SQLite has no pool by default: of 1,000 executions each
	// of two workflows, 20 at a time, it then lists 1,003 and 997. Its log advises the pool, n8n 2 has one.
	'1.123.81': { N8N_EXPRESSION_ENGINE: 'legacy', DB_SQLITE_POOL_SIZE: '4' },
};

/** Without the settings of any other n8n, of the test runner and of npm. */
function cleanEnvironment(): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) =>
				!/^(N8N_|DB_|QUEUE_|EXECUTIONS_|JEST_|WEBHOOK_URL$|NODE_OPTIONS$|NODE_ENV$|npm_)/i.test(
					name,
				),
		),
	);
}

/** n8n 2.41 needs Node 24; with an older Node, the one that its package.json installs is used. */
export function nodeFor(version: N8nVersion): string {
	const modules = path.join(folderOf(version), 'node_modules');
	const installed = [
		`node-${process.platform}-${process.arch}`,
		`node-bin-${process.platform}-${process.arch}`,
	]
		.map((name) => path.join(modules, name, 'bin', 'node'))
		.find((file) => existsSync(file));
	const major = Number(process.versions.node.split('.')[0]);
	return installed !== undefined && major < 24 ? installed : process.execPath;
}

/** Installs the package where and how n8n installs a community package. */
async function installPackage(
	userFolder: string,
	tarball: string,
	signal: AbortSignal | undefined,
): Promise<void> {
	const folder = path.join(userFolder, '.n8n', 'nodes');
	mkdirSync(folder, { recursive: true });
	const manifest = path.join(folder, 'package.json');
	if (!existsSync(manifest))
		writeFileSync(manifest, '{ "name": "installed-nodes", "private": true }\n');
	await npm(
		folder,
		['install', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', tarball],
		{ signal },
	);
}

async function responds(url: string, role: N8nRole): Promise<boolean> {
	try {
		const ready = await fetch(`${url}/healthz/readiness`);
		await ready.arrayBuffer();
		if (!ready.ok || role !== 'main') return ready.ok;
		const settings = await fetch(`${url}/rest/settings`);
		return typeof (await settings.json()) === 'object';
	} catch {
		return false;
	}
}
