import { messageOf } from '../shared/values';
import type { Webhook } from '../shared/webhook';
import { isSameUrl, readWebhook } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { log } from '../transport/connection';
import { avalaList } from '../transport/pages';
import { all, one, WEBHOOKS } from '../transport/paths';
import { avalaEntry, isPassing } from '../transport/request';
import { findWebhook } from '../trigger/webhook';
import type { Memory, PollState } from './state';

/** How servers refuse an ID that they do not have. */
const UNKNOWN_ID: readonly number[] = [400, 404, 410, 422];

const MAX_WEBHOOKS = 10;
const HOUR_MS = 60 * 60_000;

/**
 * Finds the watched webhook, and activates it if need be; n8n's log says when it cannot. Webhooks that had its
 * URL before still count.
 */
export async function withWatched(
	connection: Connection,
	memory: Memory,
	state: PollState,
	webhookUrl: string,
): Promise<PollState> {
	const isSame = state.webhookUrl !== undefined && isSameUrl(state.webhookUrl, webhookUrl);
	const known = isSame ? state.webhookIds : [];
	const webhook = await watchedWebhook(connection, webhookUrl, known.at(-1));
	if (!webhook) {
		if (!memory.hasNoWebhook) {
			log(
				connection,
				'warn',
				`Avala Missed Events Trigger: Avala has no webhook for ${webhookUrl} now. If that does not change, check 'Webhook URL', and that the workflow with the Avala Trigger is published.`,
			);
		}
		memory.hasNoWebhook = true;
		return { ...state, webhookUrl, webhookIds: known };
	}
	memory.hasNoWebhook = false;
	if (webhook.isActive) delete memory.inactive;
	else if (Date.now() >= (memory.inactive?.until ?? 0))
		await reactivate(connection, memory, webhook);
	const others = known.filter((id) => id !== webhook.uid);
	return { ...state, webhookUrl, webhookIds: [...others, webhook.uid].slice(-MAX_WEBHOOKS) };
}

/**
 * The webhook with this target URL: the one that had it last, if it still has, else from the list.
 *
 * @param lastId its ID when it was last seen
 * @returns undefined when there is none, such as while its trigger is being published
 */
export async function watchedWebhook(
	connection: Connection,
	targetUrl: string,
	lastId?: string,
): Promise<Webhook | undefined> {
	const last = lastId === undefined ? undefined : await findWebhook(connection, lastId, UNKNOWN_ID);
	if (last && isSameUrl(last.targetUrl, targetUrl)) return last;
	for await (const webhook of avalaList(connection, all(WEBHOOKS), readWebhook)) {
		if (isSameUrl(webhook.targetUrl, targetUrl)) return webhook;
	}
	return undefined;
}

/**
 * Activates a webhook again that Avala has deactivated since its deliveries kept failing. Whatever comes of
 * it is in n8n's log, once. The next poll tries again, but where only a person can help.
 */
async function reactivate(connection: Connection, memory: Memory, { uid }: Webhook): Promise<void> {
	const endpoint = one(WEBHOOKS, uid);
	const body = { is_active: true };
	const changing = avalaEntry(connection, { method: 'PATCH', endpoint, body });
	const inactive = await changing.then(
		(entry) =>
			readWebhook(entry)?.isActive === true
				? undefined
				: { problem: 'Avala left it inactive.', until: Date.now() + HOUR_MS },
		(error: unknown) => ({
			problem: messageOf(error),
			// Avala may not have heard of a new webhook everywhere yet.
			until: isPassing(error, [404]) ? 0 : Date.now() + HOUR_MS,
		}),
	);
	if (!inactive) {
		const done = `activated webhook ${uid} again, which Avala had deactivated.`;
		log(connection, 'info', `Avala Missed Events Trigger: ${done}`);
	} else if (inactive.problem !== memory.inactive?.problem) {
		const next = inactive.until === 0 ? 'with the next poll' : 'in an hour';
		log(
			connection,
			'warn',
			`Avala Missed Events Trigger: webhook ${uid} is inactive and could not be activated; the next try is ${next}. ${inactive.problem}`,
		);
	}
	memory.inactive = inactive;
}
