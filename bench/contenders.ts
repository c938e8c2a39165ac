import { randomBytes } from 'node:crypto';

import type { NodeJson } from '../harness/restData';
import type { Stage } from '../harness/stage';
import { avalaTrigger, webhookNode } from '../harness/workflows';

/** Workflows that an event can start. */
export const CONTENDERS = {
	avala: 'Avala Trigger',
	webhook: 'Webhook, no check',
	byHand: 'Webhook, Crypto, IF',
	github: 'GitHub Trigger',
} as const;

export type Contender = keyof typeof CONTENDERS;
export const ALL: Contender[] = ['avala', 'webhook', 'byHand', 'github'];
/** Those that check the signature. */
export const CHECKING: Contender[] = ['avala', 'byHand', 'github'];

/** Of the check that is built by hand. */
export const HAND_SECRET = randomBytes(32).toString('hex');

/** The nodes of each workflow. @param gitHubUrl of the server that stands in for GitHub */
export async function nodesOf(
	{ client, credential }: Stage,
	gitHubUrl: string,
): Promise<Record<Contender, NodeJson[]>> {
	const githubApi = await client.createCredential(
		'GitHub',
		{ server: gitHubUrl, user: 'user', accessToken: 'token' },
		'githubApi',
	);
	return {
		avala: [avalaTrigger(credential)],
		webhook: [webhookNode('plain')],
		byHand: [webhookNode('by-hand', { rawBody: true }), CRYPTO, IF],
		github: [
			{
				name: 'GitHub Trigger',
				type: 'n8n-nodes-base.githubTrigger',
				typeVersion: 1,
				parameters: {
					owner: { __rl: true, mode: 'name', value: 'owner' },
					repository: { __rl: true, mode: 'name', value: 'name' },
					events: ['push'],
				},
				credentials: { githubApi },
			},
		],
	};
}

/** What people build today: an HMAC over the raw body, compared with the header. */
const CRYPTO: NodeJson = {
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
};

const IF: NodeJson = {
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
	},
};
