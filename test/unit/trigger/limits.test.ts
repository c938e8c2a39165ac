import { ACTIVATION_LIMIT_MS, CLEAN_UP_LIMIT_MS } from '../../../nodes/Avala/trigger/limits';

/** How long n8n 2.41 lets an activation take. */
const N8N_LIMIT_MS = 80_000;

describe('an activation', () => {
	it('has failed and has cleaned up before n8n gives up on it without a reason', () => {
		expect(ACTIVATION_LIMIT_MS + CLEAN_UP_LIMIT_MS).toBeLessThan(N8N_LIMIT_MS);
	});

	it('can wait for a minute, as long as Avala’s rate limit may ask for', () => {
		expect(ACTIVATION_LIMIT_MS).toBeGreaterThan(60_000);
	});
});
