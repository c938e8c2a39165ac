import type { Connection } from '../transport/connection';
import { accountOf } from '../trigger/knownWebhooks';

const LASTS_MS = 60_000;

/** By account, until when, Unix time in milliseconds. */
const until = new Map<string, number>();

/**
 * Whether another node has found Avala out of reach just now. n8n 2.8 waits for the first poll of each workflow
 * when it starts, so that only one of an account finds out; the others begin with their next poll.
 */
export function isOutOfReach(connection: Connection): boolean {
	return Date.now() < (until.get(accountOf(connection)) ?? 0);
}

export function noteOutOfReach(connection: Connection): void {
	until.set(accountOf(connection), Date.now() + LASTS_MS);
}
