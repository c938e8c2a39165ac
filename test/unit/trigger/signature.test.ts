import fc from 'fast-check';
import crypto, { createHmac } from 'node:crypto';

import { signaturesOf, verifySignature } from '../../../nodes/Avala/trigger/verify';
import vectors from '../../fixtures/signatures.json';

const sign = (body: Buffer, secret: string) =>
	createHmac('sha256', secret).update(body).digest('hex');
const secrets = fc.string({ minLength: 1, unit: 'grapheme-composite' });
const bodies = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes));

describe('verifySignature', () => {
	it.each(vectors)('accepts the recorded signature of: $name', ({ body, secret, signature }) => {
		expect(verifySignature(Buffer.from(body), [signature], secret)).toBe(true);
	});

	it('accepts every body signed with the secret', () => {
		fc.assert(
			fc.property(bodies, secrets, (body, secret) =>
				verifySignature(body, [sign(body, secret)], secret),
			),
		);
	});

	it('refuses a body in which any single bit was altered', () => {
		const nonEmpty = bodies.filter((body) => body.length > 0);
		fc.assert(
			fc.property(
				nonEmpty,
				secrets,
				fc.nat(),
				fc.integer({ min: 0, max: 7 }),
				(body, secret, at, bit) => {
					const altered = Buffer.from(body);
					const index = at % altered.length;
					altered.writeUInt8(altered.readUInt8(index) ^ (1 << bit), index);
					return !verifySignature(altered, [sign(body, secret)], secret);
				},
			),
		);
	});

	it('refuses the signature of another secret', () => {
		fc.assert(
			fc.property(bodies, secrets, secrets, (body, secret, other) => {
				fc.pre(secret !== other && !Buffer.from(secret).equals(Buffer.from(other)));
				// A key shorter than the hash's block is filled up with zeros, so trailing ones change nothing.
				fc.pre(secret.replace(/\0+$/, '') !== other.replace(/\0+$/, ''));
				return !verifySignature(body, [sign(body, other)], secret);
			}),
		);
	});

	it('refuses anything that is not 64 lower-case hex digits', () => {
		const body = Buffer.from('{}');
		const right = sign(body, 'secret');
		const wrong = [
			'',
			right.slice(0, -1),
			right.slice(0, 32),
			`${right}00`,
			right.toUpperCase(),
			`sha256=${right}`,
			` ${right}`,
			`${right}\n`,
			`${right}, ${right}`,
			'0'.repeat(64),
		];
		for (const signature of wrong) {
			expect({ signature, accepted: verifySignature(body, [signature], 'secret') }).toEqual({
				signature,
				accepted: false,
			});
		}
	});

	it('refuses arbitrary text as a signature', () => {
		fc.assert(
			fc.property(bodies, fc.string(), (body, text) => {
				fc.pre(text !== sign(body, 'secret'));
				return !verifySignature(body, [text], 'secret');
			}),
		);
	});

	it('verifies nothing with an empty secret, not even what an empty secret has signed', () => {
		const body = Buffer.from('{}');
		expect(verifySignature(body, [sign(body, '')], '')).toBe(false);
	});

	it('compares in constant time, so that the time it takes tells nothing about the right one', () => {
		const compare = jest.spyOn(crypto, 'timingSafeEqual');
		const body = Buffer.from('{}');
		verifySignature(body, [sign(body, 'other'), sign(body, 'secret')], 'secret');
		expect(compare).toHaveBeenCalledTimes(2);
	});
});

describe('signaturesOf', () => {
	it('finds each of several that a proxy has sent as a list', () => {
		expect(signaturesOf({ 'x-avala-signature': ['a', 'b'] })).toEqual(['a', 'b']);
	});
});
