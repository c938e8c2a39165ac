import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { NodeJson, Workflow } from '../../harness/client';
import type { N8n, N8nRole } from '../../harness/instance';
import { startN8n } from '../../harness/instance';
import { freePort } from '../../harness/ports';
import type { TlsFront } from '../../harness/tlsFront';
import { startTlsFront } from '../../harness/tlsFront';
import { NEWEST_N8N } from '../../harness/versions';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import type { AvalaCredentialRef } from '../e2e/stage';
import { credentialData, runAvala } from '../e2e/stage';
import type { Postgres, Service } from './services';
import { startPostgres, startRedis } from './services';

const ROLES = { main: 'main', webhook: 'webhook', worker1: 'worker', worker2: 'worker' } as const;
const POLL_MS = 100;
export type ProcessName = keyof typeof ROLES;
export const PROCESSES: ProcessName[] = ['main', 'webhook', 'worker1', 'worker2'];

/** n8n in its queue mode, the webhook process behind a TLS front, and a sandbox that delivers to it. */
export class Cluster {
	readonly processes = new Map<ProcessName, N8n>();

	credential: AvalaCredentialRef = { id: '', name: '' };

	private constructor(
		readonly avala: Sandbox,
		readonly front: TlsFront,
		readonly redis: Service,
		readonly postgres: Postgres,
		private readonly ports: Record<ProcessName, number>,
		private readonly folder: string,
		private readonly envOf: (name: ProcessName) => Record<string, string>,
	) {}

	/** @param envOf further settings of n8n's processes */
	static async open(
		options: SandboxOptions = {},
		envOf: (name: ProcessName) => Record<string, string> = () => ({}),
	): Promise<Cluster> {
		const tarball = process.env.TEST_PACKAGE;
		if (!tarball) throw new Error('Run this suite with `npm run test:resilience`.');
		const ports = {
			main: await freePort(),
			webhook: await freePort(),
			worker1: await freePort(),
			worker2: await freePort(),
		};
		const redis = await startRedis();
		const postgres = await startPostgres().catch(async (error: unknown) => {
			await redis.stop();
			throw error;
		});
		const front = await startTlsFront({ target: `http://127.0.0.1:${ports.webhook}` });
		const avala = await startSandbox({ ca: front.ca, rateLimit: false, ...options });
		const folder = mkdtempSync(path.join(tmpdir(), 'avala-queue-'));
		const env = {
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64'),
			N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'postgres',
		};
		const cluster = new Cluster(avala, front, redis, postgres, ports, folder, (name) => ({
			...env,
			...envOf(name),
		}));
		try {
			// The main process makes the tables: the others come after it.
			for (const name of PROCESSES) await cluster.start(name, tarball);
			await cluster.client.logIn();
			cluster.credential = await cluster.client.createCredential('Avala', credentialData(avala));
			return cluster;
		} catch (error) {
			await cluster.close();
			throw error;
		}
	}

	/** Starts a process on its port and folder, where it may have run before. */
	async start(name: ProcessName, tarball?: string): Promise<void> {
		const role: N8nRole = ROLES[name];
		const started = await startN8n({
			version: NEWEST_N8N,
			userFolder: path.join(this.folder, name),
			tarball,
			role,
			port: this.ports[name],
			webhookUrl: this.front.url,
			env: this.envOf(name),
		});
		this.processes.set(name, started);
		if (name === 'main' && tarball === undefined) await started.client.logIn();
	}

	/** Starts those again that have ended by themselves, as what supervises them would. @returns their names */
	async revive(): Promise<ProcessName[]> {
		const ended = PROCESSES.filter((name) => !isRunning(this.process(name).pid));
		for (const name of ended) await this.start(name);
		return ended;
	}

	/** Waits until each of the processes says that it is, after its database was away. */
	async untilReady(names = PROCESSES): Promise<void> {
		for (const name of names) while (!(await isReady(this.process(name).url))) await wait(POLL_MS);
	}

	process(name: ProcessName): N8n {
		const found = this.processes.get(name);
		if (found) return found;
		throw new Error(`The process ${name} was not started.`);
	}

	get client(): N8n['client'] {
		return this.process('main').client;
	}

	async makeWorkflow(node: NodeJson): Promise<Workflow> {
		return await this.client.createWorkflow({ name: node.name, nodes: [node], connections: {} });
	}

	get trigger(): NodeJson {
		return {
			name: 'Avala Trigger',
			type: 'n8n-nodes-avala.avalaTrigger',
			typeVersion: 2,
			parameters: { events: ['task.completed'] },
			credentials: { avalaApi: this.credential },
		};
	}

	/** What Get Missed Events gives out here. */
	async missedEvents(): Promise<Array<Record<string, unknown>>> {
		return await runAvala(this.client, this.credential, {
			resource: 'delivery',
			operation: 'getMissedEvents',
			returnAll: true,
		});
	}

	/** Each execution's status and the id of the event that is in its data, as n8n has stored them. */
	executions(workflowId: string): Array<{ status: string; eventId: string }> {
		return this.postgres
			.query(
				`select e.status, substring(d.data from 'evt_[0-9a-f]{16}')
				from execution_entity e left join execution_data d on d."executionId" = e.id
				where e."workflowId" = '${workflowId}' order by e.id`,
			)
			.map(([status = '', eventId = '']) => ({ status, eventId }));
	}

	async close(): Promise<void> {
		await Promise.all([...this.processes.values()].map(async (one) => await one.stop()));
		await this.front.stop();
		await this.avala.stop();
		await this.redis.stop();
		await this.postgres.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

async function isReady(url: string): Promise<boolean> {
	return await fetch(`${url}/healthz/readiness`).then(
		({ ok }) => ok,
		() => false,
	);
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

/** n8n's own Webhook node, which answers at once as well and checks nothing. */
export function webhookNode(path: string): NodeJson {
	return {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		webhookId: path,
	};
}
