import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { N8n } from '../../harness/instance';
import { startN8n } from '../../harness/instance';
import { freePort } from '../../harness/ports';
import type { TlsFront } from '../../harness/tlsFront';
import { startTlsFront } from '../../harness/tlsFront';
import type { N8nVersion } from '../../harness/versions';
import { NEWEST_N8N, parseVersion } from '../../harness/versions';
import type { N8nClient, NodeJson, Workflow } from '../../harness/client';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { startSandbox } from '../../sandbox';

export const version: N8nVersion = parseVersion(process.env.TEST_N8N_VERSION ?? NEWEST_N8N);

export interface AvalaCredentialRef {
	id: string;
	name: string;
}

/** A real n8n with the package, behind a TLS front, and a sandbox that delivers to it. */
export class Stage {
	private constructor(
		readonly avala: Sandbox,
		readonly front: TlsFront,
		readonly userFolder: string,
		private readonly port: number,
		public n8n: N8n,
		public credential: AvalaCredentialRef,
		private readonly env: Record<string, string>,
	) {}

	/** @param env further settings of n8n, at each of its starts */
	static async open(
		options: SandboxOptions = {},
		env: Record<string, string> = {},
	): Promise<Stage> {
		const tarball = process.env.TEST_PACKAGE;
		if (!tarball)
			throw new Error('Run this suite with `npm run test:e2e`: it needs the packed package.');
		const port = await freePort();
		const front = await startTlsFront({ target: `http://127.0.0.1:${port}` });
		const avala = await startSandbox({ ca: front.ca, rateLimit: false, ...options });
		const userFolder = mkdtempSync(path.join(tmpdir(), 'avala-n8n-'));
		const n8n = await startN8n({
			version,
			userFolder,
			tarball,
			port,
			webhookUrl: front.url,
			env,
		}).catch(async (error: unknown) => {
			await Promise.all([front.stop(), avala.stop()]);
			throw error;
		});
		await n8n.client.logIn();
		const credential = await n8n.client.createCredential('Avala', credentialData(avala));
		return new Stage(avala, front, userFolder, port, n8n, credential, env);
	}

	/** Starts n8n again on the same data, after `n8n.stop()` or `n8n.kill()`. */
	async startAgain(webhookUrl = this.front.url): Promise<void> {
		const { userFolder, port, env } = this;
		this.n8n = await startN8n({ version, userFolder, port, webhookUrl, env });
		await this.n8n.client.logIn();
	}

	/** A workflow of the trigger alone. */
	async makeTriggerWorkflow(
		parameters: Record<string, unknown>,
		credential = this.credential,
	): Promise<Workflow> {
		return await this.n8n.client.createWorkflow({
			name: nameOf('Trigger', parameters),
			nodes: [this.trigger(parameters, credential)],
			connections: {},
		});
	}

	trigger(parameters: Record<string, unknown>, credential = this.credential): NodeJson {
		return {
			name: 'Avala Trigger',
			type: 'n8n-nodes-avala.avalaTrigger',
			typeVersion: 2,
			parameters,
			credentials: { avalaApi: credential },
		};
	}

	/** Runs one operation of the Avala node by hand. @returns what it gave out */
	async runAvala(
		parameters: Record<string, unknown>,
		items?: Array<Record<string, unknown>>,
	): Promise<Array<Record<string, unknown>>> {
		return await runAvala(this.n8n.client, this.credential, parameters, items);
	}

	/** Where n8n itself listens for what is sent to the target URL. */
	localUrl(targetUrl: string): string {
		return targetUrl.replace(this.front.url, this.n8n.url);
	}

	async close(): Promise<void> {
		await this.n8n.stop();
		await this.front.stop();
		await this.avala.stop();
		rmSync(this.userFolder, { recursive: true, force: true });
	}
}

/** Runs one operation of the Avala node by hand, in any n8n. @returns what it gave out */
export async function runAvala(
	client: N8nClient,
	credential: AvalaCredentialRef,
	parameters: Record<string, unknown>,
	items: Array<Record<string, unknown>> = [{}],
): Promise<Array<Record<string, unknown>>> {
	const start = {
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	};
	const workflow = await client.createWorkflow({
		name: nameOf('Avala', parameters),
		nodes: [
			start,
			{
				name: 'Avala',
				type: 'n8n-nodes-avala.avala',
				typeVersion: 1,
				parameters,
				credentials: { avalaApi: credential },
			},
		],
		connections: { Start: { main: [[{ node: 'Avala', type: 'main', index: 0 }]] } },
		pinData: { Start: items.map((json) => ({ json })) },
	});
	const executionId = await client.run(workflow.id, 'Start');
	return (await client.result(executionId ?? '', 300_000)).Avala ?? [];
}

/** n8n takes names of 128 characters at most. */
function nameOf(node: string, parameters: Record<string, unknown>): string {
	return `${node} ${JSON.stringify(parameters)}`.slice(0, 120);
}

export function credentialData(avala: Sandbox, webhookSecret = ''): Record<string, unknown> {
	return { apiKey: avala.apiKey, baseUrl: avala.baseUrl, webhookSecret };
}

export function sign(body: string, secret: string): string {
	return createHmac('sha256', secret).update(body).digest('hex');
}

/** Calls `work` with 0 … count-1, so many at a time. */
export async function inParallel(
	count: number,
	width: number,
	work: (index: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < count) await work(next++);
	};
	await Promise.all(Array.from({ length: width }, worker));
}

/** For what n8n does in the background and tells nobody. */
export async function untilTrue(isTrue: () => boolean): Promise<void> {
	for (let tries = 0; tries < 300; tries++) {
		if (isTrue()) return;
		await wait(100);
	}
	throw new Error('It did not become true within 30 s.');
}
