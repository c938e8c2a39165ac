import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

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
