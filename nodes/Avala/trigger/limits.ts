/**
 * n8n 2.41 gives up on an activation after 80 s without telling why, and calls `delete` after a failure:
 * both together end before that. This leaves time for the longest wait that Avala's rate limit asks for.
 */
const LONGEST_RATE_LIMIT_WAIT_MS = 60_000;
const TIME_FOR_REQUESTS_MS = 3_000;
export const ACTIVATION_LIMIT_MS = LONGEST_RATE_LIMIT_WAIT_MS + TIME_FOR_REQUESTS_MS;
export const CLEAN_UP_LIMIT_MS = 12_000;
/** n8n 2.8 activates its workflows one after the other when it starts. */
export const START_LIMIT_MS = 10_000;
