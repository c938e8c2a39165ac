import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

import { freePort } from '../harness/ports';
import type { NodeJson } from '../harness/restData';
import type { Stage } from '../harness/stage';
import type { N8nVersion } from '../harness/versions';
import { avalaTrigger, webhookNode, workflowOf } from '../harness/workflows';
import type { GitHub } from './github';
import { startGitHub } from './github';
import type { Target } from './load';
import { send } from './load';
import { Inspector } from './profile';
import { openStage } from './stage';

/** The n8n settings under which people run it. */
export const SETTINGS = [
	{ name: '2.8.4', version: '2.8.4', env: {} },
	{ name: '2.41.1', version: '2.41.1', env: {} },
	{
		name: '2.41.1 lazy',
		version: '2.41.1',
		env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	},
] as const satisfies ReadonlyArray<{
	name: string;
	version: N8nVersion;
	env: Record<string, string>;
}>;

export type Setting = (typeof SETTINGS)[number];

/** Workflows that an event can start. */
export const CONTENDERS = {
	avala: 'Avala Trigger',
	webhook: '(a) Webhook, no check',
	byHand: '(b) Webhook, Crypto, IF',
	github: '(c) GitHub Trigger',
	bare: 'a trigger that only verifies',
} as const;

export type Contender = keyof typeof CONTENDERS;

const POLL_MS = 100;

/** What the drawing up of a workflow by hand needs to agree on with its caller. */
const HAND_SECRET = randomBytes(32).toString('hex');

/** An n8n in which all of them are active. */
export class Arena {
	private constructor(
		private readonly stage: Stage,
		private readonly gitHub: GitHub,
		readonly inspector: Inspector,
		private readonly ids: Record<Contender, string>,
		private readonly urls: Record<Contender, string>,
	) {}

	static async open({ version, env }: Setting): Promise<Arena> {
		const port = await freePort();
		const gitHub = await startGitHub();
		const custom = compileBareTrigger();
		const stage = await openStage({
			version,
			env: {
				...env,
				N8N_CUSTOM_EXTENSIONS: custom,
				NODE_OPTIONS: `--inspect=127.0.0.1:${port}`,
			},
		}).finally(() => rmSync(custom, { recursive: true }));
		const { client } = stage;
		const githubApi = await client.createCredential(
			'GitHub',
			{ server: gitHub.url, user: 'user', accessToken: 'token' },
			'githubApi',
		);
		const nodes: Record<Contender, NodeJson[]> = {
			avala: [avalaTrigger(stage.credential)],
			webhook: [webhookNode('plain')],
			byHand: [webhookNode('by-hand', { rawBody: true }), ...CHECK_BY_HAND],
			github: [
				{
					name: 'GitHub Trigger',
					type: 'n8n-nodes-base.githubTrigger',
					typeVersion: 1,
					parameters: {
						owner: { __rl: true, mode: 'name', value: 'owner' },
						repository: { __rl: true, mode: 'name', value: 'name' },
						events: ['push'],
						options: {},
					},
					credentials: { githubApi },
				},
			],
			bare: [
				{
					name: 'Bare Trigger',
					type: 'CUSTOM.bareTrigger',
					typeVersion: 2,
					parameters: { secret: HAND_SECRET },
					webhookId: 'bare',
					credentials: { avalaApi: stage.credential },
				},
			],
		};
		const ids: Partial<Record<Contender, string>> = {};
		for (const contender of contenders()) {
			const { id } = await client.createWorkflow(workflowOf(contender, nodes[contender]));
			await client.activate(id);
			ids[contender] = id;
		}
		const [webhook] = stage.avala.webhooks();
		return new Arena(
			stage,
			gitHub,
			await Inspector.connect(port),
			ids as Record<Contender, string>,
			{
				avala: stage.localUrl(webhook?.targetUrl ?? ''),
				webhook: `${stage.n8n.url}/webhook/plain`,
				byHand: `${stage.n8n.url}/webhook/by-hand`,
				github: stage.localUrl(gitHub.hook().url),
				bare: `${stage.n8n.url}/webhook/bare/bare`,
			},
		);
	}

	/** Requests as the service sends them. */
	signed(contender: Contender): Target {
		return {
			url: this.urls[contender],
			headersOf: (body) => this.headersOf(contender, body, this.secretOf(contender)),
			expectedStatus: 200,
		};
	}

	/** The same with a signature made with another secret. */
	forged(contender: Contender): Target {
		return {
			url: this.urls[contender],
			headersOf: (body) => this.headersOf(contender, body, 'forged'),
			expectedStatus: contender === 'byHand' ? 200 : 401,
		};
	}

	/** Proves that each tells a signed event from a forged one, as far as it claims to. */
	async assertChecks(): Promise<void> {
		const { client } = this.stage;
		for (const contender of contenders()) {
			const before = await this.executions(contender);
			await send(this.signed(contender), { requests: 1 });
			if (contender !== 'webhook') await send(this.forged(contender), { requests: 1 });
			await this.untilIdle();
			const executions = await client.executions(this.ids[contender]);
			const expected = before + (contender === 'byHand' ? 2 : 1);
			if (executions.length !== expected)
				throw new Error(`${contender}: ${executions.length} executions and not ${expected}`);
			if (contender !== 'byHand') continue;
			const accepted = await Promise.all(
				executions.map(async ({ id }) => (await client.runs(id)).IF?.[0]?.outputs[0]?.length),
			);
			if (accepted.filter((count) => count === 1).length !== 1)
				throw new Error(`IF accepted ${String(accepted)} of the signed and the forged event`);
		}
	}

	/** Resolves when nothing that was started is still running. */
	async untilIdle(): Promise<void> {
		while ((await this.count({ status: ['running', 'new'] })) > 0) await wait(POLL_MS);
	}

	/** How many executions of it are stored. */
	async executions(contender: Contender): Promise<number> {
		return await this.count({ workflowId: this.ids[contender] });
	}

	async close(): Promise<void> {
		this.inspector.close();
		await this.stage.close();
		await this.gitHub.stop();
	}

	private async count(filter: object): Promise<number> {
		const query = encodeURIComponent(JSON.stringify(filter));
		const page = await this.stage.client.call('GET', `/rest/executions?limit=1&filter=${query}`);
		if (typeof page === 'object' && page !== null && 'count' in page) return Number(page.count);
		throw new Error(`n8n counts no executions: ${JSON.stringify(page)}`);
	}

	private secretOf(contender: Contender): string {
		if (contender === 'avala') return this.stage.avala.webhooks()[0]?.secret ?? '';
		return contender === 'github' ? this.gitHub.hook().secret : HAND_SECRET;
	}

	private headersOf(contender: Contender, body: Buffer, secret: string): Record<string, string> {
		const signature = createHmac('sha256', secret).update(body).digest('hex');
		return {
			'content-type': 'application/json',
			...(contender === 'github'
				? { 'x-hub-signature-256': `sha256=${signature}` }
				: { 'x-avala-signature': signature }),
		};
	}
}

export function contenders(): Contender[] {
	return ['avala', 'webhook', 'byHand', 'github', 'bare'];
}

/** @returns a folder from which n8n loads it */
function compileBareTrigger(): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'avala-bare-'));
	const source = readFileSync(path.join(__dirname, 'bareTrigger.ts'), 'utf8');
	const { outputText } = transpileModule(source, {
		compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
	});
	writeFileSync(path.join(folder, 'BareTrigger.node.js'), outputText);
	return folder;
}

/** What people build today: an HMAC over the raw body, compared with the header. */
const CHECK_BY_HAND: NodeJson[] = [
	{
		name: 'Crypto',
		type: 'n8n-nodes-base.crypto',
		typeVersion: 1,
		parameters: {
			action: 'hmac',
			type: 'SHA256',
			binaryData: true,
			binaryPropertyName: 'data',
			dataPropertyName: 'expected',
			secret: HAND_SECRET,
			encoding: 'hex',
		},
	},
	{
		name: 'IF',
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: {
			conditions: {
				combinator: 'and',
				options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
				conditions: [
					{
						id: 'signature',
						leftValue: '={{ $json.headers["x-avala-signature"] }}',
						rightValue: '={{ $json.expected }}',
						operator: { type: 'string', operation: 'equals' },
					},
				],
			},
			options: {},
		},
	},
];
