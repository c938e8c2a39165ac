import { configuredSecret, isMasked } from '../../../nodes/Avala/trigger/secret';

import { hookContext } from '../../support/contexts';

describe('the secret that the trigger derives', () => {
	const context = (apiKey = 'key', isTest = false, webhookSecret = '') =>
		hookContext({
			parameters: { events: ['*'] },
			staticData: {},
			isTest,
			credentials: { apiKey, baseUrl: '', webhookSecret },
		});

	it('is the same each time, without anything stored', async () => {
		const { value, isOwn } = await configuredSecret(context());
		expect({ value, isOwn }).toEqual({
			value: expect.stringMatching(/^[0-9a-f]{64}$/),
			isOwn: false,
		});
		expect((await configuredSecret(context(' key\n'))).value).toBe(value);
	});

	it('is another one for another API key, another node, and the test webhook', async () => {
		const otherNode = context();
		const node = { ...otherNode.getNode(), webhookId: 'other' };
		jest.spyOn(otherNode, 'getNode').mockReturnValue(node);
		const contexts = [context(), context('another key'), context('key', true), otherNode];
		const secrets = await Promise.all(contexts.map(configuredSecret));
		expect(new Set(secrets.map(({ value }) => value)).size).toBe(contexts.length);
	});

	it('gives way to the one in the credential, without blanks around it', async () => {
		const own = configuredSecret(context('key', false, ' from-the-credential\n'));
		expect(await own).toEqual({ value: 'from-the-credential', isOwn: true });
	});
});

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
