import fc from 'fast-check';

import { redact } from '../../../nodes/Avala/transport/redact';

describe('redact', () => {
	it.each([
		['an Avala key', `key ${'0a'.repeat(20)} is wrong`, 'key [redacted] is wrong'],
		['a signing secret', 'f'.repeat(64), '[redacted]'],
		['a bearer token', 'sent Bearer abc.def-123456', 'sent Bearer [redacted]'],
		['a key by its prefix', 'sk-abcdef1234 and pk_live_abcdef', '[redacted] and [redacted]'],
		['a JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_DEF', 'got [redacted]'],
		[
			'a PEM block',
			'x -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- y',
			'x [redacted] y',
		],
		['a field by its name', '{"api_key":"a b","n":1}', '{"api_key":"[redacted]","n":1}'],
		['a field of a form', 'password=hunter2&x=1', 'password=[redacted]'],
		['a header', 'Authorization: Basic dXNlcjpwYXNz', 'Authorization: [redacted]'],
	])('hides %s', (_, text, expected) => {
		expect(redact(text)).toBe(expected);
	});

	it('leaves what people need to read', () => {
		const text =
			'target_url: Must be https. Webhook 7a1d6a5e-3f0e-4f2e-9a59-6f7a8b9c0d1e, evt_abc123, 429';
		expect(redact(text)).toBe(text);
	});

	it('hides every known secret, wherever it stands', () => {
		const secrets = fc.string({ minLength: 4 }).filter((secret) => !'[redacted]'.includes(secret));
		fc.assert(
			fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
				fc.pre(!before.includes(secret) && !after.includes(secret));
				return !redact(`${before}${secret}${after}`, [secret])
					.split('[redacted]')
					.some((part) => part.includes(secret));
			}),
		);
	});
});
