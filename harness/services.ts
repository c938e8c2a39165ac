import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { freePort } from './ports';

const START_LIMIT_MS = 30_000;
const POLL_MS = 50;
const DATABASE = 'postgres';
const DATABASE_USER = 'postgres';

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

interface Account {
	uid: number;
	gid: number;
}

/** Starts a Redis that writes each change to disk, as one should that holds a queue. */
export async function startRedis(): Promise<Service> {
	const binary = binaryOf(['/usr/bin/redis-server'], 'redis-server');
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-redis-'));
	const port = await freePort();
	const command = [binary, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
	return await startService({
		name: 'Redis',
		port,
		folder,
		command: [...command, '--appendonly', 'yes'],
		stopSignal: 'SIGTERM',
		isReady: async () => await isListening(port),
	});
}

/** Starts a PostgreSQL with an empty database; connections from this machine need no password. */
export async function startPostgres(): Promise<Postgres> {
	const versions = '/usr/lib/postgresql';
	const folders = existsSync(versions) ? readdirSync(versions).sort() : [];
	const bins = folders.map((version) => path.join(versions, version, 'bin'));
	const bin = path.dirname(
		binaryOf(
			bins.map((folder) => path.join(folder, 'postgres')),
			'postgresql',
		),
	);
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-postgres-'));
	const data = path.join(folder, 'data');
	mkdirSync(data);
	chmodSync(folder, 0o755);
	// PostgreSQL refuses to run as root.
	const account = process.getuid?.() === 0 ? accountOf(DATABASE_USER) : undefined;
	if (account) for (const owned of [folder, data]) chownSync(owned, account.uid, account.gid);
	execFileSync(
		path.join(bin, 'initdb'),
		['-D', data, '-A', 'trust', '-U', DATABASE_USER, '-E', 'UTF8'],
		{ ...account, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
	);
	const port = await freePort();
	const command = [path.join(bin, 'postgres'), '-D', data, '-p', String(port)];
	const listening = ['-c', 'listen_addresses=127.0.0.1', '-k', folder];
	const address = ['-h', '127.0.0.1', '-p', String(port)];
	const service = await startService({
		name: 'PostgreSQL',
		port,
		folder,
		command: [...command, ...listening],
		account,
		// A fast shutdown, which does not wait for clients.
		stopSignal: 'SIGINT',
		// It listens before it has recovered, and refuses connections until then.
		isReady: () => spawnSync(path.join(bin, 'pg_isready'), ['-q', ...address]).status === 0,
	});
	const psql = path.join(bin, 'psql');
	const login = [...address, '-U', DATABASE_USER, '-d', DATABASE];
	const query = (sql: string) => {
		const text = execFileSync(psql, [...login, '-X', '-A', '-t', '-F', '\t', '-c', sql], {
			encoding: 'utf8',
			maxBuffer: 2 ** 29,
		});
		return text
			.split('\n')
			.filter(Boolean)
			.map((line) => line.split('\t'));
	};
	const lock = async (table: string, against: 'writing' | 'use') => {
		const mode = against === 'use' ? 'access exclusive' : 'exclusive';
		const session = spawn(psql, [...login, '-X'], { stdio: ['pipe', 'pipe', 'ignore'] });
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
	account?: Account;
	stopSignal: 'SIGTERM' | 'SIGINT';
	isReady(): Promise<boolean> | boolean;
}

async function startService(options: ServiceOptions): Promise<Service> {
	const { name, port, folder, account } = options;
	const [binary = '', ...given] = options.command;
	let child: ChildProcess | undefined;
	const isRunning = () => child?.exitCode === null && child.signalCode === null;
	const start = async () => {
		const limit = Date.now() + START_LIMIT_MS;
		while (Date.now() < limit) {
			// In a loop, because PostgreSQL refuses to start while processes of the killed one are still exiting.
			if (!isRunning())
				child = spawn(binary, given, { ...account, cwd: folder, stdio: 'ignore', detached: true });
			if (await options.isReady()) return;
			await wait(POLL_MS);
		}
		throw new Error(`${name} was not ready after ${START_LIMIT_MS / 1000} s.`);
	};
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

async function isListening(port: number): Promise<boolean> {
	const socket = connect({ port, host: '127.0.0.1' });
	return await new Promise((resolve) => {
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
	}).then((isOpen) => {
		socket.destroy();
		return isOpen === true;
	});
}

function binaryOf(candidates: string[], debianPackage: string): string {
	const found = candidates.filter((file) => existsSync(file)).at(-1);
	if (found !== undefined) return found;
	throw new Error(
		`${debianPackage} is not installed. On Debian: apt-get install redis-server postgresql`,
	);
}

function accountOf(user: string): Account {
	const ask = (option: string) =>
		Number(execFileSync('id', [option, user], { encoding: 'utf8' }).trim());
	return { uid: ask('-u'), gid: ask('-g') };
}
