import type { IHookFunctions, IPollFunctions, IWebhookFunctions } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { wholeError } from '../transport/errors';
import { idOf, textOf, textsIn } from '../shared/values';

/** What the trigger keeps in n8n's static data of the node. n8n may lose it or bring back an older state. */
export interface Registration {
	webhookId?: string;
	/** A copy of what Avala signs with, unless the credential holds it. */
	secret?: string;
	/** Tells whether the webhook was created with the secret that the credential holds now. */
	secretProof?: string;
	/** The event types that `*` stands for and that Avala's server did not accept. */
	refusedEvents: string[];
}

export const NOT_REGISTERED: Registration = { refusedEvents: [] };

export function readRegistration(context: IHookFunctions | IWebhookFunctions): Registration {
	const stored = context.getWorkflowStaticData('node');
	return {
		webhookId: idOf(stored.webhookId),
		secret: textOf(stored.webhookSecret),
		secretProof: textOf(stored.secretProof),
		refusedEvents: textsIn(stored.refusedEvents),
	};
}

/** Touches only what changes: n8n writes the static data to its database after any assignment. */
export function writeRegistration(context: IHookFunctions, registration: Registration): void {
	const stored = context.getWorkflowStaticData('node');
	const { webhookId, secret, secretProof, refusedEvents } = registration;
	const values = {
		webhookId,
		webhookSecret: secret,
		secretProof,
		refusedEvents: refusedEvents.length > 0 ? refusedEvents : undefined,
	};
	for (const [name, value] of Object.entries(values)) {
		if (JSON.stringify(stored[name]) === JSON.stringify(value)) continue;
		if (value === undefined) delete stored[name];
		else stored[name] = value;
	}
}

/** What the last step of a target URL has registered, for as long as one is under way or waits. */
const turns = new Map<string, Promise<Registration | undefined>>();

/**
 * Lets one step at a time work on a target URL, and stores what it has registered. n8n may publish a workflow
 * twice at once, and unpublish it meanwhile, each time with a copy of the static data of its own.
 *
 * @param step takes the trigger's target URL, and what the step before it has registered, which counts before
 * what is stored here
 * @throws NodeApiError or NodeOperationError with everything in its message
 */
export async function inTurn(
	context: IHookFunctions,
	step: (targetUrl: string, earlier: Registration | undefined) => Promise<Registration | undefined>,
): Promise<void> {
	try {
		const targetUrl = targetUrlOf(context);
		const before = turns.get(targetUrl) ?? Promise.resolve(undefined);
		const result = before.then(async (earlier) => await step(targetUrl, earlier));
		const turn = result.catch(() => undefined);
		turns.set(targetUrl, turn);
		const registration = await result.finally(() => {
			if (turns.get(targetUrl) === turn) turns.delete(targetUrl);
		});
		if (registration) writeRegistration(context, registration);
	} catch (error) {
		throw wholeError(context.getNode(), error);
	}
}

/** @throws UserError when n8n has no usable URL for this trigger */
function targetUrlOf(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default');
	if (url !== undefined && URL.canParse(url)) return url;
	throw new UserError(`n8n gives ${JSON.stringify(url)} as this trigger’s webhook URL.`, {
		description: 'Check the environment variable WEBHOOK_URL: it must be a full https address.',
	});
}

/** Whether n8n activates the workflow because it starts, or takes over from another main process. */
export function isStartOfN8n(context: IHookFunctions | IPollFunctions): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}
