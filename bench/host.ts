import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { installN8n } from '../harness/install';
import type { N8n } from '../harness/instance';
import { startN8n } from '../harness/instance';
import { packPackage } from '../harness/pack';
import type { N8nVersion } from '../harness/versions';

/**
 * Nothing answers there, and nothing has to: Avala takes https targets alone, but the load goes to
 * n8n's own port.
 */
const PUBLIC_URL = 'https://n8n.invalid';

let tarball: Promise<string> | undefined;

/** A real n8n with the package, and a folder of its own that can be started again. */
export class Host {
	private constructor(
		readonly version: N8nVersion,
		private readonly env: Record<string, string>,
		private readonly userFolder: string,
		public n8n: N8n,
	) {}

	static async open(version: N8nVersion, env: Record<string, string> = {}): Promise<Host> {
		await installN8n(version);
		tarball ??= packPackage();
		const userFolder = mkdtempSync(path.join(tmpdir(), 'avala-bench-'));
		const n8n = await startN8n({
			version,
			userFolder,
			tarball: await tarball,
			webhookUrl: PUBLIC_URL,
			env,
		});
		await n8n.client.logIn();
		return new Host(version, env, userFolder, n8n);
	}

	/** Starts n8n again on the same data, after `n8n.stop()`. */
	async startAgain(startLimitMs?: number): Promise<void> {
		const { version, userFolder, env } = this;
		this.n8n = await startN8n({
			version,
			userFolder,
			webhookUrl: PUBLIC_URL,
			env,
			startLimitMs,
		});
		await this.n8n.client.logIn();
	}

	/** Where n8n itself listens for what is sent to a target URL. */
	localUrl(targetUrl: string): string {
		return targetUrl.replace(PUBLIC_URL, this.n8n.url);
	}

	async close(): Promise<void> {
		await this.n8n.stop();
		rmSync(this.userFolder, { recursive: true, force: true });
	}
}
