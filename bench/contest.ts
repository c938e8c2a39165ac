import { setTimeout as wait } from 'node:timers/promises';

import { installN8n } from '../harness/install';
import { packPackage } from '../harness/pack';
import { sign, Stage } from '../harness/stage';
import type { N8nVersion } from '../harness/versions';
import { workflowOf } from '../harness/workflows';
import type { Contender } from './contenders';
import { ALL, HAND_SECRET, nodesOf } from './contenders';
import type { GitHub } from './github';
import { startGitHub } from './github';
import type { Target } from './load';
import { send } from './load';

const POLL_MS = 100;
/** The GitHub Trigger refuses localhost. Nothing is sent here: requests go to n8n directly. */
const PUBLIC_URL = 'https://n8n.example.com';

/** A real n8n in which all contenders are active. */
export class Contest {
	private readonly ids = new Map<Contender, string>();

	private constructor(
		private readonly stage: Stage,
		private readonly gitHub: GitHub,
	) {}

	static async open(
		version: N8nVersion,
		env: Record<string, string>,
		onProgress: (line: string) => void,
	): Promise<Contest> {
		await installN8n(version, onProgress);
		const stage = await Stage.open({
			version,
			tarball: await packPackage(),
			env: { ...env, WEBHOOK_URL: PUBLIC_URL },
			sandbox: { pingOnCreate: false },
			onProgress,
		});
		const contest = new Contest(stage, await startGitHub());
		try {
			await contest.activate();
			await contest.assertChecks();
			return contest;
		} catch (error) {
			await contest.close();
			throw error;
		}
	}

	/** Requests as the service sends them. @param isForged signed with another secret */
	target(contender: Contender, isForged = false): Target {
		const [webhook] = this.stage.avala.webhooks();
		const hook = this.gitHub.hook();
		const { url, secret } = {
			avala: { url: webhook?.targetUrl ?? '', secret: webhook?.secret ?? '' },
			webhook: { url: `${PUBLIC_URL}/webhook/plain`, secret: HAND_SECRET },
			byHand: { url: `${PUBLIC_URL}/webhook/by-hand`, secret: HAND_SECRET },
			github: hook,
		}[contender];
		return {
			url: this.stage.n8n.url + new URL(url).pathname,
			headersOf: (body) => {
				const signature = sign(body, isForged ? 'forged' : secret);
				const header: Record<string, string> =
					contender === 'github'
						? { 'x-hub-signature-256': `sha256=${signature}` }
						: { 'x-avala-signature': signature };
				return { 'content-type': 'application/json', ...header };
			},
			// The check by hand comes after the response.
			expectedStatus: isForged && contender !== 'byHand' ? 401 : 200,
		};
	}

	/** Resolves when no execution is running. */
	async untilIdle(): Promise<void> {
		while ((await this.count({ status: ['running', 'new'] })) > 0) await wait(POLL_MS);
	}

	/** How many executions of it are stored. */
	async executions(contender: Contender): Promise<number> {
		return await this.count({ workflowId: this.ids.get(contender) });
	}

	async close(): Promise<void> {
		await this.stage.close();
		await this.gitHub.stop();
	}

	private async activate(): Promise<void> {
		const { client } = this.stage;
		const nodes = await nodesOf(this.stage, this.gitHub.url);
		for (const contender of ALL) {
			const { id } = await client.createWorkflow(workflowOf(contender, nodes[contender]));
			await client.activate(id);
			this.ids.set(contender, id);
		}
	}

	/** @throws unless each accepts a signed event, and a forged one starts the check by hand alone, and fails it */
	private async assertChecks(): Promise<void> {
		const { client } = this.stage;
		for (const contender of ALL) {
			await send(this.target(contender), { amount: 1 });
			if (contender !== 'webhook') await send(this.target(contender, true), { amount: 1 });
			await this.untilIdle();
			const executions = await client.executions(this.ids.get(contender) ?? '');
			const expected = contender === 'byHand' ? 2 : 1;
			if (executions.length !== expected)
				throw new Error(`${contender}: ${executions.length} executions, not ${expected}`);
			if (contender !== 'byHand') continue;
			const runs = await Promise.all(executions.map(async ({ id }) => await client.runs(id)));
			const accepted = runs.filter(({ IF }) => IF?.[0]?.outputs[0]?.length === 1).length;
			if (accepted !== 1) throw new Error(`IF accepted ${accepted} of 2 events, not 1`);
		}
	}

	private async count(filter: object): Promise<number> {
		const query = encodeURIComponent(JSON.stringify(filter));
		const page = await this.stage.client.call('GET', `/rest/executions?limit=1&filter=${query}`);
		if (typeof page === 'object' && page !== null && 'count' in page) return Number(page.count);
		throw new Error(`n8n counts no executions: ${JSON.stringify(page)}`);
	}
}
