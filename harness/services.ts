import getPort from 'get-port';
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { untilTrue } from './waiting';

const LOOPBACK = '127.0.0.1';
const NOT_INSTALLED =
	'Redis or PostgreSQL is not installed. On Debian: apt-get install redis-server postgresql';
/** The name of the database, of its user and of the account that Debian's package has created. */
const POSTGRES = 'postgres';
/** PostgreSQL refuses to run as root. */
const AS_POSTGRES =
	process.getuid?.() === 0
		? ['setpriv', `--reuid=${POSTGRES}`, `--regid=${POSTGRES}`, '--clear-groups']
		: [];

/** A server with a data folder of its own, on loopback. */
export interface Service {
	port: number;
	/** On the same port and data as before. */
	start(): Promise<void>;
	/** kill -9. */
	kill(): Promise<void>;
	/** Stops it and removes its data. */
	stop(): Promise<void>;
}

export interface Postgres extends Service {
	/** @returns the rows, each as its columns' texts */
	query(sql: string): string[][];
	/** Locks a table against writing, or any use, by others. @returns a function that unlocks it */
	lock(table: string, against: 'writing' | 'use'): Promise<() => Promise<void>>;
}

/** Starts a Redis that writes each change to disk, as one should that holds a queue. */
export async function startRedis(): Promise<Service> {
	if (spawnSync('redis-server', ['--version']).error) throw new Error(NOT_INSTALLED);
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-redis-'));
	const port = await getPort({ host: LOOPBACK });
	const address = ['--port', String(port), '--bind', LOOPBACK];
	return await startService({
		name: 'Redis',
		port,
		folder,
		command: ['redis-server', ...address, '--dir', folder, '--appendonly', 'yes'],
		stopSignal: 'SIGTERM',
		readyCommand: ['redis-cli', '-h', LOOPBACK, '-p', String(port), 'ping'],
	});
}

/** Starts a PostgreSQL with an empty database; connections from this machine need no password. */
export async function startPostgres(): Promise<Postgres> {
	const bin = binOfPostgres();
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-postgres-'));
	const data = path.join(folder, 'data');
	mkdirSync(data);
	if (AS_POSTGRES.length > 0) run('chown', '-R', POSTGRES, folder);
	run(...AS_POSTGRES, `${bin}/initdb`, '-D', data, '-A', 'trust', '-U', POSTGRES, '-E', 'UTF8');

	const port = await getPort({ host: LOOPBACK });
	const address = ['-h', LOOPBACK, '-p', String(port)];
	const listening = ['-p', String(port), '-c', `listen_addresses=${LOOPBACK}`, '-k', folder];
	const service = await startService({
		name: 'PostgreSQL',
		port,
		folder,
		command: [...AS_POSTGRES, `${bin}/postgres`, '-D', data, ...listening],
		// A fast shutdown, which does not wait for clients.
		stopSignal: 'SIGINT',
		// It listens before it has recovered, and refuses connections until then.
		readyCommand: [`${bin}/pg_isready`, '-q', ...address],
	});

	const psql = [`${bin}/psql`, ...address, '-U', POSTGRES, '-d', POSTGRES, '-X'];
	const query = (sql: string) =>
		run(...psql, '-A', '-t', '-F', '\t', '-c', sql)
			.split('\n')
			.filter(Boolean)
			.map((line) => line.split('\t'));
	const lock = async (table: string, against: 'writing' | 'use') => {
		const mode = against === 'use' ? 'access exclusive' : 'exclusive';
		const [file = '', ...args] = psql;
		const session = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'] });
		session.stdin.write(`begin; lock table ${table} in ${mode} mode; select 'locked';\n`);
		for await (const text of session.stdout) if (String(text).includes('locked')) break;
		return async () => {
			if (session.exitCode !== null) return;
			const ended = once(session, 'exit');
			session.stdin.end('rollback;\n');
			await ended;
		};
	};
	return { ...service, query, lock };
}

interface ServiceOptions {
	name: string;
	port: number;
	folder: string;
	command: string[];
	stopSignal: 'SIGTERM' | 'SIGINT';
	/** Succeeds when the service is ready. */
	readyCommand: string[];
}

async function startService(options: ServiceOptions): Promise<Service> {
	const { name, port, folder } = options;
	const [file = '', ...args] = options.command;
	const [readyFile = '', ...readyArgs] = options.readyCommand;
	let child: ChildProcess | undefined;
	const isRunning = () => child?.exitCode === null && child.signalCode === null;
	const isReady = () => {
		// Again and again: PostgreSQL refuses to start while processes of the killed one are still exiting.
		if (!isRunning()) child = spawn(file, args, { cwd: folder, stdio: 'ignore', detached: true });
		return spawnSync(readyFile, readyArgs).status === 0;
	};
	const start = async () => await untilTrue(isReady, { explain: () => `${name} was not ready.` });
	const end = async (signal: NodeJS.Signals) => {
		if (!child || !isRunning()) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	};
	await start();
	return {
		port,
		start,
		kill: async () => await end('SIGKILL'),
		stop: async () => {
			await end(options.stopSignal);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** @throws when it fails, with what it has printed */
function run(...[file = '', ...args]: string[]): string {
	return execFileSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 29 });
}

/** Debian keeps the programs of each version in a folder of its own. */
function binOfPostgres(): string {
	const versions = '/usr/lib/postgresql';
	const newest = existsSync(versions) ? readdirSync(versions).sort().at(-1) : undefined;
	if (newest !== undefined) return path.join(versions, newest, 'bin');
	throw new Error(NOT_INSTALLED);
}
