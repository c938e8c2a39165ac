import { isMasked } from '../../../nodes/Avala/trigger/secret';

describe('a secret that Avala shows in its response', () => {
	it.each([
		'********',
		'•••••••••',
		'●●●●●●●●3f9a',
		'whsec_****************',
		'whsec_ab...cd',
		'whsec_abcd…',
		'################',
		'················',
		'████████████████',
		'xxxxxxxxxxxx1234',
		'XXXX-XXXX-XXXX',
		'----------------',
		'<not shown again>',
		'[filtered by proxy]',
		'(write-only field)',
		'only shown once here',
		'3f9a',
		'null',
		'MASKED_FOR_SECURITY',
		'redacted-by-server',
	])('is no secret that anything could be signed with, but a mask: %s', (secret) => {
		expect(isMasked(secret)).toBe(true);
	});

	it.each([
		'generated-by-avala',
		'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		'3f9a1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8',
		'Zm9v+YmFy/Zm9vYmFyZm9vYmFy==',
		'correct-horse_battery.staple!',
		'4b4f7a52-7ad0-4be4-a38c-4a2a0f0a3f39',
	])('is one when it looks like one: %s', (secret) => {
		expect(isMasked(secret)).toBe(false);
	});
});
